/** What is random or secret in a ClientHello: the only part that a profile does not say. */
import { createECDH, generateKeyPairSync, randomBytes } from "node:crypto";
import { RANDOM_SIZE_BYTES } from "../../tls/wire/hello-start.ts";
import type { HelloIngredients } from "../../tls/profiles/hello-of-profile.ts";
import { NAMED_GROUP } from "../../tls/tables/named-groups.ts";
import { serverNameOfHost } from "../server-name-of-host.ts";

const SESSION_ID_BYTES = 32;

/** Ingredients for a hello to `host`: a name, or an address as the user typed it. */
export const helloIngredients = (host: string): HelloIngredients => {
  const entropy = takeEntropy();
  return {
    ...serverNameOfHost(host),
    random: entropy.subarray(0, RANDOM_SIZE_BYTES),
    sessionId: entropy.subarray(RANDOM_SIZE_BYTES),
    keyShares: publicValueOf,
  };
};

const PIECE_BYTES = RANDOM_SIZE_BYTES + SESSION_ID_BYTES;
const POOL_BYTES = 256 * PIECE_BYTES;

let pool: Uint8Array = new Uint8Array(0);
let taken = 0;

/** A piece that nobody had before; the system is asked for many at a time, which costs it no more than one. */
const takeEntropy = (): Uint8Array => {
  if (taken === pool.length) {
    pool = randomBytes(POOL_BYTES);
    taken = 0;
  }
  taken += PIECE_BYTES;
  return pool.subarray(taken - PIECE_BYTES, taken);
};

/** Made once a group: no handshake with them is ever finished, so the private keys are not even kept. */
const publicValues = new Map<number, Uint8Array>();

const publicValueOf = (group: number): Uint8Array => {
  const known = publicValues.get(group);
  if (known !== undefined) return known;
  const made = makePublicValue(group);
  publicValues.set(group, made);
  return made;
};

/** Public key bytes at the end of an X25519 SubjectPublicKeyInfo (RFC 8410 4). */
const X25519_BYTES = 32;

const CURVES: Readonly<Record<number, string>> = {
  [NAMED_GROUP.secp256r1]: "prime256v1",
  [NAMED_GROUP.secp384r1]: "secp384r1",
  [NAMED_GROUP.secp521r1]: "secp521r1",
};

const makePublicValue = (group: number): Uint8Array => {
  if (group === NAMED_GROUP.x25519) {
    const { publicKey } = generateKeyPairSync("x25519");
    return publicKey.export({ type: "spki", format: "der" }).subarray(-X25519_BYTES);
  }
  const curve = CURVES[group];
  if (curve === undefined) throw new RangeError(`key share: no public value can be made for group ${group}`);
  return createECDH(curve).generateKeys();
};
