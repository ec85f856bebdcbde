/** The ends of lists of any length: a call of Math.min has room for some 120,000 arguments. */

/** The least of them all. */
export const least = (first: number, values: Iterable<number>): number => {
  let found = first;
  for (const value of values) if (value < found) found = value;
  return found;
};

/** The greatest of them all. */
export const greatest = (first: number, values: Iterable<number>): number => {
  let found = first;
  for (const value of values) if (value > found) found = value;
  return found;
};
