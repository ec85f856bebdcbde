/**
 * X25519MLKEM768: ML-KEM-768 (FIPS 203) and x25519 side by side, the former first (draft-ietf-tls-ecdhe-mlkem 4). Node has
 * ML-KEM from 24.7 on, with OpenSSL 3.5; an older one lacks the functions, and its types too.
 */
import * as crypto from "node:crypto";
import type { KeyPair } from "../../tls/client/tls-entropy.ts";

/** FIPS 203 table 3: of the encapsulation key, and of what is encapsulated. */
const ENCAPSULATION_KEY_BYTES = 1184;
const CIPHERTEXT_BYTES = 1088;

/** @throws RangeError where this Node has no ML-KEM */
export const mlKemHybridPair = (x25519: KeyPair): KeyPair => {
  const kem = mlKemPair();
  return {
    publicValue: Buffer.concat([kem.encapsulationKey, x25519.publicValue]),
    agree(peer) {
      const shared = x25519.agree(peer.subarray(CIPHERTEXT_BYTES));
      const secret = shared === null ? null : kem.decapsulate(peer.subarray(0, CIPHERTEXT_BYTES));
      return shared === null || secret === null ? null : Buffer.concat([secret, shared]);
    },
  };
};

interface MlKemPair {
  readonly encapsulationKey: Uint8Array;
  /** Null for what is no ciphertext. */
  decapsulate(ciphertext: Uint8Array): Uint8Array | null;
}

const mlKemPair = (): MlKemPair => {
  const decapsulate = functionOf("decapsulate");
  const generate = functionOf("generateKeyPairSync");
  const options = {
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "der" },
  };
  const pair = generate("ml-kem-768", options);
  const publicKey = memberOf(pair, "publicKey");
  const privateKey = memberOf(pair, "privateKey");
  const key = { key: privateKey, format: "der", type: "pkcs8" };
  return {
    // A SubjectPublicKeyInfo ends with the key.
    encapsulationKey: publicKey.subarray(-ENCAPSULATION_KEY_BYTES),
    decapsulate(ciphertext) {
      try {
        const secret = decapsulate(key, ciphertext);
        return secret instanceof Uint8Array ? secret : null;
      } catch {
        return null;
      }
    },
  };
};

type Callable = (...args: readonly unknown[]) => unknown;

const isCallable = (value: unknown): value is Callable => typeof value === "function";

const functionOf = (name: string): Callable => {
  const found: unknown = "decapsulate" in crypto ? Reflect.get(crypto, name) : undefined;
  if (!isCallable(found)) throw new RangeError("this Node has no ML-KEM");
  return found;
};

const memberOf = (pair: unknown, name: string): Uint8Array => {
  const member: unknown = typeof pair === "object" && pair !== null ? Reflect.get(pair, name) : undefined;
  if (!(member instanceof Uint8Array)) throw new RangeError("this Node has no ML-KEM of the known form");
  return member;
};
