/** The key schedule up to TLS 1.2: the PRF, the master secret, the key block, Finished (RFC 5246 5, 6.3, 7.4.9 and 8.1, RFC 2246 5). */
import { createHmac } from "node:crypto";
import { TLS_VERSION } from "../tables/versions.ts";

/** The hash of TLS 1.2's PRF; older versions have their own. */
export type PrfHash = "sha256" | "sha384";

/** What of a key block one direction uses. */
export interface DirectionKeys {
  readonly macKey: Uint8Array;
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
}

interface KeyBlockSizes {
  readonly macKeyBytes: number;
  readonly keyBytes: number;
  readonly ivBytes: number;
}

export interface KeyBlockInput extends KeyBlockSizes {
  /** A value of TLS_VERSION, TLS 1.0 to 1.2. */
  readonly version: number;
  readonly hash: PrfHash;
  readonly master: Uint8Array;
  readonly clientRandom: Uint8Array;
  readonly serverRandom: Uint8Array;
}

/** RFC 5246 6.3. */
export const keyBlock = (
  input: KeyBlockInput,
): { readonly client: DirectionKeys; readonly server: DirectionKeys } => {
  const { version, hash, master, clientRandom, serverRandom, macKeyBytes, keyBytes, ivBytes } = input;
  const seed = joined(serverRandom, clientRandom);
  const size = 2 * (macKeyBytes + keyBytes + ivBytes);
  const block = prf(version, hash, master, "key expansion", seed, size);
  let at = 0;
  const take = (count: number): Uint8Array => {
    at += count;
    return block.subarray(at - count, at);
  };
  const clientMac = take(macKeyBytes);
  const serverMac = take(macKeyBytes);
  const clientKey = take(keyBytes);
  const serverKey = take(keyBytes);
  const clientIv = take(ivBytes);
  const serverIv = take(ivBytes);
  return {
    client: { macKey: clientMac, key: clientKey, iv: clientIv },
    server: { macKey: serverMac, key: serverKey, iv: serverIv },
  };
};

const MASTER_SECRET_BYTES = 48;

/** What the PRF of a connection depends on. */
export interface PrfOf {
  /** A value of TLS_VERSION, TLS 1.0 to 1.2. */
  readonly version: number;
  readonly hash: PrfHash;
}

/** RFC 5246 8.1. */
export const masterSecret = (
  { version, hash }: PrfOf,
  premaster: Uint8Array,
  clientRandom: Uint8Array,
  serverRandom: Uint8Array,
): Uint8Array =>
  prf(version, hash, premaster, "master secret", joined(clientRandom, serverRandom), MASTER_SECRET_BYTES);

/** RFC 7627 4: bound to all messages up to ClientKeyExchange, by their hash. */
export const extendedMasterSecretOf = (
  { version, hash }: PrfOf,
  premaster: Uint8Array,
  sessionHash: Uint8Array,
): Uint8Array => prf(version, hash, premaster, "extended master secret", sessionHash, MASTER_SECRET_BYTES);

const VERIFY_DATA_BYTES = 12;

/** The `verify_data` of a Finished, over the hash of all messages before it (RFC 5246 7.4.9). */
export const verifyData12 = (
  { version, hash }: PrfOf,
  master: Uint8Array,
  side: "client" | "server",
  transcript: Uint8Array,
): Uint8Array => prf(version, hash, master, `${side} finished`, transcript, VERIFY_DATA_BYTES);

/** The PRF of a version: RFC 5246 5, before that RFC 2246 5. */
export const prf = (
  version: number,
  hash: PrfHash,
  secret: Uint8Array,
  label: string,
  seed: Uint8Array,
  size: number,
): Uint8Array => {
  const labelled = joined(new TextEncoder().encode(label), seed);
  if (version >= TLS_VERSION.tls12) return expand(hash, secret, labelled, size);
  const half = Math.ceil(secret.length / 2);
  const md5 = expand("md5", secret.subarray(0, half), labelled, size);
  const sha1 = expand("sha1", secret.subarray(secret.length - half), labelled, size);
  return md5.map((byte, index) => byte ^ (sha1[index] ?? 0));
};

const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
};

/** P_hash (RFC 5246 5). */
const expand = (hash: string, secret: Uint8Array, seed: Uint8Array, size: number): Uint8Array => {
  const output = new Uint8Array(size);
  let link: Uint8Array = seed;
  for (let at = 0; at < size; ) {
    link = createHmac(hash, secret).update(link).digest();
    const part = createHmac(hash, secret).update(link).update(seed).digest();
    output.set(part.subarray(0, size - at), at);
    at += part.length;
  }
  return output;
};
