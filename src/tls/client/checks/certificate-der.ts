/**
 * The two things of a certificate that TLS itself asks for and node:crypto does not tell: which kind of key it
 * has, and whether the key may sign (RFC 5280 4.1.2.7 and 4.2.1.3).
 */
import { DER_TAG, type DerElement, decodeDerFront, decodeDerFronts } from "../../../bytes/der.ts";
import { toHex } from "../../../bytes/hex.ts";

export interface CertificateParts {
  /** Content bytes of the key's algorithm OID, in hex. */
  readonly keyAlgorithm: string;
  /** The first byte of the keyUsage bits, or null without that extension. */
  readonly keyUsage: number | null;
}

/** Null where the bytes have not the shape of a certificate. */
export const readCertificateParts = (der: Uint8Array): CertificateParts | null => {
  const tbs = membersOf(membersOf(der)[0]?.contents)[0];
  // version is [0] EXPLICIT and may be missing; serial, signature, issuer, validity, subject, key follow.
  const fields = membersOf(tbs?.contents);
  const keyAt = fields[0]?.tag === DER_TAG.context0 ? 6 : 5;
  const algorithm = membersOf(membersOf(fields[keyAt]?.contents)[0]?.contents)[0];
  if (algorithm === undefined || algorithm.tag !== DER_TAG.objectIdentifier) return null;
  return { keyAlgorithm: oidHex(algorithm), keyUsage: keyUsageOf(fields) };
};

/** Is it one SEQUENCE and nothing after it? A length that is not said counts as right. */
export const isOneSequence = (der: Uint8Array): boolean => {
  if (der[0] !== DER_TAG.sequence) return false;
  if (der[1] === INDEFINITE) return true;
  const front = decodeDerFront(der);
  return front.status === "done" && front.value.missingBytes === 0 && front.size === der.length;
};

const INDEFINITE = 0x80;
/** More members than a certificate has extensions. */
const MAX_MEMBERS = 256;

/** 2.5.29.15 */
const KEY_USAGE = "551d0f";

const keyUsageOf = (fields: readonly DerElement[]): number | null => {
  const extensions = membersOf(
    membersOf(fields.find(({ tag }) => tag === DER_TAG.context3)?.contents)[0]?.contents,
  );
  for (const extension of extensions) {
    const [id, ...rest] = membersOf(extension.contents);
    if (id === undefined || oidHex(id) !== KEY_USAGE) continue;
    const value = rest.at(-1);
    const [bits] = value?.tag === DER_TAG.octetString ? membersOf(value.contents) : [];
    return bits?.tag === DER_TAG.bitString ? (bits.contents[1] ?? 0) : 0;
  }
  return null;
};

/** Those that are whole, up to the first that is not. */
const membersOf = (contents: Uint8Array | undefined): readonly DerElement[] =>
  contents === undefined
    ? []
    : decodeDerFronts(contents, MAX_MEMBERS).elements.filter(({ missingBytes }) => missingBytes === 0);

const oidHex = ({ contents }: DerElement): string => toHex(contents.subarray(0, MAX_OID_BYTES));

const MAX_OID_BYTES = 32;
