/** Times of packets as milliseconds since the epoch, kept where a Date can hold them. */

/** ECMA-262 21.4.1.1: a time value ends 8.64e15 milliseconds from the epoch. */
const LATEST_MS = 8.64e15;

/** A time that came out of a file, clamped to what a Date can say. */
export const boundedTimeMs = (timeMs: number): number => Math.min(Math.max(timeMs, -LATEST_MS), LATEST_MS);
