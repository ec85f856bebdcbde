/** What the last failed probes saw, in words: a scrape that has failed can be read after it, and no new probe is made. */

export interface FailedProbe {
  readonly id: string;
  /** `host:port`. */
  readonly place: string;
  readonly module: string;
  readonly text: string;
}

export interface FailedProbes {
  /** Keeps the text and gives the id that it is found by. @param startedAt RFC 3339, of the probe */
  add(probe: Omit<FailedProbe, "id"> & { readonly startedAt: string }): string;
  /** Null where the id was never given out, or what it stood for had to go. */
  byId(id: string): FailedProbe | null;
  /** The newest one of a place, of any module where none is named; null where none is kept. */
  latestOf(place: string, module: string | null): FailedProbe | null;
}

export interface FailedProbesBounds {
  readonly probes: number;
  /** A target that fails at each scrape takes no more of them, so that others are not pushed out. */
  readonly ofOneTarget: number;
  /** Of all texts in UTF-8; a text that is longer than all of it is cut. */
  readonly bytes: number;
}

const CUT = "\n(cut: the rest was too long to be kept)\n";

/** Keeps the newest within the bounds. */
export const createFailedProbes = ({ probes, ofOneTarget, bytes }: FailedProbesBounds): FailedProbes => {
  // In the order of arrival.
  const kept = new Map<string, FailedProbe & { readonly size: number }>();
  let total = 0;
  let added = 0;

  const drop = (id: string): void => {
    total -= kept.get(id)?.size ?? 0;
    kept.delete(id);
  };
  const ofTarget = (place: string, module: string | null) =>
    [...kept.values()].filter((one) => one.place === place && (module === null || one.module === module));
  const makeRoom = (): void => {
    for (const id of kept.keys()) {
      if (kept.size <= probes && total <= bytes) return;
      drop(id);
    }
  };

  return {
    add({ startedAt, place, module, text }) {
      added += 1;
      // The time makes it another one than that of an exporter that ran before.
      const id = `${startedAt.slice(0, 19).replace(/[^0-9T]/g, "")}-${added}`;
      const fitting = fittingText(text, bytes);
      const size = sizeOf(fitting);
      kept.set(id, { id, place, module, text: fitting, size });
      total += size;
      const own = ofTarget(place, module);
      for (const old of own.slice(0, Math.max(0, own.length - ofOneTarget))) drop(old.id);
      makeRoom();
      return id;
    },
    byId: (id) => kept.get(id) ?? null,
    latestOf: (place, module) => ofTarget(place, module).at(-1) ?? null,
  };
};

const sizeOf = (text: string): number => Buffer.byteLength(text);

/** A unit of UTF-16 is at most three bytes of UTF-8, a lone surrogate included. */
const fittingText = (text: string, bytes: number): string =>
  sizeOf(text) <= bytes ? text : `${text.slice(0, Math.max(0, Math.floor((bytes - CUT.length) / 3)))}${CUT}`;
