/**
 * SHA-256 digests of many certificates as one text: they cannot be compressed, and a page that has each as a string of
 * its own opens late. 43 characters of base64 each (RFC 4648 4, without padding), in the order of the certificates.
 */

const HEX_DIGITS = /^[0-9a-f]{64}$/;
const PACKED_SIZE = 43;
const NONE = ".".repeat(PACKED_SIZE);
const HEX_OF_BYTE = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** @returns null where one of them is no SHA-256 in lower hexadecimal digits. */
export const packDigests = (digests: readonly (string | null)[]): string | null =>
  digests.every((digest) => digest === null || HEX_DIGITS.test(digest))
    ? digests.map((digest) => (digest === null ? NONE : packed(digest))).join("")
    : null;

/** @returns in lower hexadecimal digits; null where there is none. */
export const digestAt = (text: string, place: number): string | null => {
  if (!hasDigest(text, place)) return null;
  const bytes = atob(text.slice(place * PACKED_SIZE, (place + 1) * PACKED_SIZE));
  let hex = "";
  for (let at = 0; at < bytes.length; at += 1) hex += HEX_OF_BYTE[bytes.charCodeAt(at)] ?? "";
  return hex;
};

/** Whether there is one, without reading it. */
export const hasDigest = (text: string, place: number): boolean =>
  place >= 0 && (place + 1) * PACKED_SIZE <= text.length && !text.startsWith(NONE, place * PACKED_SIZE);

const packed = (hex: string): string =>
  btoa(hex.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)))).slice(0, PACKED_SIZE);
