/** The order that sorts a list, without moving the list. */

/**
 * The positions of `values`, by value and then by position; a list that is in order already is not sorted.
 */
export const ascending = <A extends number | bigint>(values: readonly A[]): Uint32Array => {
  const order = new Uint32Array(values.length).map((_, position) => position);
  const compare = (a: number, b: number): number => {
    const [one, other] = [values[a], values[b]];
    if (one === undefined || other === undefined || one === other) return a - b;
    return one < other ? -1 : 1;
  };
  for (let at = 1; at < order.length; at += 1) {
    if (compare(at - 1, at) > 0) return order.sort(compare);
  }
  return order;
};
