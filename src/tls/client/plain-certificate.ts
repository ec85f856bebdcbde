/**
 * The RSA key of a certificate that is read without OpenSSL, whose decoder takes a tenth of a millisecond over it. Read
 * is what stands in strict DER and has the form that nearly all servers' certificates have, Windows' among them (RFC
 * 5280 4.1). What is read here OpenSSL reads too; of the rest nothing is said, and OpenSSL is to be asked.
 */
import { DER_TAG, type DerElement, decodeDer } from "../../bytes/der.ts";
import { isSameBytes } from "../../bytes/same-bytes.ts";

const RULES = { lengths: "shortest", maxDepth: 8, maxBytes: 0xffff } as const;

/** The RSAPublicKey (RFC 8017 A.1.1); null where only OpenSSL can say what it is. */
export const readPlainRsaKey = (der: Uint8Array): Uint8Array | null => {
  const certificate = wholeOf(der);
  if (certificate === null) return null;
  const [tbs, algorithm, signature, ...more] = membersOf(certificate, DER_TAG.sequence);
  if (more.length > 0 || !isAlgorithm(algorithm) || !isBytes(signature)) return null;
  return keyOf(membersOf(tbs, DER_TAG.sequence));
};

const wholeOf = (der: Uint8Array): DerElement | null => {
  const decoded = decodeDer(der, RULES);
  return decoded.status === "done" && decoded.size === der.length ? decoded.value : null;
};

const NOTHING: readonly DerElement[] = [];

/** The members of an element with this tag; none of another one. */
const membersOf = (element: DerElement | undefined, tag: number): readonly DerElement[] =>
  element?.tag === tag ? element.elements : NOTHING;

/** The key of a TBSCertificate that has each of its members as it has to be, and no other; null otherwise. */
const keyOf = (members: readonly DerElement[]): Uint8Array | null => {
  const isVersioned = members[0]?.tag === DER_TAG.context0;
  const [serial, algorithm, issuer, validity, subject, info, extensions, ...more] = isVersioned
    ? members.slice(1)
    : members;
  const [version, ...noMore] = isVersioned ? (members[0]?.elements ?? NOTHING) : NOTHING;
  const times = membersOf(validity, DER_TAG.sequence);
  const isPlain =
    (!isVersioned || (isInteger(version) && noMore.length === 0)) &&
    isInteger(serial) &&
    isAlgorithm(algorithm) &&
    isName(issuer) &&
    times.length === 2 &&
    times.every(isTime) &&
    isName(subject) &&
    (extensions === undefined || isExtensions(extensions)) &&
    more.length === 0;
  return isPlain ? rsaKeyOf(info) : null;
};

const rsaKeyOf = (info: DerElement | undefined): Uint8Array | null => {
  const [algorithm, bits, ...more] = membersOf(info, DER_TAG.sequence);
  const oid = algorithm?.elements[0]?.contents;
  if (!isAlgorithm(algorithm) || oid === undefined || !isSameBytes(oid, RSA_ENCRYPTION)) return null;
  if (!isBytes(bits) || more.length > 0) return null;
  const key = bits.contents.subarray(1);
  const [modulus, exponent, ...others] = membersOf(wholeOf(key) ?? undefined, DER_TAG.sequence);
  const isKey =
    modulus?.tag === DER_TAG.integer &&
    exponent?.tag === DER_TAG.integer &&
    others.length === 0 &&
    isModulus(modulus.contents) &&
    isExponent(exponent.contents);
  return isKey ? key : null;
};

/** An OID, and NULL or nothing. */
const isAlgorithm = (element: DerElement | undefined): element is DerElement => {
  const [oid, parameters, ...more] = membersOf(element, DER_TAG.sequence);
  return (
    isOid(oid) &&
    more.length === 0 &&
    (parameters === undefined || (parameters.tag === DER_TAG.null && parameters.contents.length === 0))
  );
};

const isInteger = (element: DerElement | undefined): element is DerElement =>
  element?.tag === DER_TAG.integer && isPositive(element.contents);

const isName = (element: DerElement | undefined): boolean =>
  element?.tag === DER_TAG.sequence &&
  element.elements.every(
    (set) => set.tag === DER_TAG.set && set.elements.length > 0 && set.elements.every(isAttribute),
  );

const isAttribute = (element: DerElement): boolean => {
  const [type, value, ...more] = membersOf(element, DER_TAG.sequence);
  return (
    isOid(type) && value !== undefined && TEXTS.has(value.tag) && isAscii(value.contents) && more.length === 0
  );
};

const isExtensions = (element: DerElement): boolean => {
  const [list, ...more] = membersOf(element, DER_TAG.context3);
  const extensions = membersOf(list, DER_TAG.sequence);
  return extensions.length > 0 && more.length === 0 && extensions.every(isExtension);
};

const isExtension = (element: DerElement): boolean => {
  const [id, ...rest] = membersOf(element, DER_TAG.sequence);
  const [critical, value] = rest.length === 2 ? rest : [undefined, rest[0]];
  return (
    isOid(id) &&
    rest.length <= 2 &&
    (critical === undefined || (critical.tag === DER_TAG.boolean && critical.contents.length === 1)) &&
    value?.tag === DER_TAG.octetString
  );
};

/** A BIT STRING that is not empty, of whose last byte no bit is unused. */
const isBytes = (element: DerElement | undefined): element is DerElement =>
  element?.tag === DER_TAG.bitString && element.contents[0] === 0 && element.contents.length > 1;

const TEXTS: ReadonlySet<number> = new Set([DER_TAG.utf8String, DER_TAG.printableString, DER_TAG.ia5String]);

/** 1.2.840.113549.1.1.1 */
const RSA_ENCRYPTION = Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01);

/** A modulus within these is one that every OpenSSL computes with. */
const MIN_MODULUS_BYTES = 64;
const MAX_MODULUS_BYTES = 1025;
const MAX_EXPONENT_BYTES = 8;

/** As short as can be, and with no sign. */
const isPositive = ([first = 0x80, second]: Uint8Array): boolean =>
  first < 0x80 && (first > 0 || second === undefined || second >= 0x80);

const isModulus = (content: Uint8Array): boolean =>
  isPositive(content) &&
  content.length >= MIN_MODULUS_BYTES &&
  content.length <= MAX_MODULUS_BYTES &&
  isOdd(content);

const isExponent = (content: Uint8Array): boolean =>
  isPositive(content) && content.length <= MAX_EXPONENT_BYTES && isOdd(content);

const isOdd = (content: Uint8Array): boolean => ((content.at(-1) ?? 0) & 1) === 1;

/** Each of its numbers is written as short as can be, and the last one is whole. */
const isOid = (element: DerElement | undefined): boolean => {
  if (element?.tag !== DER_TAG.objectIdentifier) return false;
  const { contents } = element;
  let isBegun = false;
  for (const byte of contents) {
    if (!isBegun && byte === 0x80) return false;
    isBegun = byte >= 0x80;
  }
  return contents.length > 0 && !isBegun;
};

const isAscii = (content: Uint8Array): boolean => content.every((byte) => byte < 0x80);

/** YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ. */
const isTime = ({ tag, contents }: DerElement): boolean =>
  (tag === DER_TAG.utcTime || tag === DER_TAG.generalizedTime) &&
  (contents.length === 13 || contents.length === 15) &&
  contents.at(-1) === 0x5a &&
  contents.subarray(0, -1).every((byte) => byte >= 0x30 && byte <= 0x39);
