/** What a server signs its key exchange with (RFC 5246 4.7, RFC 2246 4.7, RFC 8446 4.2.3). */
import { constants, createHash, type KeyObject, privateEncrypt, sign } from "node:crypto";

/** Signs with a scheme's code; with null as before TLS 1.2, where the kind of key decides. */
export type HandshakeSigner = (scheme: number | null, content: Uint8Array) => Uint8Array;

/** @throws RangeError for a scheme that the key has none of. */
export const handshakeSigner =
  (key: KeyObject): HandshakeSigner =>
  (scheme, content) =>
    Uint8Array.from(scheme === null ? signOldStyle(key, content) : signByScheme(key, scheme, content));

/** By the scheme's first byte, where its second one names the kind of key. */
const HASHES: Readonly<Record<number, string>> = { 2: "sha1", 4: "sha256", 5: "sha384", 6: "sha512" };
const PSS_HASHES: ReadonlyMap<number, string> = new Map([
  [0x0804, "sha256"],
  [0x0805, "sha384"],
  [0x0806, "sha512"],
]);
const ED25519 = 0x0807;

const signByScheme = (key: KeyObject, scheme: number, content: Uint8Array): Uint8Array => {
  if (scheme === ED25519) return sign(null, content, key);
  const pssHash = PSS_HASHES.get(scheme);
  if (pssHash !== undefined) {
    const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
    return sign(pssHash, content, { key, padding, saltLength });
  }
  const hash = HASHES[scheme >> 8];
  if (hash === undefined) throw new RangeError(`lab: no signature of scheme 0x${scheme.toString(16)}`);
  return sign(hash, content, key);
};

/** RSA signs MD5 and SHA-1 side by side, without a DigestInfo; DSS and ECDSA sign SHA-1. */
const signOldStyle = (key: KeyObject, content: Uint8Array): Uint8Array => {
  if (key.asymmetricKeyType !== "rsa") return sign("sha1", content, key);
  const digests = ["md5", "sha1"].map((hash) => createHash(hash).update(content).digest());
  return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.concat(digests));
};
