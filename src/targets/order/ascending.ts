/** The order that sorts a list, without moving the list. */

/**
 * The positions from 0 to `count`, by value and then by position; a list that is in order already is not
 * sorted.
 */
export const ascending = <A extends number | bigint>(
  count: number,
  valueAt: (position: number) => A | undefined,
): Uint32Array => {
  const order = new Uint32Array(count).map((_, position) => position);
  const compare = (a: number, b: number): number => {
    const [one, other] = [valueAt(a), valueAt(b)];
    if (one === undefined || other === undefined || one === other) return a - b;
    return one < other ? -1 : 1;
  };
  for (let at = 1; at < count; at += 1) {
    if (compare(at - 1, at) > 0) return order.sort(compare);
  }
  return order;
};
