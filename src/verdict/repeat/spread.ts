/** How a measured time is spread over many probes. */

/** Milliseconds, to a tenth. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  /** The time that 95 of 100 probes stay within (nearest rank). */
  readonly p95: number;
  readonly max: number;
}

/** Null for no values. */
export const spreadOf = (values: readonly number[]): Spread | null => {
  const sorted = values.toSorted((a, b) => a - b);
  const [min] = sorted;
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) return null;
  return {
    min: tenth(min),
    median: tenth(middle(sorted)),
    p95: tenth(sorted[Math.ceil(0.95 * sorted.length) - 1] ?? max),
    max: tenth(max),
  };
};

/**
 * The mean difference between one value and the next, in the order of measurement, as RFC 3550 6.4.1 has it
 * without the smoothing; null for fewer than two.
 */
export const jitterOf = (values: readonly number[]): number | null => {
  if (values.length < 2) return null;
  const steps = values.slice(1).map((value, index) => Math.abs(value - (values[index] ?? value)));
  return tenth(steps.reduce((sum, step) => sum + step, 0) / steps.length);
};

/** A number to a tenth. */
export const tenth = (value: number): number => Math.round(value * 10) / 10;

const middle = (sorted: readonly number[]): number => {
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2;
};
