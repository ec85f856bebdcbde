/**
 * The slots that probes run in: as many as the user asked for, and fewer while this machine lacks descriptors,
 * ports or memory for them.
 */
import pLimit from "p-limit";

export interface Slots {
  /** Runs the work once a slot is free. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** This machine could not open a connection: half of the slots go, and come back one by one. */
  shortage(): void;
  /** Probes that may run at the same time now. */
  now(): number;
}

/** What ran out hits many probes at the same time: together they are one shortage. */
const SAME_SHORTAGE_MS = 500;

export const createSlots = (wanted: number): Slots => {
  const limit = pLimit(wanted);
  let shortAtMs = Number.NEGATIVE_INFINITY;
  let done = 0;
  /** So many probes without a shortage give one slot back: as many as there are slots. */
  const recover = (): void => {
    done += 1;
    if (limit.concurrency >= wanted || done < limit.concurrency) return;
    done = 0;
    limit.concurrency += 1;
  };
  return {
    run: (work) =>
      limit(async () => {
        const value = await work();
        recover();
        return value;
      }),
    shortage() {
      done = 0;
      const nowMs = performance.now();
      if (nowMs - shortAtMs < SAME_SHORTAGE_MS) return;
      shortAtMs = nowMs;
      limit.concurrency = Math.max(1, Math.floor(Math.min(limit.activeCount, limit.concurrency) / 2));
    },
    now: () => limit.concurrency,
  };
};
