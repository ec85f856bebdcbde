/**
 * The two things of a certificate that TLS itself asks for and node:crypto does not tell: which kind of key it
 * has, and whether the key may sign (RFC 5280 4.1.2.7 and 4.2.1.3).
 */

export interface CertificateParts {
  /** Content bytes of the key's algorithm OID, in hex. */
  readonly keyAlgorithm: string;
  /** The first byte of the keyUsage bits, or null without that extension. */
  readonly keyUsage: number | null;
}

interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
  /** One past its last byte, in the bytes that it was read from. */
  readonly end: number;
}

/** Null where the bytes have not the shape of a certificate. */
export const readCertificateParts = (der: Uint8Array): CertificateParts | null => {
  const tbs = membersOf(membersOf(der)[0])[0];
  // version is [0] EXPLICIT and may be missing; serial, signature, issuer, validity, subject, key follow.
  const fields = membersOf(tbs);
  const keyAt = fields[0]?.tag === EXPLICIT_0 ? 6 : 5;
  const algorithm = membersOf(membersOf(fields[keyAt])[0])[0];
  if (algorithm === undefined || algorithm.tag !== OID) return null;
  return { keyAlgorithm: hexOf(algorithm.content), keyUsage: keyUsageOf(fields) };
};

/** Is it one SEQUENCE and nothing after it? A length that is not said counts as right. */
export const isOneSequence = (der: Uint8Array): boolean => {
  if (der[0] !== SEQUENCE) return false;
  if (der[1] === INDEFINITE) return true;
  return readElement(der, 0)?.end === der.length;
};

const SEQUENCE = 0x30;
const OID = 0x06;
const OCTET_STRING = 0x04;
const BIT_STRING = 0x03;
const EXPLICIT_0 = 0xa0;
const EXPLICIT_3 = 0xa3;
const INDEFINITE = 0x80;
const MAX_LENGTH_BYTES = 4;
/** More members than a certificate has extensions. */
const MAX_MEMBERS = 256;

/** 2.5.29.15 */
const KEY_USAGE = "551d0f";

const keyUsageOf = (fields: readonly Element[]): number | null => {
  const extensions = membersOf(membersOf(fields.find(({ tag }) => tag === EXPLICIT_3))[0]);
  for (const extension of extensions) {
    const [id, ...rest] = membersOf(extension);
    if (id === undefined || hexOf(id.content) !== KEY_USAGE) continue;
    const value = rest.at(-1);
    const bits = value?.tag === OCTET_STRING ? readElement(value.content, 0) : null;
    return bits?.tag === BIT_STRING ? (bits.content[1] ?? 0) : 0;
  }
  return null;
};

const membersOf = (parent: Element | Uint8Array | undefined): readonly Element[] => {
  if (parent === undefined) return [];
  const bytes = parent instanceof Uint8Array ? parent : parent.content;
  const members: Element[] = [];
  for (let at = 0; at < bytes.length && members.length < MAX_MEMBERS; ) {
    const member = readElement(bytes, at);
    if (member === null) break;
    members.push(member);
    at = member.end;
  }
  return members;
};

const readElement = (bytes: Uint8Array, at: number): Element | null => {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) return null;
  let length = first;
  let start = at + 2;
  if (first > INDEFINITE) {
    const count = first - INDEFINITE;
    if (count > MAX_LENGTH_BYTES) return null;
    length = 0;
    for (let index = 0; index < count; index += 1) length = length * 0x100 + (bytes[start + index] ?? 0);
    start += count;
  }
  const end = start + length;
  return first === INDEFINITE || end > bytes.length
    ? null
    : { tag, content: bytes.subarray(start, end), end };
};

const hexOf = (bytes: Uint8Array): string => {
  let text = "";
  for (const byte of bytes.subarray(0, MAX_OID_BYTES)) text += byte.toString(16).padStart(2, "0");
  return text;
};

const MAX_OID_BYTES = 32;
