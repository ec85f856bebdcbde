/** Counts as users type them. */
import { type Parsed, parsed, rejected } from "../plan/parsed.ts";

/** A whole number within the bounds. */
export const parseWholeNumber = (text: string, min: number, max: number): Parsed<number> => {
  const value = /^\d{1,15}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return value >= min && value <= max
    ? parsed(value)
    : rejected(`${JSON.stringify(text)} does not fit: write a whole number from ${min} to ${max}`);
};
