/**
 * A key pair in a finite field of the server's choice (RFC 5246 7.4.3). The keys are put together as DER (PKCS #3 9,
 * RFC 5208): node:crypto's `createDiffieHellman` tests every prime that it does not know, which takes a fifth of a
 * second for 2048 bits and lets a server with 8192 hold the process up.
 */
import { createPrivateKey, createPublicKey, diffieHellman } from "node:crypto";
import { fromHex } from "../../bytes/hex.ts";
import type { KeyPair } from "../../tls/client/tls-entropy.ts";

/** More is an attack on our time; OpenSSL's own limit is 10,000 bits. */
const MAX_PRIME_BYTES = 1024;

/** Twice the strength of the largest field (RFC 7919 5.2 has 400 bits for 8192). */
const EXPONENT_BYTES = 50;

/** @throws RangeError for a field that OpenSSL does not compute in: under 512 bits, over 8192, no field at all */
export const finiteFieldPair = (
  prime: Uint8Array,
  generator: Uint8Array,
  randomBytes: (size: number) => Uint8Array,
): KeyPair => {
  if (prime.length === 0 || prime.length > MAX_PRIME_BYTES || generator.length > prime.length) {
    throw new RangeError(`a finite field of ${prime.length * 8} bits`);
  }
  try {
    return pairIn(prime, generator, randomBytes(Math.min(EXPONENT_BYTES, prime.length)));
  } catch (error) {
    throw new RangeError(`a finite field that cannot be computed in: ${String(error)}`);
  }
};

const pairIn = (prime: Uint8Array, generator: Uint8Array, exponent: Uint8Array): KeyPair => {
  const algorithm = element(
    SEQUENCE,
    DH_KEY_AGREEMENT,
    element(SEQUENCE, integer(prime), integer(generator)),
  );
  const privateKey = createPrivateKey({
    key: element(SEQUENCE, integer(ZERO), algorithm, element(OCTET_STRING, integer(exponent))),
    format: "der",
    type: "pkcs8",
  });
  const power = (base: Uint8Array): Uint8Array => {
    const bits = element(BIT_STRING, ZERO, integer(base));
    const publicKey = createPublicKey({
      key: element(SEQUENCE, algorithm, bits),
      format: "der",
      type: "spki",
    });
    return diffieHellman({ privateKey, publicKey });
  };
  return {
    // The secret shared with the generator is the public value.
    publicValue: power(generator),
    agree(peer) {
      if (peer.length > MAX_PRIME_BYTES) return null;
      try {
        // OpenSSL takes none that is not over 1 and under p - 1 (RFC 7919 5.1).
        return power(peer);
      } catch {
        return null;
      }
    },
  };
};

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const ZERO = Uint8Array.of(0);

/** OBJECT IDENTIFIER 1.2.840.113549.1.3.1 */
const DH_KEY_AGREEMENT = fromHex("06092a864886f70d010301");

/** One element of DER; its length has two bytes at most. */
const element = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const contents = Buffer.concat(parts);
  const { length } = contents;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), contents]);
};

/** An unsigned number, big endian, in the shortest form. */
const integer = (number: Uint8Array): Buffer => {
  const first = number.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? ZERO : number.subarray(first);
  return element(INTEGER, ...((digits[0] ?? 0) < 0x80 ? [digits] : [ZERO, digits]));
};
