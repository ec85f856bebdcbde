/** OpenSSL's names of the elliptic curves that TLS has groups for. */

const CURVE_GROUPS = [
  { group: 0x0012, curve: "secp192k1" },
  { group: 0x0013, curve: "prime192v1" },
  { group: 0x0014, curve: "secp224k1" },
  { group: 0x0015, curve: "secp224r1" },
  { group: 0x0016, curve: "secp256k1" },
  { group: 0x0017, curve: "prime256v1" },
  { group: 0x0018, curve: "secp384r1" },
  { group: 0x0019, curve: "secp521r1" },
  { group: 0x001a, curve: "brainpoolP256r1" },
  { group: 0x001b, curve: "brainpoolP384r1" },
  { group: 0x001c, curve: "brainpoolP512r1" },
] as const;

/** The group of a curve, or null. */
export const groupOfCurve = (curve: string): number | null =>
  CURVE_GROUPS.find((row) => row.curve === curve)?.group ?? null;

/** OpenSSL's name of a group's curve, or null where it is no elliptic curve that is named so. */
export const curveOfGroup = (group: number): string | null =>
  CURVE_GROUPS.find((row) => row.group === group)?.curve ?? null;
