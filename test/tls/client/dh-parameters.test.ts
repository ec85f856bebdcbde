import { createDiffieHellman, getDiffieHellman } from "node:crypto";
import { describe, expect, it } from "vitest";
import { checkDhParameters } from "../../../src/tls/client/dh-parameters.ts";
import { finiteFieldPair } from "../../../src/transport/entropy/finite-field-pair.ts";
import { TLS_ENTROPY } from "../../../src/transport/entropy/tls-entropy.ts";

const field = getDiffieHellman("modp14");
const PRIME = Uint8Array.from(field.getPrime());
const TWO = Uint8Array.of(2);

const minus = (number: Uint8Array, less: number): Uint8Array =>
  number.map((byte, index) => (index === number.length - 1 ? byte - less : byte));

/** All ones: odd, and no prime. */
const ones = (size: number): Uint8Array => new Uint8Array(size).fill(0xff);

describe("the numbers of a finite-field exchange", () => {
  it.each([
    ["are a prime and two numbers in its field", PRIME, TWO, Uint8Array.of(4), null],
    ["with leading zeros are the same", Uint8Array.of(0, 0, ...PRIME), TWO, Uint8Array.of(0, 4), null],
    ["have an even p", minus(PRIME, 1), TWO, Uint8Array.of(4), "dh_p"],
    ["have a p of zero", Uint8Array.of(0), TWO, Uint8Array.of(4), "dh_p"],
    ["have an empty p", new Uint8Array(0), TWO, Uint8Array.of(4), "dh_p"],
    ["have a p of 1", Uint8Array.of(1), TWO, Uint8Array.of(4), "dh_g"],
    ["have a g of 0", PRIME, Uint8Array.of(0), Uint8Array.of(4), "dh_g"],
    ["have a g of 1", PRIME, Uint8Array.of(1), Uint8Array.of(4), "dh_g"],
    ["have a g of p - 1", PRIME, minus(PRIME, 1), Uint8Array.of(4), "dh_g"],
    ["have a g over p", PRIME, Uint8Array.of(1, ...PRIME), Uint8Array.of(4), "dh_g"],
    ["have an empty Ys", PRIME, TWO, new Uint8Array(0), "dh_ys"],
    ["have a Ys of 0", PRIME, TWO, Uint8Array.of(0), "dh_ys"],
    ["have a Ys of 1", PRIME, TWO, Uint8Array.of(1), "dh_ys"],
    ["have a Ys of p - 1", PRIME, TWO, minus(PRIME, 1), "dh_ys"],
    ["have a Ys of p", PRIME, TWO, PRIME, "dh_ys"],
  ] as const)("%s", (_, prime, generator, publicValue, field) => {
    const fault = checkDhParameters({ kind: "dhe", prime, generator, publicValue, signature: null });
    expect(fault?.field ?? null).toBe(field === null ? null : `server_key_exchange.${field}`);
    if (fault !== null) expect(fault).toMatchObject({ kind: "decode", message: "server_key_exchange" });
  });
});

describe("a key pair in a finite field", () => {
  const pairOf = (prime: Uint8Array, generator: Uint8Array) =>
    finiteFieldPair(prime, generator, TLS_ENTROPY.bytes);

  it.each(["modp2", "modp14", "modp16", "modp18"])("agrees with OpenSSL's own in %s", (name) => {
    const peer = getDiffieHellman(name);
    const publicValue = Uint8Array.from(peer.generateKeys());
    const pair = pairOf(peer.getPrime(), peer.getGenerator());
    const secret = Uint8Array.from(peer.computeSecret(pair.publicValue));
    const whole = new Uint8Array(peer.getPrime().length);
    whole.set(secret, whole.length - secret.length);
    expect(pair.agree(publicValue)).toEqual(Buffer.from(whole));
  });

  it("agrees in a field of the server's own, with a generator of many bytes", () => {
    const peer = createDiffieHellman(512);
    const generator = peer.generateKeys();
    const again = createDiffieHellman(peer.getPrime(), generator);
    const publicValue = again.generateKeys();
    const pair = pairOf(peer.getPrime(), generator);
    const secret = pair.agree(publicValue);
    expect(BigInt(`0x${Buffer.from(secret ?? []).toString("hex")}`)).toBe(
      BigInt(`0x${again.computeSecret(pair.publicValue).toString("hex")}`),
    );
  });

  it.each([
    ["0", Uint8Array.of(0)],
    ["1", Uint8Array.of(1)],
    ["p - 1", minus(PRIME, 1)],
    ["p", PRIME],
    ["no bytes", new Uint8Array(0)],
    ["more bytes than any field has", ones(60_000)],
  ])("agrees on nothing with %s", (_, peer) => {
    expect(pairOf(PRIME, TWO).agree(peer)).toBeNull();
  });

  it.each([
    ["5 bits", Uint8Array.of(23)],
    ["0 bits", Uint8Array.of(0)],
    ["no bytes", new Uint8Array(0)],
    ["under 512 bits", Uint8Array.of(0x7f, ...ones(63))],
    ["over 8192 bits", ones(1025)],
    ["64 KiB", ones(65_535)],
    ["1024 bits and even", minus(ones(128), 1)],
  ])("is the caller's mistake in a field of %s", (_, prime) => {
    expect(() => pairOf(prime, TWO)).toThrow(RangeError);
  });

  it("takes no time over a prime that nobody knows: 8192 bits in well under a second", () => {
    const started = performance.now();
    // Not 2, for which OpenSSL would know the field.
    const pair = pairOf(getDiffieHellman("modp18").getPrime(), Uint8Array.of(5));
    expect(pair.agree(Uint8Array.of(7))).toHaveLength(1024);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
