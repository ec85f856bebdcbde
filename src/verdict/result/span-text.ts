/** A span of time in the unit in which a person would say it. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** The mean Gregorian year. */
const YEAR_MS = 365.2425 * DAY_MS;

/** The largest first. A unit is used from two of it on, so that "90 minutes" loses nothing to "2 hours". */
const UNITS = [
  { ms: YEAR_MS, name: "years" },
  { ms: DAY_MS, name: "days" },
  { ms: HOUR_MS, name: "hours" },
  { ms: MINUTE_MS, name: "minutes" },
  { ms: 1000, name: "seconds" },
] as const;

const LEAST = 2;

/** `30 minutes`, `3 days`, `425 years`; below two seconds `1.2 s`. @param ms the sign is left out. */
export const spanText = (ms: number): string => {
  const span = Math.abs(ms);
  const unit = UNITS.find((candidate) => span >= LEAST * candidate.ms);
  return unit === undefined
    ? `${(span / 1000).toFixed(1)} s`
    : `${Math.round(span / unit.ms).toLocaleString("en-US")} ${unit.name}`;
};
