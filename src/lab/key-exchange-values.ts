/** Public values that look right to a client: points on the curve, primes of the size that is asked for. */
import { createDiffieHellman, createECDH, getDiffieHellman, randomBytes } from "node:crypto";
import { NAMED_GROUP } from "../tls/named-groups.ts";
import type { DhParameters } from "./hello-answer.ts";

/** Every string of this size is a public value (RFC 7748 5). */
const MONTGOMERY_SIZES_BYTES: ReadonlyMap<number, number> = new Map([
  [NAMED_GROUP.x25519, 32],
  [NAMED_GROUP.x448, 56],
]);

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

/** A public value of a named group. @throws RangeError for a group that the lab has none of. */
export const publicValueOf = (group: number): Uint8Array => {
  const size = MONTGOMERY_SIZES_BYTES.get(group);
  if (size !== undefined) return randomBytes(size);
  const curve = CURVES.get(group);
  if (curve === undefined) throw new RangeError(`lab: no public value in group 0x${group.toString(16)}`);
  return createECDH(curve).generateKeys();
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
