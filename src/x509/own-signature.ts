/** Whether a certificate is signed with the key that is in it ([RFC 5280] 3.2, self-signed). */
import { createPublicKey, verify, X509Certificate } from "node:crypto";
import { DER_TAG, type DerElement, decodeDerFront, decodeDerFronts } from "../bytes/der.ts";
import { toHex } from "../bytes/hex.ts";
import { isSameBytes } from "../bytes/same-bytes.ts";
import type { KeyFacts } from "./public-key.ts";
import type { SignatureFacts } from "./signature-algorithm.ts";

/** What was read of a certificate. */
interface SignedCertificate {
  readonly der: Uint8Array;
  readonly subjectPublicKeyInfo: Uint8Array | null;
  readonly key: KeyFacts | null;
  readonly signature: SignatureFacts | null;
}

/** Null when node:crypto refuses the certificate or its key: broken DER, an unknown algorithm. */
export const verifiesWithItsOwnKey = (certificate: SignedCertificate): boolean | null => {
  if (verifiesWithItsRsaKey(certificate)) return true;
  try {
    const parsed = new X509Certificate(certificate.der);
    return parsed.verify(parsed.publicKey);
  } catch {
    return null;
  }
};

const RSA_ENCRYPTION = "1.2.840.113549.1.1.1";
/** More members than a TBSCertificate has. */
const MAX_MEMBERS = 16;

/** As OpenSSL names them: the RSA signatures of today. */
const HASHES: ReadonlyMap<string, string> = new Map([
  ["sha1WithRSAEncryption", "sha1"],
  ["sha256WithRSAEncryption", "sha256"],
  ["sha384WithRSAEncryption", "sha384"],
  ["sha512WithRSAEncryption", "sha512"],
]);

/** The usual case, at a fifth of what OpenSSL's decoder takes over it; false also where that is to be asked. */
const verifiesWithItsRsaKey = ({ der, subjectPublicKeyInfo, key, signature }: SignedCertificate): boolean => {
  const hash = HASHES.get(signature?.name ?? "");
  if (hash === undefined || key?.oid !== RSA_ENCRYPTION || subjectPublicKeyInfo === null) return false;
  const [tbs, algorithm, value] = membersOf(der);
  const [, publicKey] = membersOf(subjectPublicKeyInfo);
  if (tbs === undefined || algorithm === undefined || !isWholeBytes(value) || !isWholeBytes(publicKey)) {
    return false;
  }
  const fields = membersOf(tbs.der);
  const signedAlgorithm = fields[fields[0]?.tag === DER_TAG.context0 ? 2 : 1];
  if (signedAlgorithm === undefined || !isSameBytes(signedAlgorithm.der, algorithm.der)) return false;
  try {
    const pkcs1 = toHex(bitsOf(publicKey));
    const ownKey = createPublicKey({ key: pkcs1, encoding: "hex", format: "der", type: "pkcs1" });
    return verify(hash, tbs.der, ownKey, bitsOf(value));
  } catch {
    return false;
  }
};

/** The members of a SEQUENCE. */
const membersOf = (der: Uint8Array): readonly DerElement[] => {
  const whole = decodeDerFront(der);
  return whole.status === "done" ? decodeDerFronts(whole.value.contents, MAX_MEMBERS).elements : [];
};

/** Whether a BIT STRING has no unused bits, as those of keys and signatures have none. */
const isWholeBytes = (bitString: DerElement | undefined): bitString is DerElement =>
  bitString?.contents[0] === 0;

/** The bytes of such a BIT STRING. */
const bitsOf = (bitString: DerElement): Uint8Array => bitString.contents.subarray(1);
