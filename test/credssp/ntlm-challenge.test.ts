import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes/hex.ts";
import { AV_ID, textAvPair, timestampAvPair } from "../../src/credssp/av-pair.ts";
import { dateToFiletime } from "../../src/credssp/filetime.ts";
import {
  type ChallengeFields,
  challengeMessage,
  decodeNtlmChallenge,
  encodeChallengeMessage,
  type NtlmChallenge,
} from "../../src/credssp/ntlm-challenge.ts";
import { ntlmFlags } from "../../src/credssp/ntlm-flags.ts";
import { expectNoClaimBeyond } from "../support/codec-laws.ts";
import { CHALLENGE_V1, CHALLENGE_V1_CLIENT_CHALLENGE, CHALLENGE_V2 } from "./examples.ts";
import { mutated } from "./mutation.ts";

const UNICODE_FLAGS = ntlmFlags("NEGOTIATE_UNICODE", "NEGOTIATE_TARGET_INFO", "NEGOTIATE_VERSION");
const SERVER_TIME = new Date("2026-11-20T10:00:00.123Z");

const DOMAIN_MEMBER: ChallengeFields = {
  targetName: "CONTOSO",
  flags: UNICODE_FLAGS,
  serverChallenge: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  version: { major: 10, minor: 0, build: 20348, revision: 15 },
  avPairs: [
    textAvPair("NbDomainName", "CONTOSO"),
    textAvPair("NbComputerName", "HOST"),
    textAvPair("DnsDomainName", "contoso.example"),
    textAvPair("DnsComputerName", "host.contoso.example"),
    textAvPair("DnsTreeName", "forest.example"),
    timestampAvPair(dateToFiletime(SERVER_TIME)),
  ],
};

const encode = (fields: ChallengeFields): Uint8Array => encodeChallengeMessage(challengeMessage(fields));

const decoded = (bytes: Uint8Array): NtlmChallenge => {
  const result = decodeNtlmChallenge(bytes);
  if (result.status !== "done") throw new Error(`not decoded: ${JSON.stringify(result)}`);
  return result.value;
};

/** The bytes with others written over them from `at` on. */
const patched = (bytes: Uint8Array, at: number, ...values: readonly number[]): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy.set(values, at);
  return copy;
};

describe("CHALLENGE_MESSAGE ([MS-NLMP] 2.2.1.2)", () => {
  const COMMON = {
    targetName: "Server",
    serverChallenge: Uint8Array.of(0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef),
    version: { major: 6, minor: 0, build: 6000, revision: 15 },
    dnsComputer: null,
    dnsDomain: null,
    dnsTree: null,
    timestamp: null,
    serverTime: null,
  };

  it.each([
    ["4.2.2.3", CHALLENGE_V1, 0xe2028233, null, null],
    ["4.2.3.3", CHALLENGE_V1_CLIENT_CHALLENGE, 0x820a8233, null, null],
    ["4.2.4.3", CHALLENGE_V2, 0xe28a8233, "Server", "Domain"],
  ])(
    "the example of %s decodes to the documented values",
    (_, bytes, flags, netbiosComputer, netbiosDomain) => {
      const result = decodeNtlmChallenge(bytes);
      expect(result).toMatchObject({ status: "done", size: bytes.length });
      expect(decoded(bytes)).toMatchObject({ ...COMMON, flags, netbiosComputer, netbiosDomain });
    },
  );

  it("the pairs of 4.2.4.3 stand in their order, without MsvAvEOL", () => {
    expect(decoded(CHALLENGE_V2).avPairs).toEqual([
      textAvPair("NbDomainName", "Domain"),
      textAvPair("NbComputerName", "Server"),
    ]);
  });

  it("the example of 4.2.4.3 is what its fields encode to", () => {
    const { targetName, flags, serverChallenge, version, avPairs } = decoded(CHALLENGE_V2);
    const bytes = encode({ targetName, flags, serverChallenge, version, avPairs });
    expect(toHex(bytes)).toBe(toHex(CHALLENGE_V2));
  });

  it("a member of a domain tells all its names and its clock", () => {
    expect(decoded(encode(DOMAIN_MEMBER))).toMatchObject({
      targetName: "CONTOSO",
      version: { major: 10, minor: 0, build: 20348, revision: 15 },
      netbiosDomain: "CONTOSO",
      netbiosComputer: "HOST",
      dnsDomain: "contoso.example",
      dnsComputer: "host.contoso.example",
      dnsTree: "forest.example",
      timestamp: 134_396_424_001_230_000n,
      serverTime: SERVER_TIME,
    });
  });

  it("without NTLMSSP_NEGOTIATE_VERSION the version is not looked at", () => {
    const flags = ntlmFlags("NEGOTIATE_UNICODE", "NEGOTIATE_TARGET_INFO");
    expect(decoded(encode({ ...DOMAIN_MEMBER, flags })).version).toBeNull();
  });

  it("without NTLMSSP_NEGOTIATE_TARGET_INFO the pairs are not looked at, wherever they point to", () => {
    const bytes = patched(CHALLENGE_V1, 40, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
    expect(decoded(bytes)).toMatchObject({ targetName: "Server", avPairs: [] });
  });

  it("without NTLMSSP_NEGOTIATE_UNICODE the target name is in an OEM character set", () => {
    const flags = ntlmFlags("NEGOTIATE_OEM", "NEGOTIATE_TARGET_INFO");
    const bytes = encode({ ...DOMAIN_MEMBER, flags, targetName: "ABÜ" });
    expect(decoded(bytes)).toMatchObject({ targetName: "ABÜ", netbiosComputer: "HOST" });
    expect(toHex(bytes.subarray(56, 59))).toBe("4142dc");
  });

  it("a name in a character set that has it not is written with question marks", () => {
    expect(decoded(encode({ ...DOMAIN_MEMBER, flags: 0, targetName: "a€b" })).targetName).toBe("a?b");
  });

  it("a message without a name and without pairs tells none", () => {
    const bytes = encode({ ...DOMAIN_MEMBER, targetName: null, avPairs: null });
    expect(decoded(bytes)).toMatchObject({ targetName: null, avPairs: [], netbiosComputer: null });
  });

  it("the first of two pairs of a kind counts", () => {
    const avPairs = [textAvPair("NbComputerName", "ONE"), textAvPair("NbComputerName", "TWO")];
    expect(decoded(encode({ ...DOMAIN_MEMBER, avPairs })).netbiosComputer).toBe("ONE");
  });

  it("a surrogate without its partner stands as U+FFFD, and a pair of them as it is", () => {
    const avPairs = [textAvPair("NbComputerName", "a\ud800b"), textAvPair("DnsComputerName", "\u{1f5a5}")];
    expect(decoded(encode({ ...DOMAIN_MEMBER, avPairs }))).toMatchObject({
      netbiosComputer: "a\ufffdb",
      dnsComputer: "\u{1f5a5}",
    });
  });

  it.each([
    ["no time at all", 0n, null],
    ["the first tick", 1n, new Date("1601-01-01T00:00:00.000Z")],
    ["the epoch of Unix", 116_444_736_000_000_000n, new Date(0)],
    ["the last tick of the year 9999", 2_650_467_743_999_999_999n, new Date("9999-12-31T23:59:59.999Z")],
    ["the first tick that RFC 3339 cannot write", 2_650_467_744_000_000_000n, null],
    ["the last tick of all", 0xffffffffffffffffn, null],
  ])("the clock may stand at %s", (_, timestamp, serverTime) => {
    const avPairs = [timestampAvPair(timestamp)];
    expect(decoded(encode({ ...DOMAIN_MEMBER, avPairs }))).toMatchObject({ timestamp, serverTime });
  });

  it.each([
    ["a wrong signature", patched(CHALLENGE_V2, 0, 0x4f), "challenge.signature", 0, "not NTLMSSP"],
    [
      "a NEGOTIATE_MESSAGE",
      patched(CHALLENGE_V2, 8, 1),
      "challenge.messageType",
      8,
      "type 1 where 2 is wanted",
    ],
    [
      "an AUTHENTICATE_MESSAGE",
      patched(CHALLENGE_V2, 8, 3),
      "challenge.messageType",
      8,
      "type 3 where 2 is wanted",
    ],
    [
      "no room for the header",
      CHALLENGE_V2.subarray(0, 30),
      "challenge.serverChallenge",
      24,
      "8 bytes wanted, 6 left",
    ],
  ])("%s is a fault that names field and offset", (_, bytes, field, offset, reason) => {
    expect(decodeNtlmChallenge(bytes)).toEqual({ status: "bad", fault: { field, offset, reason } });
  });

  const NAMES = { targetName: "Server", netbiosDomain: "Domain", netbiosComputer: "Server" };
  const WHOLE = { ...NAMES, version: { major: 6, minor: 0, build: 6000, revision: 15 } };

  it.each([
    [
      "a target name beyond the end",
      patched(CHALLENGE_V2, 12, 0xff, 0x00),
      "challenge.targetNameBufferOffset",
      16,
      "255 bytes at offset 56 end beyond the message of 104",
      { targetName: null },
    ],
    [
      "a target name whose end wraps 32 bits",
      patched(CHALLENGE_V2, 16, 0xfc, 0xff, 0xff, 0xff),
      "challenge.targetNameBufferOffset",
      16,
      "12 bytes at offset 4294967292 end beyond the message of 104",
      { targetName: null },
    ],
    [
      "a target name inside the header",
      patched(CHALLENGE_V2, 16, 12),
      "challenge.targetNameBufferOffset",
      16,
      "offset 12 is inside the header",
      { targetName: null },
    ],
    [
      "a target name of an odd length",
      patched(CHALLENGE_V2, 12, 11),
      "challenge.targetNameLen",
      12,
      "11 bytes are no UTF-16 text",
      { targetName: null },
    ],
    [
      "pairs beyond the end",
      patched(CHALLENGE_V2, 40, 0x25),
      "challenge.targetInfoBufferOffset",
      44,
      "37 bytes at offset 68 end beyond the message of 104",
      { netbiosDomain: null, netbiosComputer: null },
    ],
    [
      "pairs without an end",
      patched(CHALLENGE_V2, 40, 0x20),
      "avPair.avId",
      100,
      "2 bytes wanted, 0 left",
      {},
    ],
    [
      "a pair that is longer than the list",
      patched(CHALLENGE_V2, 70, 0xff),
      "avPair.value",
      72,
      "255 bytes wanted, 32 left",
      { netbiosDomain: null, netbiosComputer: null },
    ],
    [
      "a name of an odd length",
      patched(CHALLENGE_V2, 70, 11),
      "avPair.avLen",
      70,
      "11 bytes are no UTF-16 text",
      { netbiosDomain: null, netbiosComputer: null },
    ],
    [
      "a last pair with a value",
      patched(CHALLENGE_V2, 84, 0),
      "avPair.avLen",
      86,
      "the last pair has 12 bytes",
      { netbiosComputer: null },
    ],
    [
      "a timestamp of 12 bytes",
      patched(CHALLENGE_V2, 84, 7),
      "avPair.avLen",
      86,
      "a timestamp of 12 bytes",
      { netbiosComputer: null },
    ],
    [
      "no room for the version",
      CHALLENGE_V2.subarray(0, 50),
      "challenge.version.productBuild",
      50,
      "2 bytes wanted, 0 left",
      { version: null, targetName: null, netbiosDomain: null, netbiosComputer: null },
    ],
  ])("%s voids that part alone", (_, bytes, field, offset, reason, lost) => {
    const challenge = decoded(bytes);
    expect(challenge).toMatchObject({ ...WHOLE, ...lost });
    expect(challenge.unread[0]).toEqual({ field, offset, reason });
  });

  it("a message that is whole has no unread part", () => {
    expect(decoded(CHALLENGE_V2).unread).toEqual([]);
    expect(decoded(encode(DOMAIN_MEMBER)).unread).toEqual([]);
  });

  it("cut in its first 48 bytes it is a fault, and beyond them it tells what is left", () => {
    const { targetName, version } = decoded(CHALLENGE_V2);
    for (let length = 0; length < CHALLENGE_V2.length; length += 1) {
      const result = decodeNtlmChallenge(CHALLENGE_V2.subarray(0, length));
      expect(result.status, `${length} bytes`).toBe(length < 48 ? "bad" : "done");
      if (result.status !== "done") continue;
      expect(result.value.unread, `${length} bytes`).not.toEqual([]);
      if (length >= 56) expect(result.value.version).toEqual(version);
      if (length >= 68) expect(result.value.targetName).toBe(targetName);
    }
  });

  it("whatever befalls the pairs, version and target name stand", () => {
    const whole = encode(DOMAIN_MEMBER);
    const pairsAt = 56 + 2 * "CONTOSO".length;
    const harm = fc.array(fc.tuple(fc.integer({ min: pairsAt, max: whole.length - 1 }), fc.nat(255)), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(harm, (edits) => {
        const bytes = Uint8Array.from(whole);
        for (const [at, value] of edits) bytes[at] = value;
        const { version, targetName } = decoded(bytes);
        expect({ version, targetName }).toEqual({
          version: DOMAIN_MEMBER.version,
          targetName: DOMAIN_MEMBER.targetName,
        });
      }),
    );
  });

  const name = fc.string({ unit: "binary", maxLength: 20 });
  const fields: fc.Arbitrary<ChallengeFields> = fc.record({
    targetName: fc.option(fc.string({ unit: "binary", minLength: 1, maxLength: 20 })),
    flags: fc.nat(0xffffffff).map((flags) => (flags | UNICODE_FLAGS) >>> 0),
    serverChallenge: fc.uint8Array({ minLength: 8, maxLength: 8 }),
    version: fc.record({
      major: fc.nat(255),
      minor: fc.nat(255),
      build: fc.nat(65535),
      revision: fc.nat(255),
    }),
    avPairs: fc.array(
      fc.oneof(
        name.map((text) => textAvPair("DnsComputerName", text)),
        fc.bigInt({ min: 0n, max: 0xffffffffffffffffn }).map(timestampAvPair),
        fc.record({ id: fc.integer({ min: 0x0b, max: 0xffff }), value: fc.uint8Array({ maxLength: 20 }) }),
      ),
      { maxLength: 6 },
    ),
  });

  it("what is encoded decodes to the same fields", () => {
    fc.assert(
      fc.property(fields, (challenge) => {
        expect(decoded(encode(challenge))).toMatchObject(challenge);
      }),
    );
  });

  it("whatever decodes encodes to the same bytes, in any layout", () => {
    const seeds = mutated(CHALLENGE_V1, CHALLENGE_V2, encode(DOMAIN_MEMBER));
    fc.assert(
      fc.property(seeds, (bytes) => {
        expectNoClaimBeyond(decodeNtlmChallenge, bytes);
        const result = decodeNtlmChallenge(bytes);
        if (result.status === "done") {
          expect(toHex(encodeChallengeMessage(result.value.message))).toBe(toHex(bytes));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("names are always text that UTF-8 can carry", () => {
    const units = fc.array(fc.nat(0xffff), { maxLength: 8 }).map((codes) => String.fromCharCode(...codes));
    fc.assert(
      fc.property(units, (text) => {
        const avPairs = [{ id: AV_ID.DnsTreeName, value: textAvPair("DnsTreeName", text).value }];
        const { dnsTree } = decoded(encode({ ...DOMAIN_MEMBER, avPairs }));
        expect(() => encodeURIComponent(dnsTree ?? "")).not.toThrow();
      }),
    );
  });

  it("arbitrary bytes never throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expectNoClaimBeyond(decodeNtlmChallenge, bytes);
        expectNoClaimBeyond(
          decodeNtlmChallenge,
          Uint8Array.from([...CHALLENGE_V2.subarray(0, 12), ...bytes]),
        );
      }),
    );
  });
});
