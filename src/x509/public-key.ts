/** SubjectPublicKeyInfo ([RFC 5280] 4.1.2.7, [RFC 3279] 2.3, [RFC 5480], [RFC 8410]). */
import { DER_TAG, type DerElement } from "../bytes/der.ts";
import { bitLength, decodeField, hasTag, integerOf, membersOf, oidOf, UnreadableField } from "./field.ts";

type KeyType = "rsa" | "rsa-pss" | "ec" | "dsa" | "ed25519" | "ed448" | "unknown";

export interface KeyFacts {
  readonly type: KeyType;
  /** The algorithm's dotted OID as the certificate has it. */
  readonly oid: string;
  /** Size of the modulus (RSA, DSA) or of the curve's field; null when the key does not tell. */
  readonly bits: number | null;
  /** The curve by its name as a TLS group (`secp256r1`), or its dotted OID; null for other keys. */
  readonly curve: string | null;
  /** RSA's public exponent, when a double holds it exactly. */
  readonly exponent?: number;
}

/**
 * Windows Server 2003 and older sign their terminal server certificates with RSA keys under the OIDs of
 * signature algorithms: 1.2.840.113549.1.1.4 (MD5) and 1.3.14.3.2.15 (SHA).
 */
const KEY_ALGORITHMS = {
  "1.2.840.113549.1.1.1": "rsa",
  "1.2.840.113549.1.1.2": "rsa",
  "1.2.840.113549.1.1.4": "rsa",
  "1.2.840.113549.1.1.5": "rsa",
  "1.3.14.3.2.15": "rsa",
  "1.3.14.3.2.29": "rsa",
  "2.5.8.1.1": "rsa",
  "1.2.840.113549.1.1.10": "rsa-pss",
  "1.2.840.10045.2.1": "ec",
  "1.2.840.10040.4.1": "dsa",
  "1.3.14.3.2.12": "dsa",
  "1.3.101.112": "ed25519",
  "1.3.101.113": "ed448",
} as const satisfies Record<string, KeyType>;

type CurveRow = readonly [name: string, bits: number];

const CURVES = {
  "1.2.840.10045.3.1.1": ["secp192r1", 192],
  "1.3.132.0.33": ["secp224r1", 224],
  "1.2.840.10045.3.1.7": ["secp256r1", 256],
  "1.3.132.0.34": ["secp384r1", 384],
  "1.3.132.0.35": ["secp521r1", 521],
  "1.3.132.0.10": ["secp256k1", 256],
  "1.3.132.0.16": ["sect283k1", 283],
  "1.3.132.0.17": ["sect283r1", 283],
  "1.3.132.0.36": ["sect409k1", 409],
  "1.3.132.0.37": ["sect409r1", 409],
  "1.3.132.0.38": ["sect571k1", 571],
  "1.3.132.0.39": ["sect571r1", 571],
  "1.3.36.3.3.2.8.1.1.7": ["brainpoolP256r1", 256],
  "1.3.36.3.3.2.8.1.1.11": ["brainpoolP384r1", 384],
  "1.3.36.3.3.2.8.1.1.13": ["brainpoolP512r1", 512],
} as const satisfies Record<string, CurveRow>;

const TYPES: ReadonlyMap<string, KeyType> = new Map(Object.entries(KEY_ALGORITHMS));
const CURVE_ROWS: ReadonlyMap<string, CurveRow> = new Map(Object.entries(CURVES));

/** @throws UnreadableField when the algorithm, or the key of an algorithm that is known, cannot be read. */
export const readPublicKey = (info: DerElement): KeyFacts => {
  const [algorithm, bitString] = membersOf(info, "SubjectPublicKeyInfo");
  const [oidNode, parameters] = membersOf(algorithm, "algorithm");
  const oid = oidOf(oidNode, "algorithm");
  const type = TYPES.get(oid) ?? "unknown";
  switch (type) {
    case "rsa":
    case "rsa-pss":
      return { type, oid, curve: null, ...rsaKey(bitString) };
    case "ec":
      return { type, oid, ...curveOf(parameters) };
    case "dsa":
      return { type, oid, bits: primeBits(parameters), curve: null };
    case "ed25519":
      return { type, oid, bits: 256, curve: null };
    case "ed448":
      return { type, oid, bits: 456, curve: null };
    case "unknown":
      return { type, oid, bits: null, curve: null };
  }
};

/** [RFC 3279] 2.3.1: the BIT STRING holds a SEQUENCE of modulus and publicExponent. */
const rsaKey = (bitString: DerElement | undefined): { readonly bits: number; readonly exponent?: number } => {
  if (!hasTag(bitString, DER_TAG.bitString)) throw new UnreadableField("no BIT STRING for subjectPublicKey");
  const key = decodeField(bitString.contents.subarray(1));
  const [modulus, publicExponent] = membersOf(key, "RSAPublicKey");
  const bits = bitLength(integerOf(modulus, "modulus"));
  const exponentBytes = integerOf(publicExponent, "publicExponent");
  const exponent = exponentBytes.reduce((total, byte) => total * 0x100 + byte, 0);
  return bitLength(exponentBytes) <= 53 ? { bits, exponent } : { bits };
};

/** [RFC 5480] 2.1.1 namedCurve, or the explicit parameters of [RFC 3279] 2.3.5 for their field's size. */
const curveOf = (
  parameters: DerElement | undefined,
): { readonly bits: number | null; readonly curve: string | null } => {
  if (!hasTag(parameters, DER_TAG.sequence)) {
    const oid = oidOf(parameters, "namedCurve");
    const [curve, bits] = CURVE_ROWS.get(oid) ?? [oid, null];
    return { bits, curve };
  }
  const [, fieldId] = membersOf(parameters, "ECParameters");
  const [, prime] = membersOf(fieldId, "fieldID");
  return {
    bits: hasTag(prime, DER_TAG.integer) ? bitLength(integerOf(prime, "prime")) : null,
    curve: null,
  };
};

/** [RFC 3279] 2.3.2: the parameters may be inherited from the issuer, and are absent then. */
const primeBits = (parameters: DerElement | undefined): number | null => {
  if (!hasTag(parameters, DER_TAG.sequence)) return null;
  const [prime] = membersOf(parameters, "Dss-Parms");
  return bitLength(integerOf(prime, "p"));
};
