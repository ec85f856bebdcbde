/**
 * Seals and opens the records of one direction with a block cipher in CBC, its MAC before or after encryption
 * (RFC 5246 6.2.3.2, RFC 2246 6.2.3.2, RFC 7366). What does not authenticate is not opened.
 */
import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from "node:crypto";
import type { BulkCipher } from "../tables/bulk-ciphers.ts";
import { RECORD_HEADER_SIZE_BYTES } from "../wire/record.ts";
import { framed, pseudoHeader, type RecordOpener, type RecordSealer } from "./record-protection.ts";
import { TLS_VERSION } from "../tables/versions.ts";

export type BlockCipher = Extract<BulkCipher, { kind: "cbc" }>;

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
  const { mac, encryptThenMac } = keys;
  const { blockBytes } = cipher;
  const isChained = keys.version < TLS_VERSION.tls11;
  const ivBytes = isChained ? 0 : blockBytes;
  let chainedIv = keys.iv;
  let sequence = 0;

  return ({ contentType, version, fragment }) => {
    const sealed = encryptThenMac
      ? fragment.subarray(0, Math.max(0, fragment.length - mac.sizeBytes))
      : fragment;
    const body = sealed.subarray(ivBytes);
    if (body.length === 0 || body.length % blockBytes !== 0) return null;
    if (
      encryptThenMac &&
      !isEqual(macOf(keys, sequence, contentType, version, sealed), fragment.subarray(sealed.length))
    ) {
      return null;
    }
    const iv = isChained ? chainedIv : sealed.subarray(0, blockBytes);
    const decipher = createDecipheriv(cipher.algorithm, keys.key, iv).setAutoPadding(false);
    const padded = decipher.update(body);
    if (isChained) chainedIv = new Uint8Array(body.subarray(-blockBytes));
    const content = withoutPadding(new Uint8Array(padded.buffer, padded.byteOffset, padded.length));
    if (content === null) return null;
    const size = encryptThenMac ? content.length : content.length - mac.sizeBytes;
    if (size < 0) return null;
    const bytes = content.subarray(0, size);
    if (
      !encryptThenMac &&
      !isEqual(macOf(keys, sequence, contentType, version, bytes), content.subarray(size))
    ) {
      return null;
    }
    sequence += 1;
    return { contentType, bytes };
  };
};

/** @param explicitIv gives a record's own IV, from TLS 1.1 on */
export const cbcSealer = (
  cipher: BlockCipher,
  keys: CbcKeys,
  explicitIv: (size: number) => Uint8Array,
): RecordSealer => {
  const { mac, encryptThenMac, version } = keys;
  const { blockBytes } = cipher;
  const isChained = version < TLS_VERSION.tls11;
  const ivBytes = isChained ? 0 : blockBytes;
  let chainedIv = keys.iv;
  let sequence = 0;

  return (contentType, bytes) => {
    const content = paddedContent(
      bytes,
      encryptThenMac ? NO_MAC : macOf(keys, sequence, contentType, version, bytes),
      blockBytes,
    );
    const size = ivBytes + content.length;
    const record = framed(contentType, version, size + (encryptThenMac ? mac.sizeBytes : 0));
    const fragment = record.subarray(RECORD_HEADER_SIZE_BYTES);
    const iv = isChained ? chainedIv : explicitIv(blockBytes);
    if (!isChained) fragment.set(iv);
    const encrypt = createCipheriv(cipher.algorithm, keys.key, iv).setAutoPadding(false);
    fragment.set(encrypt.update(content), ivBytes);
    if (isChained) chainedIv = fragment.slice(size - blockBytes, size);
    if (encryptThenMac) {
      fragment.set(macOf(keys, sequence, contentType, version, fragment.subarray(0, size)), size);
    }
    sequence += 1;
    return record;
  };
};

const NO_MAC = new Uint8Array(0);

const macOf = (
  { mac, macKey }: CbcKeys,
  sequence: number,
  contentType: number,
  version: number,
  bytes: Uint8Array,
): Uint8Array =>
  createHmac(mac.algorithm, macKey)
    .update(pseudoHeader(sequence, contentType, version, bytes.length))
    .update(bytes)
    .digest();

/** Content and MAC, filled up to whole blocks: every byte of the padding says how many follow the first. */
const paddedContent = (bytes: Uint8Array, mac: Uint8Array, blockBytes: number): Uint8Array => {
  const size = bytes.length + mac.length;
  const padding = blockBytes - (size % blockBytes);
  const content = new Uint8Array(size + padding).fill(padding - 1, size);
  content.set(bytes);
  content.set(mac, bytes.length);
  return content;
};

/** Null where the padding is none: every byte of it says how many there are. */
const withoutPadding = (padded: Uint8Array): Uint8Array | null => {
  const count = padded.at(-1) ?? 0;
  const size = padded.length - count - 1;
  if (size < 0) return null;
  for (let at = size; at < padded.length; at += 1) if (padded[at] !== count) return null;
  return padded.subarray(0, size);
};

const isEqual = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);
