import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import {
  AV_ID,
  decodeAvPairs,
  encodeAvPairs,
  readTimestamp,
  timestampAvPair,
} from "../../src/credssp/av-pair.ts";
import { expectNoClaimBeyond } from "../codec-laws.ts";
import { mutated } from "./mutation.ts";

describe("AV_PAIR ([MS-NLMP] 2.2.2.1)", () => {
  it("a list ends with MsvAvEOL, and bytes after it are not consumed", () => {
    expect(decodeAvPairs(fromHex("0600040002000000 00000000 ffff"))).toEqual({
      status: "done",
      value: [{ id: AV_ID.Flags, value: Uint8Array.of(2, 0, 0, 0) }],
      size: 12,
    });
  });

  it("pairs of unknown kinds are kept, of any length", () => {
    const bytes = fromHex("0b000300010203 ffff0000 00000000");
    expect(decodeAvPairs(bytes)).toMatchObject({
      value: [
        { id: 11, value: Uint8Array.of(1, 2, 3) },
        { id: 0xffff, value: new Uint8Array(0) },
      ],
    });
  });

  it.each([
    ["nothing at all", "", "avPair.avId", 100, "2 bytes wanted, 0 left"],
    ["a pair of which half the header is there", "0100", "avPair.avLen", 102, "2 bytes wanted, 0 left"],
    ["a value that runs out", "0600ffff00", "avPair.value", 104, "65535 bytes wanted, 1 left"],
    ["no end", "06000000", "avPair.avId", 104, "2 bytes wanted, 0 left"],
  ])("%s is a fault at its place in the message", (_, hex, field, offset, reason) => {
    expect(decodeAvPairs(fromHex(hex), 100)).toEqual({ status: "bad", fault: { field, offset, reason } });
  });

  it("a value of more than 65535 bytes cannot be encoded", () => {
    expect(() => encodeAvPairs([{ id: 11, value: new Uint8Array(65536) }])).toThrow(RangeError);
  });

  it("a timestamp keeps all of its 64 bits", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 0xffffffffffffffffn }), (ticks) => {
        expect(readTimestamp(timestampAvPair(ticks).value)).toBe(ticks);
      }),
    );
  });

  it("whatever decodes encodes to the same bytes", () => {
    const seed = fromHex("01000400410042000700080001020304050607080600040001000000 00000000");
    fc.assert(
      fc.property(mutated(seed), (bytes) => {
        expectNoClaimBeyond(decodeAvPairs, bytes);
        const result = decodeAvPairs(bytes);
        if (result.status === "done") {
          expect(toHex(encodeAvPairs(result.value))).toBe(toHex(bytes.subarray(0, result.size)));
        }
      }),
      { numRuns: 1000 },
    );
  });
});
