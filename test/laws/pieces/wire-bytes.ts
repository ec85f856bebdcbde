/** Runs of bytes as one, in memory of their own. */
export const joined = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));
