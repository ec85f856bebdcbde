/** Small arrays out of larger pieces of memory, which costs a fraction of a piece each. */

/**
 * An array of `sizeBytes` for whoever writes all of it at once: what stands in it is undefined. It keeps up to
 * 8 KiB of its neighbours in memory, so that it is for what does not stay.
 */
export const pooledBytes = (sizeBytes: number): Uint8Array => {
  const { buffer, byteOffset } = Buffer.allocUnsafe(sizeBytes);
  return new Uint8Array(buffer, byteOffset, sizeBytes);
};
