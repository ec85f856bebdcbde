import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { KeyLog } from "../../../src/tls/decrypt/key-log.ts";
import { keyBlock, prf } from "../../../src/tls/decrypt/key-schedule-12.ts";
import { nextTrafficSecret, trafficKeys } from "../../../src/tls/decrypt/key-schedule-13.ts";
import { TLS_VERSION } from "../../../src/tls/tables/versions.ts";
import { RFC_8448_KEYS, RFC_8448_SECRETS } from "../rfc8448.ts";

const RANDOM = "11".repeat(32);
const OTHER = "22".repeat(32);

const keyLogOf = (...texts: readonly string[]): KeyLog => {
  const log = new KeyLog();
  for (const text of texts) log.add(text);
  return log;
};

describe("key log (NSS format)", () => {
  it("knows nothing before its first line, and nothing of another session", () => {
    expect(keyLogOf().isEmpty).toBe(true);
    const log = keyLogOf(`CLIENT_RANDOM ${RANDOM} ${"ab".repeat(48)}\n`);
    expect(log.isEmpty).toBe(false);
    expect(log.secretsOf(fromHex(OTHER))).toBeNull();
  });

  it("gathers the secrets of one session from several texts, whatever the case of the hex and the line's end", () => {
    const log = keyLogOf(
      `# a comment\r\nCLIENT_HANDSHAKE_TRAFFIC_SECRET ${RANDOM} AABB\r\n`,
      `SERVER_TRAFFIC_SECRET_0 ${RANDOM.toUpperCase()} ccdd\nEXPORTER_SECRET ${RANDOM} 00\n`,
    );
    expect(log.secretsOf(fromHex(RANDOM))).toEqual({
      clientHandshake: Uint8Array.of(0xaa, 0xbb),
      serverApplication: Uint8Array.of(0xcc, 0xdd),
    });
  });

  it.each([
    ["half a digit", `CLIENT_RANDOM ${RANDOM} abc`],
    ["a short random", `CLIENT_RANDOM ${RANDOM.slice(2)} abcd`],
    ["a secret longer than any", `CLIENT_RANDOM ${RANDOM} ${"ab".repeat(65)}`],
    ["an unknown label", `CLIENT_EARLY_TRAFFIC_SECRET ${RANDOM} abcd`],
    ["a label of an object's prototype", `constructor ${RANDOM} abcd`],
    ["no secret", `CLIENT_RANDOM ${RANDOM} `],
  ])("passes over a line with %s", (_what, line) => {
    expect(keyLogOf(`${line}\n`).isEmpty).toBe(true);
  });

  it("keeps the last 100,000 sessions, and what is said of a kept one again moves nothing", () => {
    const random = (number: number): string => number.toString(16).padStart(64, "0");
    const line = (number: number, label = "CLIENT_RANDOM"): string => `${label} ${random(number)} abcd\n`;
    const numbers = Array.from({ length: 130_000 }, (_, number) => number);
    const log = keyLogOf(
      numbers.map((number) => line(number) + line(number, "SERVER_TRAFFIC_SECRET_0")).join(""),
    );
    const kept = numbers.filter((number) => log.secretsOf(fromHex(random(number))) !== null);
    expect({ count: kept.length, first: kept[0] }).toEqual({ count: 100_000, first: 30_000 });
    expect(Object.keys(log.secretsOf(fromHex(random(30_000))) ?? {})).toHaveLength(2);
  });

  it("takes any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(keyLogOf(text).isEmpty).toBe(true);
      }),
    );
  });
});

describe("key schedule of TLS 1.3 (RFC 8446 7), by RFC 8448 3", () => {
  it.each(RFC_8448_KEYS)("%s gives its key and IV", (name, key, iv) => {
    const keys = trafficKeys("sha256", fromHex(RFC_8448_SECRETS[name]), 16);
    expect({ key: toHex(keys.key), iv: toHex(keys.iv) }).toEqual({ key, iv });
  });

  it("a KeyUpdate gives a secret as long as the hash", () => {
    const secret = fromHex(RFC_8448_SECRETS.SERVER_TRAFFIC_SECRET_0);
    expect(nextTrafficSecret("sha256", secret)).toHaveLength(32);
    expect(nextTrafficSecret("sha384", secret)).toHaveLength(48);
    expect(nextTrafficSecret("sha256", secret)).not.toEqual(secret);
  });
});

describe("PRF of TLS 1.2 (RFC 5246 5)", () => {
  /** The test vector of the TLS working group's mailing list, 2009, for P_SHA256. */
  it("gives the bytes of the published vector", () => {
    const output = prf(
      TLS_VERSION.tls12,
      "sha256",
      fromHex("9bbe436ba940f017b17652849a71db35"),
      "test label",
      fromHex("a0ba9f936cda311827a6f796ffd5198c"),
      100,
    );
    expect(toHex(output)).toBe(
      "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa022f7" +
        "077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66",
    );
  });

  it("cuts a key block into MAC keys, keys and IVs of both sides, in that order", () => {
    const block = keyBlock({
      version: TLS_VERSION.tls10,
      hash: "sha256",
      master: new Uint8Array(48).fill(1),
      clientRandom: new Uint8Array(32).fill(2),
      serverRandom: new Uint8Array(32).fill(3),
      macKeyBytes: 20,
      keyBytes: 16,
      ivBytes: 8,
    });
    const { client, server } = block;
    const whole = prf(
      TLS_VERSION.tls10,
      "sha256",
      new Uint8Array(48).fill(1),
      "key expansion",
      Uint8Array.from([...new Uint8Array(32).fill(3), ...new Uint8Array(32).fill(2)]),
      88,
    );
    const parts = [client.macKey, server.macKey, client.key, server.key, client.iv, server.iv];
    expect(Uint8Array.from(parts.flatMap((part) => [...part]))).toEqual(whole);
  });
});
