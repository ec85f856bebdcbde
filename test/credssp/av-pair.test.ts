import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import {
  AV_ID,
  encodeAvPairs,
  readAvPairs,
  readTimestamp,
  textAvPair,
  timestampAvPair,
} from "../../src/credssp/av-pair.ts";
import { mutated } from "./mutation.ts";

describe("AV_PAIR ([MS-NLMP] 2.2.2.1)", () => {
  it("a list ends with MsvAvEOL, and bytes after it are not consumed", () => {
    expect(readAvPairs(fromHex("0600040002000000 00000000 ffff"))).toEqual({
      pairs: [{ id: AV_ID.Flags, value: Uint8Array.of(2, 0, 0, 0) }],
      unread: [],
      sizeBytes: 12,
    });
  });

  it("pairs of unknown kinds are kept, of any length", () => {
    const bytes = fromHex("0b000300010203 ffff0000 00000000");
    expect(readAvPairs(bytes)).toMatchObject({
      pairs: [
        { id: 11, value: Uint8Array.of(1, 2, 3) },
        { id: 0xffff, value: new Uint8Array(0) },
      ],
      unread: [],
    });
  });

  it.each([
    ["nothing at all", "", "avPair.avId", 100, "2 bytes wanted, 0 left"],
    ["a pair of which half the header is there", "0100", "avPair.avLen", 102, "2 bytes wanted, 0 left"],
    ["a value that runs out", "0600ffff00", "avPair.value", 104, "65535 bytes wanted, 1 left"],
    ["no end", "0f000000", "avPair.avId", 104, "2 bytes wanted, 0 left"],
    ["a name of an odd length", "01000100 41 00000000", "avPair.avLen", 102, "1 bytes are no UTF-16 text"],
    ["a timestamp of 4 bytes", "07000400 01020304 00000000", "avPair.avLen", 102, "a timestamp of 4 bytes"],
    ["an end with a value", "00000100 41", "avPair.avLen", 102, "the last pair has 1 bytes"],
  ])("%s is a fault at its place in the message", (_, hex, field, offset, reason) => {
    expect(readAvPairs(fromHex(hex), 100).unread).toEqual([{ field, offset, reason }]);
  });

  it("a pair that cannot be read voids no other", () => {
    const [name, domain] = [textAvPair("NbComputerName", "HOST"), textAvPair("NbDomainName", "CONTOSO")];
    const odd = { id: AV_ID.DnsTreeName, value: new Uint8Array(3) };
    const short = { id: AV_ID.Timestamp, value: new Uint8Array(7) };
    const { pairs, unread } = readAvPairs(encodeAvPairs([name, odd, short, domain]));
    expect(pairs).toEqual([name, domain]);
    expect(unread).toHaveLength(2);
  });

  it("what came before the place where a list breaks counts", () => {
    const pair = textAvPair("NbComputerName", "HOST");
    const whole = encodeAvPairs([pair, textAvPair("NbDomainName", "CONTOSO")]);
    const first = 4 + pair.value.length;
    for (let length = first; length < whole.length; length += 1) {
      const { pairs, unread } = readAvPairs(whole.subarray(0, length));
      expect(pairs[0], `${length} bytes`).toEqual(pair);
      expect(unread, `${length} bytes`).toHaveLength(1);
    }
  });

  it("a long list of unreadable pairs is told by its first few", () => {
    const odd = { id: AV_ID.DnsTreeName, value: new Uint8Array(1) };
    const { pairs, unread } = readAvPairs(encodeAvPairs(Array.from({ length: 10_000 }, () => odd)));
    expect(pairs).toEqual([]);
    expect(unread).toHaveLength(8);
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

  it("whatever reads whole encodes to the same bytes, and nothing is claimed beyond the end", () => {
    const seed = fromHex("01000400410042000700080001020304050607080600040001000000 00000000");
    fc.assert(
      fc.property(mutated(seed), (bytes) => {
        const { pairs, unread, sizeBytes } = readAvPairs(bytes);
        expect(sizeBytes).toBeLessThanOrEqual(bytes.length);
        for (const { offset } of unread) expect(offset).toBeLessThanOrEqual(bytes.length);
        if (unread.length === 0) {
          expect(toHex(encodeAvPairs(pairs))).toBe(toHex(bytes.subarray(0, sizeBytes)));
        }
      }),
      { numRuns: 1000 },
    );
  });
});
