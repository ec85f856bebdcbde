/** Standard RDP Security's methods and levels ([MS-RDPBCGR] 2.2.1.3.3 and 2.2.1.4.3). */

/** Bits of encryptionMethods, the weakest first. */
export const ENCRYPTION_METHODS = [
  { bit: 0x00000001, name: "40-bit" },
  { bit: 0x00000008, name: "56-bit" },
  { bit: 0x00000002, name: "128-bit" },
  { bit: 0x00000010, name: "fips" },
] as const;

export type EncryptionMethodName = (typeof ENCRYPTION_METHODS)[number]["name"];

/** All methods that a client can offer. */
export const ALL_ENCRYPTION_METHODS = 0x1b;

/** Levels by their number. */
export const ENCRYPTION_LEVELS = ["none", "low", "client-compatible", "high", "fips"] as const;

/** The names of the bits that are set, the weakest first; unknown bits have none. */
export const encryptionMethodNames = (methods: number): readonly EncryptionMethodName[] =>
  ENCRYPTION_METHODS.filter(({ bit }) => (methods & bit) !== 0).map(({ name }) => name);

/** The name of a level, or null. */
export const encryptionLevelName = (level: number): (typeof ENCRYPTION_LEVELS)[number] | null =>
  ENCRYPTION_LEVELS[level] ?? null;
