/**
 * Opens protected records of one direction: AES-GCM and ChaCha20-Poly1305 (RFC 5288, RFC 7905, RFC 8446 5.2),
 * and CBC with its MAC before or after encryption (RFC 5246 6.2.3.2, RFC 7366). What does not authenticate
 * is not opened.
 */
import { createDecipheriv, createHmac, timingSafeEqual } from "node:crypto";
import { Writer } from "../bytes/writer.ts";
import type { BulkCipher } from "./bulk-ciphers.ts";
import { CONTENT_TYPE, type TlsRecord } from "./record.ts";
import { TLS_VERSION } from "./versions.ts";

/** A record's content, with the type that it was sealed under. */
interface OpenedFragment {
  readonly contentType: number;
  readonly bytes: Uint8Array;
}

/** Opens the records of one direction in their order; null for one that the keys do not fit. */
export type RecordOpener = (record: TlsRecord) => OpenedFragment | null;

type AeadCipher = Exclude<BulkCipher, { kind: "cbc" }>;
type BlockCipher = Extract<BulkCipher, { kind: "cbc" }>;

const TAG_BYTES = 16;
const EXPLICIT_NONCE_BYTES = 8;

/** TLS 1.2: the nonce is sent along with GCM, and counted with ChaCha20. */
export const aeadOpener = (cipher: AeadCipher, key: Uint8Array, iv: Uint8Array): RecordOpener => {
  const explicitBytes = cipher.kind === "gcm" ? EXPLICIT_NONCE_BYTES : 0;
  let sequence = 0;
  return ({ contentType, version, fragment }) => {
    const size = fragment.length - explicitBytes - TAG_BYTES;
    if (size < 0) return null;
    const nonce =
      explicitBytes > 0
        ? Uint8Array.from([...iv, ...fragment.subarray(0, explicitBytes)])
        : countedNonce(iv, sequence);
    const additional = header(sequence, contentType, version, size);
    sequence += 1;
    const bytes = openAead(cipher, key, nonce, additional, fragment.subarray(explicitBytes));
    return bytes === null ? null : { contentType, bytes };
  };
};

/** TLS 1.3: type and padding are inside, and the record's header is what is authenticated beside. */
export const innerOpener = (cipher: AeadCipher, key: Uint8Array, iv: Uint8Array): RecordOpener => {
  let sequence = 0;
  return ({ contentType, version, fragment }) => {
    const additional = new Writer().u8(contentType).u16(version).u16(fragment.length).finish();
    const nonce = countedNonce(iv, sequence);
    sequence += 1;
    const inner = fragment.length < TAG_BYTES ? null : openAead(cipher, key, nonce, additional, fragment);
    if (inner === null) return null;
    const end = inner.findLastIndex((byte) => byte !== 0);
    const innerType = inner[end];
    return innerType === undefined ? null : { contentType: innerType, bytes: inner.subarray(0, end) };
  };
};

export interface CbcKeys {
  readonly key: Uint8Array;
  /** The first record's in TLS 1.0, where each ciphertext is the next one's IV. */
  readonly iv: Uint8Array;
  readonly macKey: Uint8Array;
  readonly mac: { readonly algorithm: string; readonly sizeBytes: number };
  readonly encryptThenMac: boolean;
  readonly version: number;
}

/** TLS 1.0 to 1.2. */
export const cbcOpener = (cipher: BlockCipher, keys: CbcKeys): RecordOpener => {
  const { mac, macKey, encryptThenMac } = keys;
  const { blockBytes } = cipher;
  const isChained = keys.version < TLS_VERSION.tls11;
  let chainedIv = keys.iv;
  let sequence = 0;
  const macOf = (contentType: number, version: number, bytes: Uint8Array): Uint8Array =>
    createHmac(mac.algorithm, macKey)
      .update(header(sequence, contentType, version, bytes.length))
      .update(bytes)
      .digest();

  return ({ contentType, version, fragment }) => {
    const sealed = encryptThenMac
      ? fragment.subarray(0, Math.max(0, fragment.length - mac.sizeBytes))
      : fragment;
    const ivBytes = isChained ? 0 : blockBytes;
    const body = sealed.subarray(ivBytes);
    if (body.length === 0 || body.length % blockBytes !== 0) return null;
    if (encryptThenMac && !isEqual(macOf(contentType, version, sealed), fragment.subarray(sealed.length))) {
      return null;
    }
    const decipher = createDecipheriv(
      cipher.algorithm,
      keys.key,
      isChained ? chainedIv : sealed.subarray(0, blockBytes),
    ).setAutoPadding(false);
    const padded = Uint8Array.from([...decipher.update(body), ...decipher.final()]);
    chainedIv = body.slice(-blockBytes);
    const content = withoutPadding(padded);
    if (content === null) return null;
    if (encryptThenMac) {
      sequence += 1;
      return { contentType, bytes: content };
    }
    const size = content.length - mac.sizeBytes;
    if (size < 0) return null;
    const bytes = content.subarray(0, size);
    if (!isEqual(macOf(contentType, version, bytes), content.subarray(size))) return null;
    sequence += 1;
    return { contentType, bytes };
  };
};

const openAead = (
  { algorithm }: AeadCipher,
  key: Uint8Array,
  nonce: Uint8Array,
  additional: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | null => {
  const size = sealed.length - TAG_BYTES;
  const options = { authTagLength: TAG_BYTES };
  const decipher =
    algorithm === "chacha20-poly1305"
      ? createDecipheriv(algorithm, key, nonce, options)
      : createDecipheriv(algorithm, key, nonce, options);
  decipher.setAAD(additional, { plaintextLength: size }).setAuthTag(sealed.subarray(size));
  const bytes = decipher.update(sealed.subarray(0, size));
  try {
    decipher.final();
    return new Uint8Array(bytes);
  } catch {
    return null;
  }
};

/** The sequence number, padded, with the IV laid over it (RFC 8446 5.3). */
const countedNonce = (iv: Uint8Array, sequence: number): Uint8Array => {
  const counter = sequenceBytes(sequence);
  return iv.map((byte, index) => byte ^ (counter[index - (iv.length - counter.length)] ?? 0));
};

/** Sequence number, type, version and length (RFC 5246 6.2.3.1). */
const header = (sequence: number, contentType: number, version: number, size: number): Uint8Array =>
  new Writer().bytes(sequenceBytes(sequence)).u8(contentType).u16(version).u16(size).finish();

const sequenceBytes = (sequence: number): Uint8Array =>
  new Writer()
    .u32(Math.floor(sequence / 0x1_0000_0000))
    .u32(sequence % 0x1_0000_0000)
    .finish();

/** Null where the padding is none: every byte of it says how many there are. */
const withoutPadding = (padded: Uint8Array): Uint8Array | null => {
  const count = padded.at(-1) ?? 0;
  const size = padded.length - count - 1;
  if (size < 0) return null;
  return padded.subarray(size).every((byte) => byte === count) ? padded.subarray(0, size) : null;
};

const isEqual = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);

/** Whether a record is sealed in TLS 1.3, where all sealed records have this type. */
export const isSealed13 = ({ contentType }: TlsRecord): boolean =>
  contentType === CONTENT_TYPE.applicationData;
