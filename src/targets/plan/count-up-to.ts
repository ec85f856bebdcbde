/** How many of ascending numbers are at or below `limit`. */
export const countUpTo = <A extends number | bigint>(ascending: ArrayLike<A>, limit: A): number => {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const value = ascending[middle];
    if (value !== undefined && value <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
};
