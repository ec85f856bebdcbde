import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { CONTENT_TYPE, decodeRecord, encodeRecord, encodeRecords } from "../../../src/tls/wire/record.ts";
import { expectNoClaimBeyond, expectSameUnderEveryCut } from "../../support/codec-laws.ts";
import { anyBytes } from "../arbitraries.ts";
import { expectRoundTrip, expectTolerance, faultIn, valueIn } from "../expectations.ts";

const ALERT = fromHex("15 0303 0002 0228");

const anyRecord = fc.record({
  contentType: fc.constantFrom(...Object.values(CONTENT_TYPE)),
  version: fc.integer({ min: 0x0300, max: 0x03ff }),
  fragment: anyBytes(300),
});

describe("TLS record (RFC 8446 5.1)", () => {
  it("has a content type, a version and a fragment", () => {
    expect(decodeRecord(ALERT)).toEqual({
      status: "done",
      value: { contentType: CONTENT_TYPE.alert, version: 0x0303, fragment: fromHex("0228") },
      size: 7,
    });
  });

  it.each([
    ["an alert", "15 0303 0002 0228"],
    ["an empty fragment", "17 0301 0000"],
    ["a fragment of 300 bytes", `16 0301 012c ${"ab".repeat(300)}`],
    ["a minor version of the future", "16 03ff 0001 00"],
    ["HTTP", "48545450"],
    ["SSL 2", "802e 0100"],
    ["a major version of 2", "16 02"],
    ["a length over the limit", "16 0303 4801"],
  ])("is the same under every cut: %s", (_, hex) => {
    expectSameUnderEveryCut(decodeRecord, fromHex(hex));
  });

  it.each([
    [
      "an unknown content type, by the first byte",
      "13",
      "record.type",
      0,
      "content type 19 is not one of TLS",
    ],
    ["HTTP, by its H", "48", "record.type", 0, "content type 72 is not one of TLS"],
    [
      "another protocol's version, by the second byte",
      "16 00",
      "record.version",
      1,
      "major version 0 is not 3",
    ],
    [
      "a length over 2^14 + 2048",
      "16 0303 4801",
      "record.length",
      3,
      "length 18433 is over the limit of 18432",
    ],
  ])("%s is a fault that names field and offset", (_, hex, field, offset, reason) => {
    expect(faultIn(decodeRecord(fromHex(hex)))).toEqual({ field, offset, reason });
  });

  it("may be as long as 2^14 + 2048", () => {
    const bytes = fromHex(`17 0303 4800 ${"00".repeat(0x4800)}`);
    expect(valueIn(decodeRecord(bytes), bytes).fragment).toHaveLength(0x4800);
  });

  it("encodes to the bytes that it came from", () => {
    expectRoundTrip({ decode: decodeRecord, encode: encodeRecord }, anyRecord);
    expectTolerance({ decode: decodeRecord, encode: encodeRecord }, anyRecord.map(encodeRecord));
  });

  it("never throws on long bytes", () => {
    fc.assert(
      fc.property(anyBytes(20_000), (bytes) => expectNoClaimBeyond(decodeRecord, bytes)),
      {
        numRuns: 30,
      },
    );
  });

  it.each([
    [0, ["1603010000"]],
    [0x4000, ["1603014000"]],
    [0x4001, ["1603014000", "1603010001"]],
  ])("a payload of %i bytes goes into records of up to 2^14", (size, headers) => {
    const bytes = encodeRecords(CONTENT_TYPE.handshake, 0x0301, new Uint8Array(size));
    const starts = headers.map((_, index) => index * (5 + 0x4000));
    expect(starts.map((start) => toHex(bytes.subarray(start, start + 5)))).toEqual(headers);
    expect(bytes).toHaveLength(size + 5 * headers.length);
  });
});
