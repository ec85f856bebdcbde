/** The known word that a mistyped one is nearest to. */

/** A short word has too many neighbours two steps away. */
const SHORT = 5;

/** Up to one slip of the fingers in a short word, two in a longer one; null where nothing is that near. */
export const didYouMean = (word: string, known: Iterable<string>): string | null => {
  const most = word.length <= SHORT ? 1 : 2;
  let nearest: string | null = null;
  let least = most + 1;
  for (const candidate of known) {
    const steps = distance(word, candidate);
    if (steps < least) [nearest, least] = [candidate, steps];
  }
  return nearest;
};

/** Letters left out, added, changed, or two beside each other exchanged (optimal string alignment). */
const distance = (a: string, b: string): number => {
  let before: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (isSame ? 0 : 1),
          isSwap ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [before, last] = [last, current];
  }
  return last[b.length] ?? 0;
};
