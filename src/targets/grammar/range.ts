/**
 * Alert ranges as the Monitoring Plugins have them, `[@]start:end` (developer guidelines, "Threshold and
 * Ranges"): `30:` alerts below 30, `10` below 0 or above 10, `~:10` above 10, `@10:20` from 10 to 20.
 */
import { type Parsed, parsed, rejected } from "../plan/parsed.ts";

export interface AlertRange {
  /** The first value of the range; -Infinity for `~`. */
  readonly start: number;
  /** The last value of the range; Infinity where none is given. */
  readonly end: number;
  /** `@`: alerts inside the range, ends included, instead of outside. */
  readonly alertsInside: boolean;
}

const NUMBER = String.raw`-?\d{1,9}(?:\.\d{1,6})?`;
const RANGE = new RegExp(`^(@)?(?:(~|${NUMBER})?(:))?(${NUMBER})?$`);

/** Reads a range; numbers of up to nine digits, and six behind the point. */
export const parseRange = (text: string): Parsed<AlertRange> => {
  const [, at, first, colon, last] = RANGE.exec(text.trim()) ?? [];
  const isEmpty = first === undefined && last === undefined;
  // Adding 0 makes a 0 of -0.
  const start = first === "~" ? Number.NEGATIVE_INFINITY : Number(first ?? 0) + 0;
  const end = last === undefined ? Number.POSITIVE_INFINITY : Number(last) + 0;
  if (isEmpty || (colon === undefined && last === undefined)) {
    return rejected(
      `${JSON.stringify(text)} is no range: write 30: (alert below 30), 10 (below 0 or above 10), ~:10 (above 10) or @10:20 (from 10 to 20)`,
    );
  }
  if (start > end) {
    return rejected(`${JSON.stringify(text)} is no range: the start ${start} is above the end ${end}`);
  }
  return parsed({ start, end, alertsInside: at !== undefined });
};

/** Whether a value is one to alert on. */
export const alertsOn = ({ start, end, alertsInside }: AlertRange, value: number): boolean =>
  (value >= start && value <= end) === alertsInside;

/** The same range of values in another unit: `500` milliseconds are `0.5` seconds with a factor of 0.001. */
export const scaledRange = ({ start, end, alertsInside }: AlertRange, factor: number): AlertRange => ({
  start: scaled(start, factor),
  end: scaled(end, factor),
  alertsInside,
});

/** The range as it is written; reading it gives the same range. */
export const printedRange = ({ start, end, alertsInside }: AlertRange): string => {
  const at = alertsInside ? "@" : "";
  if (start === 0 && end !== Number.POSITIVE_INFINITY) return `${at}${end}`;
  const first = start === Number.NEGATIVE_INFINITY ? "~" : start;
  return `${at}${first}:${end === Number.POSITIVE_INFINITY ? "" : end}`;
};

/** Rounded to what a range can be written with. */
const scaled = (value: number, factor: number): number =>
  Number.isFinite(value) ? Math.round(value * factor * 1e6) / 1e6 : value;
