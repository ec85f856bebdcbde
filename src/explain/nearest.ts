/** The known codes that are nearest to one that is not known. */
import type { Entry } from "./meaning.ts";

const HOW_MANY = 3;

/** By the difference of the numbers. */
export const nearestNumbers = (number: number, pool: readonly Entry[]): readonly Entry[] =>
  pool
    .flatMap((row) => (row.decimal === null ? [] : [{ row, away: Math.abs(row.decimal - number) }]))
    .toSorted((a, b) => a.away - b.away)
    .slice(0, HOW_MANY)
    .map(({ row }) => row);

/** By the pairs of letters that two words share; the better of code and name counts. */
export const nearestWords = (word: string, pool: readonly Entry[]): readonly Entry[] => {
  const asked = pairsOf(word.slice(0, 100));
  return pool
    .map((row) => ({ row, likeness: Math.max(likeness(asked, row.code), likeness(asked, row.name)) }))
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
