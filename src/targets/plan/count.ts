/** How often to do something, as users type it: `20`. */
import { type Parsed, parsed, rejected } from "./parsed.ts";

/** A whole number from 1 to `max`. */
export const parseCount = (text: string, max: number): Parsed<number> => {
  const count = /^\d{1,9}$/.test(text.trim()) ? Number(text) : 0;
  return count >= 1 && count <= max
    ? parsed(count)
    : rejected(`${JSON.stringify(text)} is no count: write a number from 1 to ${max}`);
};
