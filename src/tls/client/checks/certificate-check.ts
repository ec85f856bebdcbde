/**
 * Whether the certificates of a server can be read, and whether the leaf's key fits the suite. Nothing is said
 * of whether anybody should trust them: no chain, no name and no date is looked at.
 */
import { createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { toHex } from "../../../bytes/hex.ts";
import type { CipherSuite } from "../../tables/cipher-suites.ts";
import { isOneSequence, readCertificateParts } from "./certificate-der.ts";
import { readPlainRsaKey } from "../plain-certificate.ts";
import { faultOf, type TlsFault, type TlsLimit } from "../tls-fault.ts";

/** What of a leaf certificate the handshake needs. */
export interface LeafKey {
  readonly key: KeyObject;
  readonly type: LeafKeyType;
  /** OpenSSL's name of an EC key's curve; null for other keys. */
  readonly curve: string | null;
  /** Of its certificate. */
  readonly der: Uint8Array;
}

export type LeafKeyType = "rsa" | "rsa-pss" | "ec" | "ed25519" | "ed448" | "dsa";

export type LeafReading =
  | { readonly kind: "leaf"; readonly leaf: LeafKey }
  | { readonly kind: "fault"; readonly fault: TlsFault }
  | { readonly kind: "limit"; readonly limit: TlsLimit };

/** Reads all certificates as OpenSSL does, which takes none that does not parse, and the key of the first. */
export const readLeaf = (chain: readonly Uint8Array[]): LeafReading => {
  let leaf: CertifiedKey | null = null;
  for (const [index, der] of chain.entries()) {
    const parsed = parseCertificate(der);
    if (parsed === null) return broken(`certificate ${index + 1} of ${chain.length} cannot be read`);
    leaf ??= parsed;
  }
  if (leaf === null) return broken("the list is empty");
  const { der } = leaf;
  const key = leaf.key();
  if (key === null) return unreadableKey(readCertificateParts(der)?.keyAlgorithm ?? null);
  const type = KEY_TYPES.find((known) => known === key.asymmetricKeyType);
  if (type === undefined) {
    return broken(`a key of type ${key.asymmetricKeyType ?? "unknown"} signs nothing`);
  }
  const { publicExponent, namedCurve = null } = key.asymmetricKeyDetails ?? {};
  if (publicExponent !== undefined && !isRsaExponent(publicExponent)) {
    return broken(`an RSA exponent of ${publicExponent} proves nothing`);
  }
  return { kind: "leaf", leaf: { key, type, curve: namedCurve, der } };
};

/** Up to TLS 1.2 the suite says which kind of key the server has (RFC 5246 7.4.2, RFC 8422 2). */
export const checkKeyOfSuite = (leaf: LeafKey, suite: CipherSuite): TlsFault | null => {
  const { authentication, keyExchange } = suite;
  if (!(KEYS_OF_SUITES[authentication]?.includes(leaf.type) ?? true)) {
    return certificateFault(`a key of type ${leaf.type} does not fit a suite with ${authentication}`);
  }
  if (keyExchange === "rsa" && leaf.type !== "rsa") {
    return certificateFault(`a key of type ${leaf.type} cannot be encrypted to`);
  }
  return authentication === "ecdsa" && !maySign(leaf.der)
    ? certificateFault("its keyUsage does not allow digital signatures")
    : null;
};

const maySign = (der: Uint8Array): boolean => {
  const usage = readCertificateParts(der)?.keyUsage ?? null;
  return usage === null || (usage & DIGITAL_SIGNATURE) !== 0;
};

/** A certificate that can be read. */
interface CertifiedKey {
  readonly der: Uint8Array;
  /** Null where its key cannot be read. */
  readonly key: () => KeyObject | null;
}

/** Null for what is no certificate; PEM is none. */
const parseCertificate = (der: Uint8Array): CertifiedKey | null => {
  const plain = readPlainRsaKey(der);
  if (plain !== null) return { der, key: () => rsaKeyOf(plain) };
  if (!isOneSequence(der)) return null;
  try {
    const certificate = new X509Certificate(der);
    return { der, key: () => publicKeyOf(certificate) };
  } catch {
    return null;
  }
};

const rsaKeyOf = (der: Uint8Array): KeyObject | null => {
  try {
    return createPublicKey({ key: toHex(der), encoding: "hex", format: "der", type: "pkcs1" });
  } catch {
    return null;
  }
};

const publicKeyOf = (certificate: X509Certificate): KeyObject | null => {
  try {
    return certificate.publicKey;
  } catch {
    return null;
  }
};

/** RFC 8017 3.1. With 1 everything is a signature of itself, and OpenSSL verifies it. */
const isRsaExponent = (exponent: bigint): boolean => exponent >= 3n && exponent % 2n === 1n;

/** keyUsage's first bit. */
const DIGITAL_SIGNATURE = 0x80;

const KEY_TYPES = ["rsa", "rsa-pss", "ec", "ed25519", "ed448", "dsa"] as const;

const KEYS_OF_SUITES: Readonly<Record<string, readonly LeafKeyType[]>> = {
  rsa: ["rsa", "rsa-pss"],
  ecdsa: ["ec", "ed25519", "ed448"],
  dss: ["dsa"],
};

/** Content bytes of the OIDs of the keys that OpenSSL reads: a key that has one of them is broken. */
const READ_ALGORITHMS: ReadonlySet<string> = new Set([
  "2a864886f70d010101",
  "2a864886f70d01010a",
  "2a8648ce3d0201",
  "2a8648ce380401",
  "2b6570",
  "2b6571",
]);

const unreadableKey = (algorithm: string | null): LeafReading =>
  algorithm === null || READ_ALGORITHMS.has(algorithm)
    ? broken("the leaf's public key cannot be read")
    : { kind: "limit", limit: { kind: "key-type", algorithm } };

const certificateFault = (reason: string): TlsFault =>
  faultOf("certificate", "certificate", "certificate_list", reason);

const broken = (reason: string): LeafReading => ({ kind: "fault", fault: certificateFault(reason) });
