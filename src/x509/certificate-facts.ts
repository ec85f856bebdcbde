/** The facts of a certificate from its DER ([RFC 5280] 4.1): all that can be read, and what could not be. */
import { hash } from "node:crypto";
import type { DerElement } from "../bytes/der.ts";
import { isSameBytes } from "../bytes/same-bytes.ts";
import { type DistinguishedName, readName } from "./distinguished-name.ts";
import {
  type ExtensionFacts,
  extensionField,
  NO_EXTENSIONS,
  readExtension,
  readExtensionValue,
} from "./extensions.ts";
import { decodeField, integerOf, membersOf, UnreadableField } from "./field.ts";
import { verifiesWithItsOwnKey } from "./own-signature.ts";
import { type CertificateParts, type Note, splitCertificate } from "./parts.ts";
import { type KeyFacts, readPublicKey } from "./public-key.ts";
import { readSerial } from "./serial-number.ts";
import { readSignatureAlgorithm, type SignatureFacts } from "./signature-algorithm.ts";
import { readTime } from "./time.ts";

/** A field that could not be read: its dotted name, `tbsCertificate.subject`, and why. */
interface UnreadField {
  readonly field: string;
  readonly reason: string;
}

/** Null stands for what is absent or could not be read; `unread` tells the latter. */
export interface CertificateFacts {
  readonly der: Uint8Array;
  /** Digests of the whole DER, in lower-case hex: the thumbprints. */
  readonly sha1: string;
  readonly sha256: string;
  /** 1, 2 or 3. */
  readonly version: number | null;
  /** The number in lower-case hex without the sign byte, with a minus when it is negative: `openssl`'s. */
  readonly serial: string | null;
  /** [RFC 4514] text, `CN=HOST`; empty for an empty name. */
  readonly subject: string | null;
  /** The subject's most specific CN, as it is, not escaped. */
  readonly commonName: string | null;
  readonly issuer: string | null;
  readonly notBefore: Date | null;
  readonly notAfter: Date | null;
  /**
   * Issuer and subject are the same bytes and, where node:crypto can read the certificate and its key, the
   * signature verifies with that key.
   */
  readonly selfSigned: boolean | null;
  /** The subject is one CN and nothing else, as in the certificates that Windows makes itself. */
  readonly singleCommonName: boolean;
  /** `DNS:host`, `IP:192.0.2.7`, `email:a@example.com`, `URI:...`, `dirName:CN=...`, `otherName:1.2.3`. */
  readonly subjectAltNames: readonly string[];
  readonly key: KeyFacts | null;
  /** Digest of the SubjectPublicKeyInfo's DER, as in [RFC 7469] 2.4, in lower-case hex: one key in two certificates. */
  readonly keySha256: string | null;
  readonly signature: SignatureFacts | null;
  /** Purposes by name, or dotted OID where unknown; null when the extension is absent. */
  readonly extendedKeyUsage: readonly string[] | null;
  readonly keyUsage: readonly string[] | null;
  readonly basicConstraintsCa: boolean | null;
  readonly unread: readonly UnreadField[];
}

const MAX_CERTIFICATE_BYTES = 256 * 1024;

/**
 * Reads one certificate. Never throws: what could not be read is in `unread`.
 * @param provesSelfSigned whether `selfSigned` is proved by the signature, which costs most of a millisecond;
 *   otherwise the names alone decide.
 */
export const readCertificate = (der: Uint8Array, provesSelfSigned = true): CertificateFacts => {
  const unread: UnreadField[] = [];
  const note: Note = (field, reason) => unread.push({ field, reason });
  const parts = splitCertificate(withinBounds(der, note), note);
  const attempt = <T>(field: string, part: Uint8Array | null, read: (element: DerElement) => T): T | null =>
    part === null ? null : tryRead(field, note, () => read(decodeField(part)));

  const subject = attempt("tbsCertificate.subject", parts.subject, readName);
  const isOwnIssuer = hasOneName(parts);
  const { subjectPublicKeyInfo } = parts;
  const key = attempt("tbsCertificate.subjectPublicKeyInfo", subjectPublicKeyInfo, readPublicKey);
  const signature = attempt("signatureAlgorithm", parts.signatureAlgorithm, readSignatureAlgorithm);
  return {
    der,
    sha1: digest("sha1", der),
    sha256: digest("sha256", der),
    version:
      parts.version === null
        ? versionWithoutField(parts)
        : attempt("tbsCertificate.version", parts.version, readVersion),
    serial: attempt("tbsCertificate.serialNumber", parts.serialNumber, readSerial),
    ...subjectFacts(subject),
    issuer:
      isOwnIssuer && subject !== null
        ? subject.text
        : (attempt("tbsCertificate.issuer", parts.issuer, readName)?.text ?? null),
    notBefore: attempt("tbsCertificate.validity.notBefore", parts.notBefore, readTime),
    notAfter: attempt("tbsCertificate.validity.notAfter", parts.notAfter, readTime),
    selfSigned:
      isOwnIssuer === true
        ? !provesSelfSigned || verifiesWithItsOwnKey({ der, subjectPublicKeyInfo, key, signature }) !== false
        : isOwnIssuer,
    key,
    keySha256: subjectPublicKeyInfo === null ? null : digest("sha256", subjectPublicKeyInfo),
    signature,
    ...readExtensions(parts.extensions, note),
    unread,
  };
};

/** Nothing of a certificate beyond the bound is read but its digests. */
const withinBounds = (der: Uint8Array, note: Note): Uint8Array | null => {
  if (der.length <= MAX_CERTIFICATE_BYTES) return der;
  note("certificate", `${der.length} bytes are more than ${MAX_CERTIFICATE_BYTES}`);
  return null;
};

const digest = (algorithm: "sha1" | "sha256", der: Uint8Array): string => hash(algorithm, der, "hex");

const tryRead = <T>(field: string, note: Note, read: () => T): T | null => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UnreadableField)) throw error;
    note(field, error.message);
    return null;
  }
};

/** The field is left out of version 1; it counts as read only when what follows it was there. */
const versionWithoutField = ({ serialNumber }: CertificateParts): number | null =>
  serialNumber === null ? null : 1;

const readVersion = (element: DerElement): number => {
  const [version] = membersOf(element, "version");
  const content = integerOf(version, "version");
  const [value = 0] = content;
  if (content.length > 1) throw new UnreadableField(`version of ${content.length} bytes`);
  if (value > 2) throw new UnreadableField(`${value} is no version`);
  return value + 1;
};

const subjectFacts = (
  name: DistinguishedName | null,
): Pick<CertificateFacts, "subject" | "commonName" | "singleCommonName"> => ({
  subject: name?.text ?? null,
  commonName: name?.commonName ?? null,
  singleCommonName: name?.singleCommonName ?? false,
});

/** Whether issuer and subject are the same bytes; null where one is missing. */
const hasOneName = ({ issuer, subject }: CertificateParts): boolean | null =>
  issuer === null || subject === null ? null : isSameBytes(issuer, subject);

const readExtensions = (extensions: readonly Uint8Array[], note: Note): ExtensionFacts => {
  const facts = { ...NO_EXTENSIONS };
  const seen = new Set<string>();
  for (const der of extensions) {
    const extension = tryRead("tbsCertificate.extensions", note, () => readExtension(decodeField(der)));
    const field = extension === null ? null : extensionField(extension.oid);
    if (extension === null || field === null) continue;
    const path = `tbsCertificate.extensions.${field}`;
    if (seen.has(field)) {
      note(path, "occurs more than once; the first one counts");
      continue;
    }
    seen.add(field);
    Object.assign(
      facts,
      tryRead(path, note, () => readExtensionValue(extension.oid, extension.value)),
    );
  }
  return facts;
};
