/**
 * Seals and opens the records of one direction with AES-GCM, AES-CCM and ChaCha20-Poly1305 (RFC 5288, RFC 6655,
 * RFC 7905, RFC 8446 5.2). What does not authenticate is not opened. CBC is in cbc-protection.ts.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import type { BulkCipher } from "../tables/bulk-ciphers.ts";
import { CONTENT_TYPE, RECORD_HEADER_SIZE_BYTES, type TlsRecord } from "../wire/record.ts";
import { TLS_VERSION } from "../tables/versions.ts";

/** A record's content, with the type that it was sealed under. */
interface OpenedFragment {
  readonly contentType: number;
  readonly bytes: Uint8Array;
}

/** Opens the records of one direction in their order; null for one that the keys do not fit. */
export type RecordOpener = (record: TlsRecord) => OpenedFragment | null;

/** The whole record, header included, around at most 2^14 bytes. */
export type RecordSealer = (contentType: number, bytes: Uint8Array) => Uint8Array;

export type AeadCipher = Exclude<BulkCipher, { kind: "cbc" }>;

const TAG_BYTES = 16;
const EXPLICIT_NONCE_BYTES = 8;

/** Up to TLS 1.2: half of the nonce is sent along with GCM and CCM; with ChaCha20 it is counted. */
export const aeadOpener = (cipher: AeadCipher, key: Uint8Array, iv: Uint8Array): RecordOpener => {
  const explicitBytes = cipher.kind === "chacha20" ? 0 : EXPLICIT_NONCE_BYTES;
  let sequence = 0;
  return ({ contentType, version, fragment }) => {
    const size = fragment.length - explicitBytes - TAG_BYTES;
    if (size < 0) return null;
    const nonce =
      explicitBytes > 0 ? explicitNonce(iv, fragment.subarray(0, explicitBytes)) : countedNonce(iv, sequence);
    const additional = pseudoHeader(sequence, contentType, version, size);
    sequence += 1;
    const bytes = openAead(cipher, key, nonce, additional, fragment.subarray(explicitBytes));
    return bytes === null ? null : { contentType, bytes };
  };
};

export const aeadSealer = (
  cipher: AeadCipher,
  key: Uint8Array,
  iv: Uint8Array,
  version: number,
): RecordSealer => {
  const explicitBytes = cipher.kind === "chacha20" ? 0 : EXPLICIT_NONCE_BYTES;
  let sequence = 0;
  return (contentType, bytes) => {
    const record = framed(contentType, version, explicitBytes + bytes.length + TAG_BYTES);
    const explicit = record.subarray(RECORD_HEADER_SIZE_BYTES, RECORD_HEADER_SIZE_BYTES + explicitBytes);
    if (explicitBytes > 0) putSequence(explicit, 0, sequence);
    const nonce = explicitBytes > 0 ? explicitNonce(iv, explicit) : countedNonce(iv, sequence);
    const additional = pseudoHeader(sequence, contentType, version, bytes.length);
    sequence += 1;
    sealAead(cipher, key, nonce, additional, bytes, record, RECORD_HEADER_SIZE_BYTES + explicitBytes);
    return record;
  };
};

/** TLS 1.3: type and padding are inside, and the record's header is what is authenticated beside. */
export const innerOpener = (cipher: AeadCipher, key: Uint8Array, iv: Uint8Array): RecordOpener => {
  let sequence = 0;
  return ({ contentType, version, fragment }) => {
    if (fragment.length < TAG_BYTES) return null;
    const header = headerOf(contentType, version, fragment.length);
    const nonce = countedNonce(iv, sequence);
    sequence += 1;
    const inner = openAead(cipher, key, nonce, header, fragment);
    if (inner === null) return null;
    let end = inner.length - 1;
    while (end > 0 && inner[end] === 0) end -= 1;
    const innerType = inner[end];
    return innerType === undefined || innerType === 0
      ? null
      : { contentType: innerType, bytes: inner.subarray(0, end) };
  };
};

export const innerSealer = (cipher: AeadCipher, key: Uint8Array, iv: Uint8Array): RecordSealer => {
  let sequence = 0;
  return (contentType, bytes) => {
    const inner = new Uint8Array(bytes.length + 1);
    inner.set(bytes);
    inner[bytes.length] = contentType;
    const record = framed(CONTENT_TYPE.applicationData, TLS_VERSION.tls12, inner.length + TAG_BYTES);
    const nonce = countedNonce(iv, sequence);
    sequence += 1;
    const header = record.subarray(0, RECORD_HEADER_SIZE_BYTES);
    sealAead(cipher, key, nonce, header, inner, record, RECORD_HEADER_SIZE_BYTES);
    return record;
  };
};

/** A record's header in front of room for a fragment of this size. */
export const framed = (contentType: number, version: number, size: number): Uint8Array => {
  const record = new Uint8Array(RECORD_HEADER_SIZE_BYTES + size);
  putHeader(record, 0, contentType, version, size);
  return record;
};

/** Sequence number, type, version and length: what is authenticated beside a record (RFC 5246 6.2.3.1). */
export const pseudoHeader = (
  sequence: number,
  contentType: number,
  version: number,
  size: number,
): Uint8Array => {
  const bytes = new Uint8Array(SEQUENCE_BYTES + RECORD_HEADER_SIZE_BYTES);
  putSequence(bytes, 0, sequence);
  putHeader(bytes, SEQUENCE_BYTES, contentType, version, size);
  return bytes;
};

const SEQUENCE_BYTES = 8;

const headerOf = (contentType: number, version: number, size: number): Uint8Array => {
  const bytes = new Uint8Array(RECORD_HEADER_SIZE_BYTES);
  putHeader(bytes, 0, contentType, version, size);
  return bytes;
};

const putHeader = (
  bytes: Uint8Array,
  at: number,
  contentType: number,
  version: number,
  size: number,
): void => {
  bytes[at] = contentType;
  bytes[at + 1] = version >> 8;
  bytes[at + 2] = version;
  bytes[at + 3] = size >> 8;
  bytes[at + 4] = size;
};

const putSequence = (bytes: Uint8Array, at: number, sequence: number): void => {
  let rest = sequence;
  for (let index = at + SEQUENCE_BYTES - 1; index >= at && rest > 0; index -= 1) {
    bytes[index] = rest % 0x100;
    rest = Math.floor(rest / 0x100);
  }
};

/** RFC 5288 3: four bytes of the key block, and eight that are sent. */
const explicitNonce = (iv: Uint8Array, explicit: Uint8Array): Uint8Array => {
  const nonce = new Uint8Array(iv.length + explicit.length);
  nonce.set(iv);
  nonce.set(explicit, iv.length);
  return nonce;
};

/** The sequence number, padded, with the IV laid over it (RFC 8446 5.3). */
const countedNonce = (iv: Uint8Array, sequence: number): Uint8Array => {
  const nonce = new Uint8Array(iv);
  let rest = sequence;
  for (let index = nonce.length - 1; rest > 0 && index >= 0; index -= 1) {
    nonce[index] = (nonce[index] ?? 0) ^ (rest % 0x100);
    rest = Math.floor(rest / 0x100);
  }
  return nonce;
};

const TAG_OPTIONS = { authTagLength: TAG_BYTES } as const;

const decipherOf = (aead: AeadCipher, key: Uint8Array, nonce: Uint8Array) => {
  switch (aead.kind) {
    case "gcm":
      return createDecipheriv(aead.algorithm, key, nonce, TAG_OPTIONS);
    case "ccm":
      return createDecipheriv(aead.algorithm, key, nonce, TAG_OPTIONS);
    case "chacha20":
      return createDecipheriv(aead.algorithm, key, nonce, TAG_OPTIONS);
  }
};

const cipherOf = (aead: AeadCipher, key: Uint8Array, nonce: Uint8Array) => {
  switch (aead.kind) {
    case "gcm":
      return createCipheriv(aead.algorithm, key, nonce, TAG_OPTIONS);
    case "ccm":
      return createCipheriv(aead.algorithm, key, nonce, TAG_OPTIONS);
    case "chacha20":
      return createCipheriv(aead.algorithm, key, nonce, TAG_OPTIONS);
  }
};

const openAead = (
  aead: AeadCipher,
  key: Uint8Array,
  nonce: Uint8Array,
  additional: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | null => {
  const size = sealed.length - TAG_BYTES;
  const decipher = decipherOf(aead, key, nonce);
  // CCM takes the tag before the rest, and fails at the text where the others do at the end.
  decipher.setAuthTag(sealed.subarray(size)).setAAD(additional, { plaintextLength: size });
  let bytes: Buffer;
  try {
    bytes = decipher.update(sealed.subarray(0, size));
    decipher.final();
  } catch {
    return null;
  }
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
};

const sealAead = (
  aead: AeadCipher,
  key: Uint8Array,
  nonce: Uint8Array,
  additional: Uint8Array,
  bytes: Uint8Array,
  record: Uint8Array,
  at: number,
): void => {
  const cipher = cipherOf(aead, key, nonce);
  cipher.setAAD(additional, { plaintextLength: bytes.length });
  record.set(cipher.update(bytes), at);
  cipher.final();
  record.set(cipher.getAuthTag(), at + bytes.length);
};
