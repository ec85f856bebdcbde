/** Days until an end, and what they are called: one rule for every output. */

export const DAY_MS = 86_400_000;

/**
 * Days from `from` to `to` in whole tenths, negative when `to` is past. Rounded down: whoever then takes the whole
 * days gets those that are full, and what ended a minute ago has no day left.
 */
export const daysBetween = (from: Date, to: Date): number =>
  Math.floor((to.getTime() - from.getTime()) / (DAY_MS / 10)) / 10;

/**
 * The whole days in `daysLeft` (of `daysBetween`): those that are left, or, negative, those since the end; -1 from the
 * moment when it is over. This is the one rounding of days: 27.1 days after the end it is -27 everywhere.
 */
export const wholeDays = (daysLeft: number): number =>
  daysLeft < 0 ? Math.min(-1, Math.trunc(daysLeft)) : Math.floor(daysLeft);

/** `12 days left`, `expired 27 days ago`. */
export const daysLeftText = (daysLeft: number): string =>
  daysLeft < 0 ? `expired ${agoText(daysLeft)}` : `${counted(wholeDays(daysLeft))} left`;

/** `27 days ago`, of days since the end. */
export const agoText = (daysLeft: number): string =>
  daysLeft > -1 ? "less than a day ago" : `${counted(-wholeDays(daysLeft))} ago`;

const counted = (days: number): string => `${days} day${days === 1 ? "" : "s"}`;
