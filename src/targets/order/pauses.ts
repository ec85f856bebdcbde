/** Pauses between probes as users type them: `1s`, `0`, or several that take turns, `100ms,60s`. */
import { parseDuration } from "../grammar/duration.ts";
import { type Parsed, parsed, rejected } from "../plan/parsed.ts";

const MAX_PAUSES = 16;

/** One to 16 pauses in milliseconds, each from 0 to a day. */
export const parsePauses = (text: string): Parsed<readonly number[]> => {
  const pauses: number[] = [];
  for (const part of text.split(",")) {
    const pause = /^0(?:ms|s|m)?$/.test(part.trim()) ? parsed(0) : parseDuration(part);
    if (!pause.ok) return rejected(`${pause.problem}; several, as in 100ms,60s, take turns, and 0 is none`);
    pauses.push(pause.value);
  }
  return pauses.length <= MAX_PAUSES
    ? parsed(pauses)
    : rejected(`${pauses.length} pauses are too many: write up to ${MAX_PAUSES}`);
};
