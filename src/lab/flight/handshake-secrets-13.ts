/**
 * A TLS 1.3 server's handshake secret, its Finished, and the records sealed with it (RFC 8446 7.1, 4.4.4, 5.2).
 * Written apart from what the probe derives its own keys with, so that the two hold each other to the standard.
 */
import { createCipheriv, createHash, createHmac } from "node:crypto";
import { Writer } from "../../bytes/writer.ts";
import { type BulkCipher, bulkCipher, derivationHash } from "../../tls/tables/bulk-ciphers.ts";
import type { CipherSuite } from "../../tls/tables/cipher-suites.ts";
import { CONTENT_TYPE, encodeRecord } from "../../tls/wire/record.ts";
import { TLS_VERSION } from "../../tls/tables/versions.ts";

type Hash = ReturnType<typeof derivationHash>;
export type SealingCipher = Exclude<BulkCipher, { kind: "cbc" | "ccm" }>;

export interface HandshakeProtection {
  /** `verify_data` of the server's Finished after this transcript. */
  readonly finished: (transcript: Uint8Array) => Uint8Array;
  /** One record around a handshake message, or a part of one; in the order of the connection. */
  readonly seal: (fragment: Uint8Array) => Uint8Array;
  /**
   * What the server says once its Finished is out.
   * @param transcript the messages from the ClientHello to the server's Finished
   */
  readonly application: (transcript: Uint8Array) => ApplicationProtection;
}

/** A server's application traffic keys (RFC 8446 7.1). */
export interface ApplicationProtection {
  /** One record around a handshake message, in the order of the connection. */
  readonly seal: (fragment: Uint8Array) => Uint8Array;
  /** Takes the next keys, as after a KeyUpdate that was sent (RFC 8446 7.2). */
  readonly update: () => void;
}

/** The cipher of a TLS 1.3 suite, or null for one that the lab cannot seal with. */
export const sealingCipher = (suite: CipherSuite): SealingCipher | null => {
  const cipher = bulkCipher(suite);
  return cipher === null || cipher.kind === "cbc" || cipher.kind === "ccm" ? null : cipher;
};

/**
 * @param shared the secret that the key exchange agreed on
 * @param transcript the messages from the ClientHello to the ServerHello
 */
export const handshakeProtection = (
  suite: CipherSuite,
  cipher: SealingCipher,
  shared: Uint8Array,
  transcript: Uint8Array,
): HandshakeProtection => {
  const hash = derivationHash(suite);
  const none = new Uint8Array(HASH_SIZES_BYTES[hash]);
  const early = hmac(hash, none, none);
  const derived = expandLabel(hash, early, "derived", digest(hash, EMPTY), none.length);
  const handshake = hmac(hash, derived, shared);
  const secret = expandLabel(hash, handshake, "s hs traffic", digest(hash, transcript), none.length);
  const finishedKey = expandLabel(hash, secret, "finished", EMPTY, none.length);
  return {
    finished: (soFar) => hmac(hash, finishedKey, digest(hash, soFar)),
    seal: sealing(hash, cipher, secret),
    application: (soFar) => {
      const onward = expandLabel(hash, handshake, "derived", digest(hash, EMPTY), none.length);
      const master = hmac(hash, onward, none);
      let traffic = expandLabel(hash, master, "s ap traffic", digest(hash, soFar), none.length);
      let seal = sealing(hash, cipher, traffic);
      return {
        seal: (fragment) => seal(fragment),
        update: () => {
          traffic = expandLabel(hash, traffic, "traffic upd", EMPTY, none.length);
          seal = sealing(hash, cipher, traffic);
        },
      };
    },
  };
};

/** Seals one record after the other with the keys of a traffic secret (RFC 8446 7.3). */
const sealing = (
  hash: Hash,
  cipher: SealingCipher,
  secret: Uint8Array,
): ((fragment: Uint8Array) => Uint8Array) => {
  const key = expandLabel(hash, secret, "key", EMPTY, cipher.keyBytes);
  const iv = expandLabel(hash, secret, "iv", EMPTY, IV_SIZE_BYTES);
  let sequence = 0;
  return (fragment) => {
    const nonce = countedNonce(iv, sequence);
    sequence += 1;
    return sealed(cipher, key, nonce, fragment);
  };
};

/** Transcript-Hash: the suite's hash over messages (RFC 8446 4.4.1). */
export const transcriptHash = (suite: CipherSuite, transcript: Uint8Array): Uint8Array =>
  digest(derivationHash(suite), transcript);

const HASH_SIZES_BYTES = { sha256: 32, sha384: 48 } as const;
const IV_SIZE_BYTES = 12;
const TAG_SIZE_BYTES = 16;
const EMPTY = new Uint8Array(0);

const digest = (hash: Hash, bytes: Uint8Array): Uint8Array => createHash(hash).update(bytes).digest();

const hmac = (hash: Hash, key: Uint8Array, bytes: Uint8Array): Uint8Array =>
  createHmac(hash, key).update(bytes).digest();

/** HKDF-Expand-Label; no label here needs more than one block of the hash. */
const expandLabel = (
  hash: Hash,
  secret: Uint8Array,
  label: string,
  context: Uint8Array,
  sizeBytes: number,
): Uint8Array =>
  hmac(
    hash,
    secret,
    new Writer()
      .u16(sizeBytes)
      .prefixed(1, (writer) => writer.bytes(new TextEncoder().encode(`tls13 ${label}`)))
      .prefixed(1, (writer) => writer.bytes(context))
      .u8(1)
      .finish(),
  ).subarray(0, sizeBytes);

/** RFC 8446 5.3. A handshake has few records: the counter's upper half stays zero. */
const countedNonce = (iv: Uint8Array, sequence: number): Uint8Array => {
  const counter = new Writer()
    .bytes(new Uint8Array(IV_SIZE_BYTES - 4))
    .u32(sequence)
    .finish();
  return iv.map((byte, index) => byte ^ (counter[index] ?? 0));
};

/** TLSInnerPlaintext without padding, in an application_data record (RFC 8446 5.2). */
const sealed = (
  { algorithm }: SealingCipher,
  key: Uint8Array,
  nonce: Uint8Array,
  fragment: Uint8Array,
): Uint8Array => {
  const inner = new Writer().bytes(fragment).u8(CONTENT_TYPE.handshake).finish();
  const header = new Writer()
    .u8(CONTENT_TYPE.applicationData)
    .u16(TLS_VERSION.tls12)
    .u16(inner.length + TAG_SIZE_BYTES)
    .finish();
  const options = { authTagLength: TAG_SIZE_BYTES };
  const cipher =
    algorithm === "chacha20-poly1305"
      ? createCipheriv(algorithm, key, nonce, options)
      : createCipheriv(algorithm, key, nonce, options);
  cipher.setAAD(header, { plaintextLength: inner.length });
  const body = Buffer.concat([cipher.update(inner), cipher.final(), cipher.getAuthTag()]);
  return encodeRecord({
    contentType: CONTENT_TYPE.applicationData,
    version: TLS_VERSION.tls12,
    fragment: Uint8Array.from(body),
  });
};
