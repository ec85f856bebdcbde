/** The last probes, for the page that a person looks at; of a result what that page shows, and no more. */
import { placeOf } from "../report/place-of.ts";
import type { Result } from "../verdict/result/result.ts";

export interface RecentProbe extends Pick<Result, "startedAt" | "durationMs" | "severity"> {
  readonly module: string;
  /** Whether it succeeded by what the module demands. */
  readonly isSuccess: boolean;
  /** `host:port`. */
  readonly place: string;
  readonly address: string | null;
  readonly verdict: Pick<Result["verdict"], "code" | "stage">;
  /** Probes of this place by this module in a row, without it having been left out in between. */
  readonly count: number;
  /** Where what it saw is kept in words; null where nothing of this place and module was kept. */
  readonly failedId: string | null;
}

export interface RecentProbes {
  /** @param failedId where this probe is kept in words; null where it is not. */
  add(module: string, isSuccess: boolean, result: Result, failedId: string | null): void;
  /** The last of each place and module, the newest first. */
  list(): readonly RecentProbe[];
}

export const createRecentProbes = (capacity: number): RecentProbes => {
  // In the order of the last probe.
  const kept = new Map<string, RecentProbe>();
  return {
    add(module, isSuccess, result, failedId) {
      const { startedAt, durationMs, severity, target } = result;
      const { code, stage } = result.verdict;
      const place = placeOf(result);
      const key = JSON.stringify([place, module]);
      const before = kept.get(key);
      kept.delete(key);
      kept.set(key, {
        ...{ module, isSuccess, startedAt, durationMs, severity, verdict: { code, stage }, place },
        address: target.address,
        count: (before?.count ?? 0) + 1,
        failedId: failedId ?? before?.failedId ?? null,
      });
      const [oldest] = kept.keys();
      if (kept.size > capacity && oldest !== undefined) kept.delete(oldest);
    },
    list: () => [...kept.values()].reverse(),
  };
};
