/** The smallest input that does the same. */

/** Takes parts away, and makes bytes zero, as long as `does` says that it still does it; `tries` at most. */
export const minimised = async (
  bytes: Uint8Array,
  does: (bytes: Uint8Array) => Promise<boolean>,
  tries: number,
): Promise<Uint8Array> => {
  let smallest = bytes;
  let left = tries;
  for (
    let size = Math.ceil(bytes.length / 2);
    size >= 1 && left > 0;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let at = 0; at < smallest.length && left > 0; ) {
      left -= 1;
      const shorter = Uint8Array.from(
        Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + size)]),
      );
      if (await does(shorter)) smallest = shorter;
      else at += size;
    }
  }
  for (let at = 0; at < smallest.length && left > 0; at += 1) {
    if (smallest[at] === 0) continue;
    left -= 1;
    const plainer = Uint8Array.from(smallest);
    plainer[at] = 0;
    if (await does(plainer)) smallest = plainer;
  }
  return smallest;
};
