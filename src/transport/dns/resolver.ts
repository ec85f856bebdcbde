/**
 * Many names at the same time. The system's resolver answers few of them at once (libuv gives it half of its threads),
 * cannot be stopped, and is held for many seconds by a name whose servers are silent. So a name that would have to wait
 * asks DNS meanwhile: one that is answered there goes past those that are not, in a lane of its own.
 */
import { createLookupLane } from "./lookup-lane.ts";

export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** What DNS says to a question beside the system's resolver: nothing, or it cannot be asked. */
export type DnsWord = "answers" | "silent" | "unknown";

export interface ResolverParts {
  /** Lookups that the system runs at the same time. */
  readonly parallel: number;
  /** The system's resolver. */
  readonly lookup: (name: string, family: 0 | 4 | 6) => Promise<readonly ResolvedAddress[]>;
  /** Asks DNS itself, which takes no thread. */
  readonly ask: (name: string, family: 0 | 4 | 6, timeoutMs: number) => Promise<DnsWord>;
}

type LookupEnd =
  | { readonly kind: "found"; readonly addresses: readonly ResolvedAddress[]; readonly durationMs: number }
  | { readonly kind: "error"; readonly error: unknown; readonly durationMs: number }
  | { readonly kind: "late"; readonly durationMs: number };

/** Its time begins when the system looks the name up, or where DNS is silent, when that was asked. */
export type Lookup = (name: string, family: 0 | 4 | 6, timeoutMs: number) => Promise<LookupEnd>;

export const createResolver = ({ parallel, lookup, ask }: ResolverParts): Lookup => {
  const anyone = createLookupLane(Math.max(1, Math.ceil(parallel / 2)));
  const answered = createLookupLane(Math.max(1, Math.floor(parallel / 2)));

  const looked = async (
    release: () => void,
    name: string,
    family: 0 | 4 | 6,
    timeoutMs: number,
  ): Promise<LookupEnd> => {
    const elapsed = elapsedFrom(performance.now());
    const found = lookup(name, family).then(
      (addresses): LookupEnd => ({ kind: "found", addresses, durationMs: elapsed() }),
      (error: unknown): LookupEnd => ({ kind: "error", error, durationMs: elapsed() }),
    );
    // The place is free when the system is done with it, and not when nobody waits for it any more.
    void found.then(release);
    return withinTime(found, timeoutMs, elapsed);
  };

  return async (name, family, timeoutMs) => {
    const free = anyone.take();
    if (free !== null) return looked(free, name, family, timeoutMs);
    const elapsed = elapsedFrom(performance.now());
    const place = anyone.wait();
    const turn = place.turn.then((release) => ({ release }));
    const first = await Promise.race([turn, ask(name, family, timeoutMs)]);
    if (typeof first === "object") return looked(first.release, name, family, timeoutMs);
    switch (first) {
      case "answers": {
        place.leave();
        const release = await answered.wait().turn;
        return looked(release, name, family, timeoutMs);
      }
      case "silent": {
        const late = withinTime(turn, timeoutMs - elapsed(), elapsed);
        const next = await late;
        if ("release" in next) return looked(next.release, name, family, timeoutMs);
        place.leave();
        return next;
      }
      case "unknown":
        return looked((await turn).release, name, family, timeoutMs);
    }
  };
};

const elapsedFrom = (startedAtMs: number) => (): number => performance.now() - startedAtMs;

const withinTime = async <T>(
  work: Promise<T>,
  timeoutMs: number,
  elapsed: () => number,
): Promise<T | { readonly kind: "late"; readonly durationMs: number }> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<{ readonly kind: "late"; readonly durationMs: number }>((resolve) => {
    timer = setTimeout(() => resolve({ kind: "late", durationMs: elapsed() }), Math.max(0, timeoutMs));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};
