/** Several runs of bytes as one. */

/** The parts, one after the other, in memory of their own. */
export const concatBytes = (...parts: readonly Uint8Array[]): Uint8Array => concatAll(parts);

/** The same of a list of any length. */
export const concatAll = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
