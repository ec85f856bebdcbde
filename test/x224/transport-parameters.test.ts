import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../src/bytes/hex.ts";
import { readNegotiation } from "../../src/handshake/facts/negotiation-facts.ts";
import { encodeTpdu, TPDU_CODE } from "../../src/x224/tpdu.ts";
import { areTransportParameters } from "../../src/x224/transport-parameters.ts";

const REQUEST = fromHex("03000013 0ee00000000000 0100080003000000");

/** What the negotiation reads of a Connection Confirm with this variable part. */
const answerOf = (variable: Uint8Array) => {
  const confirm = encodeTpdu(TPDU_CODE.connectionConfirm, {}, (writer) =>
    writer.u16(0).u16(0x1234).u8(0).bytes(variable),
  );
  const { answer } = readNegotiation(REQUEST, confirm);
  return answer.kind === "foreign" ? answer.protocol : answer.kind;
};

const CODES = [0x85, 0x86, 0x87, 0x88, 0x89, 0x8b, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7];
const parameters = fc
  .array(fc.tuple(fc.constantFrom(...CODES), fc.uint8Array({ maxLength: 16 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((rows) => Uint8Array.from(rows.flatMap(([code, value]) => [code, value.length, ...value])));

describe("a Connection Confirm of an ISO transport service", () => {
  it.each<[what: string, variable: string, expected: string]>([
    ["S7: TPDU size and TSAPs", "c0010a c1020100 c2020102", "iso-tsap"],
    ["MMS: TSAPs alone", "c1020001 c2020001", "iso-tsap"],
    ["no parameters: an old RDP server", "", "tpdu"],
    ["a negotiation response", "0200080001000000", "tpdu"],
    ["a parameter that does not end", "c00a01", "malformed"],
    ["a code that no standard has", "aa0101", "malformed"],
    ["a parameter, and RDP's negotiation after it", "c0010a 0200080001000000", "malformed"],
  ])("%s", (_what, variable, expected) => {
    expect(answerOf(fromHex(variable))).toBe(expected);
  });

  it("is one with any parameters, and none when its last byte is missing or one follows", () => {
    fc.assert(
      fc.property(parameters, (variable) => {
        expect(areTransportParameters(variable)).toBe(true);
        expect(areTransportParameters(variable.subarray(0, -1))).toBe(false);
        expect(areTransportParameters(Uint8Array.of(...variable, 0xc0))).toBe(false);
        expect(answerOf(variable)).toBe("iso-tsap");
      }),
    );
  });
});
