import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { type ConnectionConfirm, encodeConnectionConfirm } from "../../src/x224/connection-confirm.ts";
import { DISCONNECT_REASONS, disconnectReasonName } from "../../src/x224/disconnect-request.ts";
import { REJECT_CAUSES, rejectCauseName } from "../../src/x224/error-tpdu.ts";
import { decodeServerTpdu, encodeServerTpdu, type ServerTpdu } from "../../src/x224/server-tpdu.ts";
import { expectNoClaimBeyond, expectSameUnderEveryCut } from "../support/codec-laws.ts";

const CONFIRM = {
  kind: "connection-confirm",
  destinationReference: 0,
  sourceReference: 0x1234,
  classOptions: 0,
} as const;
const response = (flags: number, selectedProtocol: number): ConnectionConfirm => ({
  ...CONFIRM,
  negotiation: { type: "response", flags, selectedProtocol },
});
const failure = (failureCode: number): ConnectionConfirm => ({
  ...CONFIRM,
  negotiation: { type: "failure", flags: 0, failureCode },
});

const ANSWERS: readonly (readonly [string, string, ServerTpdu])[] = [
  ["Windows XP, without negotiation data", "0300000b06d00000123400", { ...CONFIRM, negotiation: null }],
  ["the specification's sample", "030000130ed000001234000200080000000000", response(0, 0)],
  ["Windows 10, HYBRID_EX", "030000130ed000001234 00 02 1f 0800 08000000", response(0x1f, 8)],
  ["Windows 11 24H2, with an unknown flag", "030000130ed000001234 00 02 3f 0800 02000000", response(0x3f, 2)],
  ["a selection without a name", "030000130ed000001234 00 02 00 0800 efbeadde", response(0, 0xdeadbeef)],
  ["NLA required", "030000130ed000001234 00 03 00 0800 05000000", failure(5)],
  ["a failure without a name", "030000130ed000001234 00 03 00 0800 63000000", failure(99)],
  [
    "numbers that nobody sends",
    "03ab0013 0e d0 1111 2222 33 03 44 0800 05000000",
    {
      kind: "connection-confirm",
      tpktReserved: 0xab,
      destinationReference: 0x1111,
      sourceReference: 0x2222,
      classOptions: 0x33,
      negotiation: { type: "failure", flags: 0x44, failureCode: 5 },
    },
  ],
  [
    "bytes after the negotiation",
    "0300001510d000001234 00 02 00 0800 01000000 beef",
    { ...response(0, 1), trailing: fromHex("beef") },
  ],
  [
    "a Disconnect Request",
    "0300000b06800000123488",
    {
      kind: "disconnect-request",
      destinationReference: 0,
      sourceReference: 0x1234,
      reason: 0x88,
      variablePart: new Uint8Array(0),
    },
  ],
  [
    "a Disconnect Request with a variable part",
    "0300000e09800000000001e00161",
    {
      kind: "disconnect-request",
      destinationReference: 0,
      sourceReference: 0,
      reason: 1,
      variablePart: fromHex("e00161"),
    },
  ],
  [
    "an Error",
    "0300000904 70 1234 02",
    { kind: "error", destinationReference: 0x1234, cause: 2, variablePart: new Uint8Array(0) },
  ],
  [
    "an Error with the TPDU that it refuses",
    "0300000e0970000003c103e00000",
    { kind: "error", destinationReference: 0, cause: 3, variablePart: fromHex("c103e00000") },
  ],
  ["an MCS Disconnect Provider Ultimatum", "0300000902f0802180", { kind: "mcs-disconnect", reason: 3 }],
  ["an ultimatum, domain disconnected", "0300000902f0802000", { kind: "mcs-disconnect", reason: 0 }],
  [
    "data of another kind",
    "0300000902f0802181",
    { kind: "unknown", code: 0xf0, body: fromHex("02f0802181") },
  ],
  ["data without EOT", "0300000902f0002180", { kind: "unknown", code: 0xf0, body: fromHex("02f0002180") }],
  [
    "a Connection Request",
    "0300000b06e00000000000",
    { kind: "unknown", code: 0xe0, body: fromHex("06e00000000000") },
  ],
];

describe("what a server answers to a Connection Request", () => {
  it.each(ANSWERS)("is read from %s", (_, hex, tpdu) => {
    const bytes = fromHex(hex);
    expect(decodeServerTpdu(bytes)).toEqual({ status: "done", value: tpdu, size: bytes.length });
    expect(toHex(encodeServerTpdu(tpdu))).toBe(toHex(bytes));
    expectSameUnderEveryCut(decodeServerTpdu, bytes);
  });

  it("ends with its TPKT, and xrdp's ultimatum in the same segment is the next one", () => {
    const segment = fromHex("0300000b06d00000000000 0300000902f0802180");
    const first = decodeServerTpdu(segment);
    expect(first).toMatchObject({ status: "done", value: { kind: "connection-confirm" }, size: 11 });
    expect(decodeServerTpdu(segment.subarray(11))).toMatchObject({
      value: { kind: "mcs-disconnect" },
      size: 9,
    });
  });

  it("of arbitrary bytes never throws and round-trips where it decodes", () => {
    const near = fc
      .tuple(fc.constantFrom(...ANSWERS), fc.nat(24), fc.nat(0xff))
      .map(([[, hex], at, value]) => fromHex(hex).map((byte, i) => (i === at ? value : byte)));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), near), (bytes) => {
        expectNoClaimBeyond(decodeServerTpdu, bytes);
        const tpdu = decodeServerTpdu(bytes);
        if (tpdu.status === "done") {
          expect(toHex(encodeServerTpdu(tpdu.value))).toBe(toHex(bytes.subarray(0, tpdu.size)));
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("X.224 Connection Confirm ([MS-RDPBCGR] 2.2.1.2)", () => {
  it.each([
    ["HTTP", "485454502f312e3120", "tpkt.version", 0],
    ["a length shorter than its own header", "0300000306d0", "tpkt.length", 2],
    ["a length of more than 4096 bytes", "03001001", "tpkt.length", 2],
    ["a length indicator below the TPKT's", "030000130dd0", "x224.lengthIndicator", 4],
    ["a length indicator above the TPKT's", "0300000bffd0", "x224.lengthIndicator", 4],
    ["negotiation outside the length indicator", "0300001306d0", "x224.lengthIndicator", 4],
    ["a header cut short", "0300000a05d000001234", "x224.classOptions", 10],
    ["a negotiation type of 1", "030000130ed000001234000100080001000000", "rdpNegData.type", 11],
    ["parameters of another protocol", "0300000e09d00000123400c0010a", "rdpNegData.type", 11],
    ["a response of length 7", "030000130ed000001234000200070001000000", "rdpNegRsp.length", 13],
    ["a response of length 2048", "030000130ed000001234000200000801000000", "rdpNegRsp.length", 13],
    ["a failure of length 0", "030000130ed000001234000300000001000000", "rdpNegFailure.length", 13],
    ["a response cut short", "0300000f0ad0000012340002000800", "rdpNegRsp.selectedProtocol", 15],
    ["a failure cut short", "0300000d08d0000012340003 00", "rdpNegFailure.length", 13],
  ])("%s is a fault that names field and offset", (_, hex, field, offset) => {
    expect(decodeServerTpdu(fromHex(hex))).toMatchObject({ status: "bad", fault: { field, offset } });
    expectSameUnderEveryCut(decodeServerTpdu, fromHex(hex));
  });

  it("cannot be written with a number that does not fit", () => {
    expect(() => encodeConnectionConfirm(response(0x100, 0))).toThrow(RangeError);
    expect(() => encodeServerTpdu({ kind: "mcs-disconnect", reason: 8 })).toThrow(RangeError);
  });
});

describe("X.224 Disconnect Request and Error (ITU-T X.224 13.5, 13.12)", () => {
  it.each([
    ["a Disconnect Request without a reason", "0300000a058000000000", "x224.reason", 10],
    ["an Error without a cause", "0300000803700000", "x224.rejectCause", 8],
    ["a Disconnect Request of another length", "0300000b0780", "x224.lengthIndicator", 4],
  ])("%s is a fault that names field and offset", (_, hex, field, offset) => {
    expect(decodeServerTpdu(fromHex(hex))).toMatchObject({ status: "bad", fault: { field, offset } });
    expectSameUnderEveryCut(decodeServerTpdu, fromHex(hex));
  });

  it.each(DISCONNECT_REASONS)("reason $reason is: $name", ({ reason, name }) => {
    expect(disconnectReasonName(reason)).toBe(name);
  });

  it.each(REJECT_CAUSES)("cause $cause is: $name", ({ cause, name }) => {
    expect(rejectCauseName(cause)).toBe(name);
  });

  it("keeps numbers without a name as numbers", () => {
    expect(disconnectReasonName(77)).toBeNull();
    expect(rejectCauseName(77)).toBeNull();
  });
});
