/** Durations as users type them: `500ms`, `5s`, `2m`; a bare number is seconds. */
import { type Parsed, parsed, rejected } from "../plan/parsed.ts";

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** The longest wait that makes sense for a probe, and far below what a timer can hold: one day. */
const MAX_MS = 86_400_000;

/** A duration in milliseconds, above 0 and up to a day. */
export const parseDuration = (text: string): Parsed<number> => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text.trim());
  const ms = match === null ? Number.NaN : Number(match[1]) * (UNIT_MS[match[2] ?? "s"] ?? Number.NaN);
  return ms > 0 && ms <= MAX_MS
    ? parsed(ms)
    : rejected(`${JSON.stringify(text)} is no duration: write 500ms, 5s or 2m, above 0 and up to a day`);
};

/** The same for a wait between two connections, which may be none at all: `0`. */
export const parsePause = (text: string): Parsed<number> =>
  /^0+(?:\.0+)?(ms|s|m)?$/.test(text.trim()) ? parsed(0) : parseDuration(text);

const PERIOD_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const MAX_PERIOD_MS = 366 * 86_400_000;

/** A period in milliseconds, as `30m`, `6h` or `7d`; up to a year. */
export const parsePeriod = (text: string): Parsed<number> => {
  const match = /^(\d{1,6})([smhd])$/.exec(text.trim());
  const ms = match === null ? Number.NaN : Number(match[1]) * (PERIOD_MS[match[2] ?? ""] ?? Number.NaN);
  return ms > 0 && ms <= MAX_PERIOD_MS
    ? parsed(ms)
    : rejected(`${JSON.stringify(text)} is no period: write 90s, 30m, 6h or 7d, up to a year`);
};
