import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { decodeTpkt, decodeTpktHeader, encodeTpkt } from "../../src/x224/tpkt.ts";
import { expectNoClaimBeyond, expectSameUnderEveryCut } from "../support/codec-laws.ts";

describe("TPKT (RFC 1006 6)", () => {
  it("holds what its length says, header included", () => {
    expect(decodeTpkt(fromHex("0300000b06e00000000000"))).toEqual({
      status: "done",
      value: { reserved: 0, body: fromHex("06e00000000000") },
      size: 11,
    });
  });

  it.each(["03000007010203", "03ff0008ffffffff", "0300000b06e00000000000"])(
    "%s is the same however it is cut",
    (hex) => {
      expectSameUnderEveryCut(decodeTpkt, fromHex(hex));
    },
  );

  it.each([
    ["16", "tpkt.version", 0, "version 22 is not 3"],
    ["48545450", "tpkt.version", 0, "version 72 is not 3"],
    ["00", "tpkt.version", 0, "version 0 is not 3"],
    ["03000000", "tpkt.length", 2, "length 0 is shorter than its own header"],
    ["03000003", "tpkt.length", 2, "length 3 is shorter than its own header"],
    ["03000004", "tpkt.length", 2, "length 4 has no room for an X.224 TPDU"],
    ["03000006", "tpkt.length", 2, "length 6 has no room for an X.224 TPDU"],
  ])("%s is a fault that names field and offset", (hex, field, offset, reason) => {
    expect(decodeTpkt(fromHex(hex))).toEqual({ status: "bad", fault: { field, offset, reason } });
    expectSameUnderEveryCut(decodeTpkt, fromHex(hex));
  });

  it("longer than its reader expects is a fault before any of it has come", () => {
    expect(decodeTpktHeader(fromHex("03001001"), 4096)).toMatchObject({
      status: "bad",
      fault: { field: "tpkt.length", offset: 2 },
    });
    expect(decodeTpktHeader(fromHex("03001000"), 4096)).toMatchObject({ status: "done" });
  });

  it("comes out as it went in", () => {
    fc.assert(
      fc.property(fc.nat(0xff), fc.uint8Array({ minLength: 3, maxLength: 600 }), (reserved, body) => {
        const bytes = encodeTpkt({ reserved, body });
        expect(decodeTpkt(bytes)).toEqual({ status: "done", value: { reserved, body }, size: bytes.length });
      }),
    );
  });

  it("of arbitrary bytes never throws and round-trips where it decodes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (noise) => {
        const bytes = Uint8Array.of(3, 0, 0, ...noise);
        for (const input of [noise, bytes]) {
          expectNoClaimBeyond(decodeTpkt, input);
          const tpkt = decodeTpkt(input);
          if (tpkt.status === "done") {
            expect(toHex(encodeTpkt(tpkt.value))).toBe(toHex(input.subarray(0, tpkt.size)));
          }
        }
      }),
    );
  });

  it("cannot be written longer than its length field", () => {
    expect(() => encodeTpkt({ reserved: 0, body: new Uint8Array(0xfffc) })).toThrow(RangeError);
    expect(encodeTpkt({ reserved: 0, body: new Uint8Array(0xfffb) }).length).toBe(0xffff);
  });
});
