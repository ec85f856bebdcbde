/** Deadlines of the stages of one connection. */
import type { Clock } from "./clock.ts";

/**
 * When a stage's waiting ends, in milliseconds of the clock: each stage has its time for itself, from when it is
 * first waited for, and none goes beyond the whole's deadline.
 */
export const stageDeadlines = <Stage extends string>(
  clock: Clock,
  deadlineAtMs: number,
  timeoutMsOf: (stage: Stage) => number,
): ((stage: Stage) => number) => {
  const ends = new Map<Stage, number>();
  return (stage) => {
    const end = ends.get(stage) ?? Math.min(clock.nowMs() + timeoutMsOf(stage), deadlineAtMs);
    ends.set(stage, end);
    return end;
  };
};
