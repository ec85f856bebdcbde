/** New connections a second, shared by all probes: each waits for its slot in time. */
import { setTimeout as sleep } from "node:timers/promises";

export interface ConnectionRate {
  /** Resolves when one more connection may be opened; further ones of a probe go ahead of a probe's first. */
  admit(isFirst: boolean): Promise<void>;
}

/** A timer that is late lets the slots of this time go at once, and no more. */
const MAX_BURST_MS = 100;

const UNLIMITED: ConnectionRate = { admit: () => Promise.resolve() };

/** @param perSecond connections a second; null for no bound. */
export const createConnectionRate = (perSecond: number | null): ConnectionRate => {
  if (perSecond === null) return UNLIMITED;
  const intervalMs = 1000 / perSecond;
  const firsts: (() => void)[] = [];
  const followUps: (() => void)[] = [];
  let nextAtMs = 0;
  let isRunning = false;

  const run = async (): Promise<void> => {
    isRunning = true;
    for (let admitted = followUps.shift() ?? firsts.shift(); admitted !== undefined; ) {
      const nowMs = performance.now();
      nextAtMs = Math.max(nextAtMs, nowMs - MAX_BURST_MS);
      if (nextAtMs > nowMs) await sleep(nextAtMs - nowMs);
      nextAtMs += intervalMs;
      admitted();
      admitted = followUps.shift() ?? firsts.shift();
    }
    isRunning = false;
  };
  return {
    admit: (isFirst) =>
      new Promise((resolve) => {
        (isFirst ? firsts : followUps).push(resolve);
        if (!isRunning) void run();
      }),
  };
};
