/** Days as users type them: `30`, `0.5`. */
import { type Parsed, parsed, rejected } from "../plan/parsed.ts";

const MAX_DAYS = 36_500;

/** A number of days from 0 to a hundred years. */
export const parseDays = (text: string): Parsed<number> => {
  const days = /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
  return days <= MAX_DAYS
    ? parsed(days)
    : rejected(`${JSON.stringify(text)} is no number of days: write 30 or 0.5, up to ${MAX_DAYS}`);
};
