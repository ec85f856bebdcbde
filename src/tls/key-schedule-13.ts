/** From a traffic secret to the keys of TLS 1.3 (RFC 8446 7.1 to 7.3). */
import { createHmac } from "node:crypto";
import { Writer } from "../bytes/writer.ts";

export type HkdfHash = "sha256" | "sha384";

export interface TrafficKeys {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
}

const IV_BYTES = 12;

/** RFC 8446 7.3. */
export const trafficKeys = (hash: HkdfHash, secret: Uint8Array, keyBytes: number): TrafficKeys => ({
  key: hkdfExpandLabel(hash, secret, "key", keyBytes),
  iv: hkdfExpandLabel(hash, secret, "iv", IV_BYTES),
});

/** The secret after a KeyUpdate (RFC 8446 7.2). */
export const nextTrafficSecret = (hash: HkdfHash, secret: Uint8Array): Uint8Array =>
  hkdfExpandLabel(hash, secret, "traffic upd", HASH_BYTES[hash]);

const HASH_BYTES = { sha256: 32, sha384: 48 } as const;

/** HKDF-Expand-Label with an empty context (RFC 8446 7.1). */
const hkdfExpandLabel = (hash: HkdfHash, secret: Uint8Array, label: string, size: number): Uint8Array => {
  const info = new Writer()
    .u16(size)
    .prefixed(1, (writer) => writer.bytes(new TextEncoder().encode(`tls13 ${label}`)))
    .u8(0)
    .finish();
  return hkdfExpand(hash, secret, info, size);
};

/** HKDF-Expand (RFC 5869 2.3). */
const hkdfExpand = (hash: HkdfHash, key: Uint8Array, info: Uint8Array, size: number): Uint8Array => {
  const output = new Uint8Array(size);
  let block: Uint8Array = new Uint8Array(0);
  for (let counter = 1, at = 0; at < size; counter += 1, at += block.length) {
    block = createHmac(hash, key).update(block).update(info).update(Uint8Array.of(counter)).digest();
    output.set(block.subarray(0, size - at), at);
  }
  return output;
};
