/**
 * The variable part of a Connection Confirm as ISO transport services write it: parameters of code, length and
 * value (ITU-T X.224 13.3.4 and 13.4; RFC 905 13.3.4). RDP has none of them ([MS-RDPBCGR] 2.2.1.2).
 */

/** Codes of ITU-T X.224 13.3.4: from the acknowledge time to the additional options. */
const PARAMETER_CODES: ReadonlySet<number> = new Set([
  ...[0x85, 0x86, 0x87, 0x88, 0x89, 0x8b],
  ...[0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7],
]);

/** Whether `bytes` are such parameters, one at least, to their end. */
export const areTransportParameters = (bytes: Uint8Array): boolean => {
  let at = 0;
  while (at < bytes.length) {
    const code = bytes[at];
    const length = bytes[at + 1];
    if (code === undefined || length === undefined || !PARAMETER_CODES.has(code)) return false;
    at += 2 + length;
  }
  return at === bytes.length && at > 0;
};
