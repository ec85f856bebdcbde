/** The last probes, for the page that a person looks at. */
import type { Result } from "../verdict/result.ts";

export interface RecentProbe {
  readonly module: string;
  /** Whether it succeeded by what the module demands. */
  readonly isSuccess: boolean;
  readonly result: Result;
}

export interface RecentProbes {
  add(probe: RecentProbe): void;
  /** The newest first. */
  list(): readonly RecentProbe[];
}

export const createRecentProbes = (capacity: number): RecentProbes => {
  const kept: RecentProbe[] = [];
  return {
    add(probe) {
      kept.unshift(probe);
      kept.length = Math.min(kept.length, capacity);
    },
    list: () => [...kept],
  };
};
