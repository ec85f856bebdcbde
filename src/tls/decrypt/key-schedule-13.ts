/** The key schedule of TLS 1.3, from the exchanged secret to the keys of records (RFC 8446 7.1 to 7.3). */
import { createHash, createHmac } from "node:crypto";
import { Writer } from "../../bytes/writer.ts";

export type HkdfHash = "sha256" | "sha384";

export interface TrafficKeys {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
}

/** What both sides derive a secret of their own from. */
export interface StageSecrets {
  /** The stage's own secret, which the next one grows out of. */
  readonly secret: Uint8Array;
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

const IV_BYTES = 12;

/** RFC 8446 7.3. */
export const trafficKeys = (hash: HkdfHash, secret: Uint8Array, keyBytes: number): TrafficKeys => ({
  key: hkdfExpandLabel(hash, secret, "key", NOTHING, keyBytes),
  iv: hkdfExpandLabel(hash, secret, "iv", NOTHING, IV_BYTES),
});

/** The secret after a KeyUpdate (RFC 8446 7.2). */
export const nextTrafficSecret = (hash: HkdfHash, secret: Uint8Array): Uint8Array =>
  hkdfExpandLabel(hash, secret, "traffic upd", NOTHING, HASH_BYTES[hash]);

/**
 * The secrets of the handshake's traffic.
 * @param exchanged what the key exchange gave
 * @param transcript the hash of all messages up to ServerHello
 */
export const handshakeSecrets = (
  hash: HkdfHash,
  exchanged: Uint8Array,
  transcript: Uint8Array,
): StageSecrets => {
  const secret = createHmac(hash, saltOfHandshake(hash)).update(exchanged).digest();
  return {
    secret,
    client: deriveSecret(hash, secret, "c hs traffic", transcript),
    server: deriveSecret(hash, secret, "s hs traffic", transcript),
  };
};

/**
 * The secrets of the application's traffic.
 * @param handshake the secret of the stage before
 * @param transcript the hash of all messages up to the server's Finished
 */
export const applicationSecrets = (
  hash: HkdfHash,
  handshake: Uint8Array,
  transcript: Uint8Array,
): StageSecrets => {
  const salt = deriveSecret(hash, handshake, "derived", emptyHash(hash));
  const secret = createHmac(hash, salt).update(zeros(hash)).digest();
  return {
    secret,
    client: deriveSecret(hash, secret, "c ap traffic", transcript),
    server: deriveSecret(hash, secret, "s ap traffic", transcript),
  };
};

/** The `verify_data` of a Finished, over the hash of all messages before it (RFC 8446 4.4.4). */
export const verifyData13 = (hash: HkdfHash, trafficSecret: Uint8Array, transcript: Uint8Array): Uint8Array =>
  createHmac(hash, hkdfExpandLabel(hash, trafficSecret, "finished", NOTHING, HASH_BYTES[hash]))
    .update(transcript)
    .digest();

const NOTHING = new Uint8Array(0);
const HASH_BYTES = { sha256: 32, sha384: 48 } as const;

const ZEROS = { sha256: new Uint8Array(32), sha384: new Uint8Array(48) } as const;
const zeros = (hash: HkdfHash): Uint8Array => ZEROS[hash];

const deriveSecret = (
  hash: HkdfHash,
  secret: Uint8Array,
  label: string,
  transcript: Uint8Array,
): Uint8Array => hkdfExpandLabel(hash, secret, label, transcript, HASH_BYTES[hash]);

const emptyHashes = new Map<HkdfHash, Uint8Array>();

const emptyHash = (hash: HkdfHash): Uint8Array => once(emptyHashes, hash, () => createHash(hash).digest());

const handshakeSalts = new Map<HkdfHash, Uint8Array>();

/** The same for everybody who has no pre-shared key. */
const saltOfHandshake = (hash: HkdfHash): Uint8Array =>
  once(handshakeSalts, hash, () => {
    const early = createHmac(hash, zeros(hash)).update(zeros(hash)).digest();
    return deriveSecret(hash, early, "derived", emptyHash(hash));
  });

const labels = new Map<string, Uint8Array>();

/** All of HkdfLabel but its context. */
const labelBytes = (label: string, size: number): Uint8Array =>
  once(labels, `${label} ${size}`, () =>
    new Writer()
      .u16(size)
      .prefixed(1, (writer) => writer.bytes(new TextEncoder().encode(`tls13 ${label}`)))
      .finish(),
  );

const once = <K, V>(made: Map<K, V>, key: K, make: () => V): V => {
  const known = made.get(key);
  if (known !== undefined) return known;
  const value = make();
  made.set(key, value);
  return value;
};

/** What HKDF-Expand puts after the info of its only block. */
const FIRST_BLOCK = 1;

/** HKDF-Expand-Label (RFC 8446 7.1); no more than one block of the hash is ever asked for (RFC 5869 2.3). */
const hkdfExpandLabel = (
  hash: HkdfHash,
  secret: Uint8Array,
  label: string,
  context: Uint8Array,
  size: number,
): Uint8Array => {
  const start = labelBytes(label, size);
  const info = new Uint8Array(start.length + context.length + 2);
  info.set(start);
  info[start.length] = context.length;
  info.set(context, start.length + 1);
  info[info.length - 1] = FIRST_BLOCK;
  const block = createHmac(hash, secret).update(info).digest();
  return size === block.length ? block : block.subarray(0, size);
};
