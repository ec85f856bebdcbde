/** The clock that transcripts are written by: monotonic, milliseconds, with its origin at the probe's start. */

export interface Clock {
  /** Milliseconds since the clock was started. */
  nowMs(): number;
}

export const startClock = (): Clock => {
  const origin = performance.now();
  return { nowMs: () => performance.now() - origin };
};
