/** The server's half of a key exchange: key pairs of named groups, primes of the size that is asked for. */
import {
  createDiffieHellman,
  createECDH,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  getDiffieHellman,
  type KeyObject,
} from "node:crypto";
import { NAMED_GROUP } from "../tls/tables/named-groups.ts";
import type { DhParameters, KeyPair } from "./flight/flight-material.ts";

const CURVES: ReadonlyMap<number, string> = new Map([
  [NAMED_GROUP.secp256r1, "prime256v1"],
  [NAMED_GROUP.secp384r1, "secp384r1"],
  [NAMED_GROUP.secp521r1, "secp521r1"],
]);

/** RFC 2409 6 and RFC 3526. */
const MODP_GROUPS: ReadonlyMap<number, string> = new Map([
  [768, "modp1"],
  [1024, "modp2"],
  [1536, "modp5"],
  [2048, "modp14"],
  [3072, "modp15"],
  [4096, "modp16"],
]);

const parametersBySize = new Map<number, DhParameters>();

/** A fresh key pair of a named group. @throws RangeError for a group that the lab has none of. */
export const keyPairOf = (group: number): KeyPair => {
  if (group === NAMED_GROUP.x25519) return montgomeryPair(generateKeyPairSync("x25519"), "X25519");
  if (group === NAMED_GROUP.x448) return montgomeryPair(generateKeyPairSync("x448"), "X448");
  const curve = CURVES.get(group);
  if (curve === undefined) throw new RangeError(`lab: no key pair in group 0x${group.toString(16)}`);
  const pair = createECDH(curve);
  const publicValue = Uint8Array.from(pair.generateKeys());
  return { publicValue, agree: (peer) => orNull(() => pair.computeSecret(peer)) };
};

/**
 * A prime of so many bits, 512 at least, with a public value: the same in every call, as of servers that keep
 * their key. A size without a well-known prime takes a while the first time.
 */
export const dhParametersOf = (bits: number): DhParameters => {
  const parameters = parametersBySize.get(bits) ?? makeParameters(bits);
  parametersBySize.set(bits, parameters);
  return parameters;
};

const makeParameters = (bits: number): DhParameters => {
  const name = MODP_GROUPS.get(bits);
  const field = name === undefined ? createDiffieHellman(bits) : getDiffieHellman(name);
  const publicValue = field.generateKeys();
  return { prime: field.getPrime(), generator: field.getGenerator(), publicValue };
};

/** RFC 7748: the public value is the key itself, at the end of its DER (RFC 8410 4). */
const montgomeryPair = (
  { privateKey, publicKey }: { readonly privateKey: KeyObject; readonly publicKey: KeyObject },
  curve: "X25519" | "X448",
): KeyPair => ({
  publicValue: Uint8Array.from(
    publicKey.export({ type: "spki", format: "der" }).subarray(-MONTGOMERY_SIZES[curve]),
  ),
  agree: (peer) =>
    orNull(() => {
      const x = Buffer.from(peer).toString("base64url");
      const key = createPublicKey({ key: { kty: "OKP", crv: curve, x }, format: "jwk" });
      return diffieHellman({ privateKey, publicKey: key });
    }),
});

const MONTGOMERY_SIZES = { X25519: 32, X448: 56 } as const;

/** Null for a public value that is none of the group's. */
const orNull = (agree: () => Uint8Array): Uint8Array | null => {
  try {
    return Uint8Array.from(agree());
  } catch {
    return null;
  }
};
