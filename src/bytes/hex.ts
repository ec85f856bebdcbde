/** Lower-case hexadecimal without separators, the form of every digest and raw byte in a result. */

const DIGITS = new TextEncoder().encode("0123456789abcdef");
const ascii = new TextDecoder();

/** Bytes as lower-case hex. Built as bytes: text that grows digit by digit takes forty times its size. */
export const toHex = (bytes: Uint8Array): string => {
  const digits = new Uint8Array(2 * bytes.length);
  bytes.forEach((byte, index) => {
    digits[2 * index] = DIGITS[byte >> 4] ?? 0;
    digits[2 * index + 1] = DIGITS[byte & 0x0f] ?? 0;
  });
  return ascii.decode(digits);
};

/**
 * Hex as bytes; white space is passed over.
 * @throws RangeError when the text is not pairs of hexadecimal digits.
 */
export const fromHex = (text: string): Uint8Array => {
  const digits = text.replace(/\s+/g, "");
  if (digits.length % 2 !== 0 || /[^0-9a-fA-F]/.test(digits)) {
    throw new RangeError("hex: not pairs of hexadecimal digits");
  }
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
};
