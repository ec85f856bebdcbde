/** Whether two runs of bytes are of one length and hold the same. Not for secrets: it stops where they differ. */
export const isSameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at]);
