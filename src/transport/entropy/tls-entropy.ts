/**
 * The randomness and the ephemeral keys of our TLS client, from node:crypto. A key pair serves several connections one
 * after the other: making one takes OpenSSL a third of what a probe costs, and a probe sends nothing that a fresh one
 * would keep secret for longer.
 */
import { randomBytes } from "node:crypto";
import type { KeyPair, TlsEntropy } from "../../tls/client/tls-client.ts";
import { finiteFieldPair } from "./finite-field-pair.ts";
import { makeKeyPair } from "./key-pair.ts";

const POOL_BYTES = 16 * 1024;

let pool: Uint8Array = new Uint8Array(0);
let taken = 0;

/** Bytes that nobody had before; the system is asked for many at a time, which costs it no more than few. */
const takeBytes = (size: number): Uint8Array => {
  if (size > POOL_BYTES) return randomBytes(size);
  if (taken + size > pool.length) {
    pool = randomBytes(POOL_BYTES);
    taken = 0;
  }
  taken += size;
  return pool.subarray(taken - size, taken);
};

/** How many hellos carry the same public value. */
const USES_OF_A_PAIR = 64;

const pairs = new Map<number, { readonly pair: KeyPair; usesLeft: number }>();

export const TLS_ENTROPY: TlsEntropy = {
  bytes: takeBytes,
  keyPair(group) {
    const known = pairs.get(group);
    if (known !== undefined && known.usesLeft > 0) {
      known.usesLeft -= 1;
      return known.pair;
    }
    const pair = makeKeyPair(group);
    pairs.set(group, { pair, usesLeft: USES_OF_A_PAIR - 1 });
    return pair;
  },
  finiteFieldKeyPair: (prime, generator) => finiteFieldPair(prime, generator, takeBytes),
};
