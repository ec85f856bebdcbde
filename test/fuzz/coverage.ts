/** Which places of our sources ran since the last look, by V8's precise block coverage. */
import { type Profiler, Session } from "node:inspector/promises";

/** Characters of a script that ran. */
interface Place {
  readonly script: string;
  readonly start: number;
  readonly end: number;
}

export interface Coverage {
  /** The places that ran since the last look and that nothing was kept for yet. */
  look(): Promise<readonly Place[]>;
  keep(places: readonly Place[]): void;
  /** Characters. */
  readonly kept: number;
  stop(): Promise<void>;
}

export const startCoverage = async (): Promise<Coverage> => {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  const known = new Map<string, Uint8Array>();
  let kept = 0;
  /** A byte for each character of a script: whether it ran. */
  const charactersOf = (script: string, size: number): Uint8Array => {
    const before = known.get(script);
    if (before !== undefined && before.length >= size) return before;
    const larger = new Uint8Array(2 * size);
    if (before !== undefined) larger.set(before);
    known.set(script, larger);
    return larger;
  };
  return {
    async look() {
      const { result } = await session.post("Profiler.takePreciseCoverage");
      const places: Place[] = [];
      for (const { url, scriptId: script, functions } of result) {
        if (!url.includes("/src/") || url.includes("/node_modules/")) continue;
        for (const { ranges } of functions) {
          for (const [start, end] of coveredParts(ranges)) {
            if (charactersOf(script, end).subarray(start, end).includes(0))
              places.push({ script, start, end });
          }
        }
      }
      return places;
    },
    keep(places) {
      for (const { script, start, end } of places) {
        const characters = charactersOf(script, end);
        for (let at = start; at < end; at += 1) kept += characters[at] === 0 ? 1 : 0;
        characters.fill(1, start, end);
      }
    },
    get kept() {
      return kept;
    },
    async stop() {
      await session.post("Profiler.stopPreciseCoverage");
      session.disconnect();
    },
  };
};

/** The parts of a function that ran: its ranges come from the outside in, and the inner one is right. */
const coveredParts = (ranges: readonly Profiler.CoverageRange[]): readonly (readonly [number, number])[] => {
  const [whole] = ranges;
  if (whole === undefined || whole.count === 0) return [];
  const { startOffset: origin, endOffset } = whole;
  const ran = new Uint8Array(endOffset - origin);
  for (const { startOffset, endOffset: to, count } of ranges)
    ran.fill(count > 0 ? 1 : 0, startOffset - origin, to - origin);
  const parts: [number, number][] = [];
  for (let at = ran.indexOf(1); at >= 0; ) {
    const stop = ran.indexOf(0, at);
    const end = stop < 0 ? ran.length : stop;
    parts.push([origin + at, origin + end]);
    at = stop < 0 ? -1 : ran.indexOf(1, stop);
  }
  return parts;
};
