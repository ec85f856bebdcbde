/** Key pairs whose private key is known, and entropy that is the same each time. */
import { createECDH, createHash, createPrivateKey, createPublicKey, diffieHellman } from "node:crypto";
import { fromHex } from "../../../src/bytes/hex.ts";
import { curveOfGroup } from "../../../src/tls/client/curves.ts";
import type { KeyPair, TlsEntropy } from "../../../src/tls/client/tls-entropy.ts";
import { finiteFieldPair } from "../../../src/transport/entropy/finite-field-pair.ts";
import { joined } from "./scripted-conversation.ts";

const X25519 = 0x001d;
const PRIVATE_SIZES: ReadonlyMap<number, number> = new Map([
  [0x0017, 32],
  [0x0018, 48],
  [0x0019, 66],
  [X25519, 32],
]);

/** x25519 and the NIST curves. */
export const knownKeyPair = (group: number, privateKey: Uint8Array): KeyPair =>
  group === X25519 ? x25519Pair(privateKey) : ellipticPair(group, privateKey);

const ellipticPair = (group: number, privateKey: Uint8Array): KeyPair => {
  const ecdh = createECDH(curveOfGroup(group) ?? "");
  ecdh.setPrivateKey(privateKey);
  return { publicValue: ecdh.getPublicKey(), agree: (peer) => ecdh.computeSecret(peer) };
};

/** RFC 8410 7 and 4, up to the key. */
const PRIVATE_KEY_INFO = fromHex("302e020100300506032b656e04220420");
const PUBLIC_KEY_INFO = fromHex("302a300506032b656e032100");

const x25519Pair = (secret: Uint8Array): KeyPair => {
  const der = (prefix: Uint8Array, bytes: Uint8Array) => Buffer.from(joined([prefix, bytes]));
  const key = der(PRIVATE_KEY_INFO, secret);
  const privateKey = createPrivateKey({ key, format: "der", type: "pkcs8" });
  return {
    publicValue: createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-32),
    agree: (peer) => {
      const spki = der(PUBLIC_KEY_INFO, peer);
      return diffieHellman({
        privateKey,
        publicKey: createPublicKey({ key: spki, format: "der", type: "spki" }),
      });
    },
  };
};

/** Says the same to whoever asks the same in the same order. */
export const seededEntropy = (seed: string): TlsEntropy => {
  let count = 0;
  const bytes = (size: number): Uint8Array => {
    const blocks: Uint8Array[] = [];
    for (let at = 0; at < size; at += 32) {
      blocks.push(createHash("sha256").update(`${seed} ${count}`).digest());
      count += 1;
    }
    return joined(blocks).subarray(0, size);
  };
  return {
    bytes,
    keyPair: (group) => {
      const size = PRIVATE_SIZES.get(group);
      if (size === undefined) throw new RangeError(`no key pair of group ${group}`);
      const secret = bytes(size).slice();
      // Under the curve's order, whichever it is.
      secret[0] = 0;
      return knownKeyPair(group, secret);
    },
    finiteFieldKeyPair: (prime, generator) => finiteFieldPair(prime, generator, bytes),
  };
};
