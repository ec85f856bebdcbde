/** The known words that are nearest to one that is not known. */
import type { Entry } from "./meaning.ts";

const HOW_MANY = 3;
/** Below it two words have nothing to do with each other. */
const LEAST_LIKENESS = 0.4;

/** By the pairs of letters that two words share; the better of code and name counts. */
export const nearestWords = (word: string, pool: readonly Entry[]): readonly Entry[] => {
  const asked = pairsOf(word.slice(0, 100));
  return pool
    .map((row) => ({ row, likeness: Math.max(likeness(asked, row.code), likeness(asked, row.name)) }))
    .filter((one) => one.likeness >= LEAST_LIKENESS)
    .toSorted((a, b) => b.likeness - a.likeness)
    .slice(0, HOW_MANY)
    .map(({ row }) => row);
};

/** Dice's coefficient, 0 to 1. */
const likeness = (asked: ReadonlySet<string>, text: string): number => {
  const own = pairsOf(text);
  const shared = [...asked].filter((pair) => own.has(pair)).length;
  return asked.size + own.size === 0 ? 0 : (2 * shared) / (asked.size + own.size);
};

const pairsOf = (text: string): ReadonlySet<string> => {
  const letters = text.toLowerCase().replace(/[^a-z0-9]/g, "");
  return new Set(
    Array.from({ length: Math.max(0, letters.length - 1) }, (_, at) => letters.slice(at, at + 2)),
  );
};
