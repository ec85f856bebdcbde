/** The last probes, for the page that a person looks at; of a result what that page shows, and no more. */
import { placeOf } from "../report/place-of.ts";
import type { Result } from "../verdict/result.ts";

export interface RecentProbe extends Pick<Result, "startedAt" | "durationMs" | "severity"> {
  readonly module: string;
  /** Whether it succeeded by what the module demands. */
  readonly isSuccess: boolean;
  /** `host:port`. */
  readonly place: string;
  readonly address: string | null;
  readonly verdict: Pick<Result["verdict"], "code" | "stage">;
}

export interface RecentProbes {
  add(module: string, isSuccess: boolean, result: Result): void;
  /** The newest first. */
  list(): readonly RecentProbe[];
}

export const createRecentProbes = (capacity: number): RecentProbes => {
  const kept: RecentProbe[] = [];
  return {
    add(module, isSuccess, result) {
      const { startedAt, durationMs, severity, target } = result;
      const { code, stage } = result.verdict;
      const verdict = { code, stage };
      kept.unshift({
        ...{ module, isSuccess, startedAt, durationMs, severity, verdict },
        place: placeOf(result),
        address: target.address,
      });
      kept.length = Math.min(kept.length, capacity);
    },
    list: () => [...kept],
  };
};
