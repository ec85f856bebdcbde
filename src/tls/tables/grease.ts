/** GREASE (RFC 8701): the numbers that clients send only to keep servers tolerant of unknown ones. */

/** True for 0x0a0a, 0x1a1a ... 0xfafa, as suites, extensions, groups, schemes and versions. */
export const isGrease = (code: number): boolean => (code & 0x0f0f) === 0x0a0a && code >> 8 === (code & 0xff);
