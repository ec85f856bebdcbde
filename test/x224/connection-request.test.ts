import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import {
  type ConnectionRequest,
  decodeConnectionRequest,
  encodeConnectionRequest,
} from "../../src/x224/connection-request.ts";
import type { CorrelationInfo } from "../../src/x224/correlation-info.ts";
import { PROTOCOL } from "../../src/x224/protocols.ts";
import { expectNoClaimBeyond, expectSameUnderEveryCut } from "../support/codec-laws.ts";

const PLAIN: ConnectionRequest = {
  kind: "connection-request",
  destinationReference: 0,
  sourceReference: 0,
  classOptions: 0,
  routing: null,
  negotiation: null,
  correlation: null,
};
const asking = (requestedProtocols: number): ConnectionRequest => ({
  ...PLAIN,
  negotiation: { flags: 0, requestedProtocols },
});
const CORRELATION: CorrelationInfo = {
  flags: 0,
  correlationId: fromHex("0102030405060708090a0b0c0e0f1011"),
  reserved: new Uint8Array(16),
};
const { ssl, hybrid, hybridEx, rdstls, rdsaad } = PROTOCOL;

const REQUESTS: readonly (readonly [string, string, ConnectionRequest])[] = [
  ["no negotiation data", "0300000b06e00000000000", PLAIN],
  ["RDP only", "030000130ee000000000000100080000000000", asking(0)],
  ["SSL", "030000130ee000000000000100080001000000", asking(ssl)],
  ["SSL and HYBRID", "030000130ee000000000000100080003000000", asking(ssl | hybrid)],
  ["and HYBRID_EX", "030000130ee00000000000010008000b000000", asking(ssl | hybrid | hybridEx)],
  ["and RDSAAD", "030000130ee00000000000010008001b000000", asking(ssl | hybrid | hybridEx | rdsaad)],
  ["SSL and RDSTLS", "030000130ee000000000000100080005000000", asking(ssl | rdstls)],
  [
    "a cookie",
    "0300002d28e00000000000436f6f6b69653a206d737473686173683d726470726f62650d0a010008000b000000",
    { ...asking(0x0b), routing: { kind: "cookie", identity: "rdprobe" } },
  ],
  [
    "the token of a load balancer",
    "0300002f2ae00000000000436f6f6b69653a206d7374733d333634303230353232382e31353632392e303030300d0a",
    { ...PLAIN, routing: { kind: "token", token: "Cookie: msts=3640205228.15629.0000" } },
  ],
  [
    "the token of a Connection Broker",
    "0300001d18e000000000007473763a2f2f4d530d0a0100080001000000",
    { ...asking(ssl), routing: { kind: "token", token: "tsv://MS" } },
  ],
  [
    "a token and a cookie, which stay one token",
    "0300002a25e00000000000610d0a436f6f6b69653a206d737473686173683d620d0a0100080001000000",
    { ...asking(ssl), routing: { kind: "token", token: "a\r\nCookie: mstshash=b" } },
  ],
  [
    "correlation info",
    `0300003732e00000000000010808000b00000006002400${toHex(CORRELATION.correlationId)}${"00".repeat(16)}`,
    { ...PLAIN, negotiation: { flags: 8, requestedProtocols: 0x0b }, correlation: CORRELATION },
  ],
  [
    "unknown numbers in every field",
    "03770013 0e e0 1122 3344 55 01 f7 0800 efbeadde",
    {
      ...PLAIN,
      tpktReserved: 0x77,
      destinationReference: 0x1122,
      sourceReference: 0x3344,
      classOptions: 0x55,
      negotiation: { flags: 0xf7, requestedProtocols: 0xdeadbeef },
    },
  ],
];

describe("X.224 Connection Request ([MS-RDPBCGR] 2.2.1.1)", () => {
  it.each(REQUESTS)("with %s", (_, hex, request) => {
    const bytes = fromHex(hex);
    expect(decodeConnectionRequest(bytes)).toEqual({ status: "done", value: request, size: bytes.length });
    expect(toHex(encodeConnectionRequest(request))).toBe(toHex(bytes));
    expectSameUnderEveryCut(decodeConnectionRequest, bytes);
  });

  it.each([
    ["a Connection Confirm", "0300000b06d00000000000", "x224.code", 5],
    ["a credit", "0300000b06e10000000000", "x224.code", 5],
    ["a length indicator below the TPKT's", "0300000b05e00000000000", "x224.lengthIndicator", 4],
    ["a length indicator above the TPKT's", "0300000b07e00000000000", "x224.lengthIndicator", 4],
    ["a packet longer than any TPDU", "03000104fee00000", "tpkt.length", 2],
    ["a header cut short", "0300000803e0000000", "x224.srcRef", 8],
    ["a negotiation length of 0", "030000130ee000000000000100000003000000", "rdpNegReq.length", 13],
    ["a negotiation length of 9", "030000130ee000000000000100090003000000", "rdpNegReq.length", 13],
    [
      "a negotiation length in the wrong order",
      "030000130ee000000000000100000803000000",
      "rdpNegReq.length",
      13,
    ],
    ["a negotiation cut short", "030000120de0000000000001000800030000", "rdpNegReq.requestedProtocols", 15],
    ["a token without CR LF", "0300000e09e00000000000616263", "x224.routingToken", 11],
    ["a token that ends in CR", "0300000d08e00000000000610d", "x224.routingToken", 11],
    ["parameters of another protocol", "0300000e09e00000000000c0010a", "x224.routingToken", 11],
    ["a byte too many", "0300001410e00000000000010008000300000000", "x224.lengthIndicator", 4],
    ["a byte left over", "030000140fe00000000000010008000300000000", "x224.variablePart", 19],
    ["a correlation flag alone", "030000130ee000000000000108080003000000", "rdpCorrelationInfo.type", 19],
    [
      "a correlation length of 35",
      `0300003732e00000000000010808000b00000006002300${"00".repeat(32)}`,
      "rdpCorrelationInfo.length",
      21,
    ],
    [
      "a correlation of another type",
      `0300003732e00000000000010808000b00000007002400${"00".repeat(32)}`,
      "rdpCorrelationInfo.type",
      19,
    ],
  ])("%s is a fault that names field and offset", (_, hex, field, offset) => {
    expect(decodeConnectionRequest(fromHex(hex))).toMatchObject({ status: "bad", fault: { field, offset } });
    expectSameUnderEveryCut(decodeConnectionRequest, fromHex(hex));
  });

  it("of arbitrary bytes never throws and round-trips where it decodes", () => {
    const near = fc
      .tuple(fc.constantFrom(...REQUESTS), fc.nat(80), fc.nat(0xff))
      .map(([[, hex], at, value]) => fromHex(hex).map((byte, i) => (i === at ? value : byte)));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 80 }), near), (bytes) => {
        expectNoClaimBeyond(decodeConnectionRequest, bytes);
        const request = decodeConnectionRequest(bytes);
        if (request.status === "done") {
          expect(toHex(encodeConnectionRequest(request.value))).toBe(toHex(bytes.subarray(0, request.size)));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("comes out as it went in, whatever the cookie says", () => {
    const latin1 = fc
      .string({
        unit: fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCharCode(code)),
        maxLength: 200,
      })
      .filter((text) => !text.includes("\r\n") && !text.endsWith("\r"));
    fc.assert(
      fc.property(latin1, fc.nat(0xffff_ffff), (identity, requestedProtocols) => {
        const request: ConnectionRequest = {
          ...asking(requestedProtocols),
          routing: { kind: "cookie", identity },
        };
        expect(decodeConnectionRequest(encodeConnectionRequest(request))).toMatchObject({ value: request });
      }),
    );
  });

  it.each([
    ["254 bytes of token", { ...PLAIN, routing: { kind: "token", token: "t".repeat(254) } }],
    ["text beyond latin1", { ...PLAIN, routing: { kind: "cookie", identity: "Łukasz" } }],
    ["a second line in a cookie", { ...PLAIN, routing: { kind: "cookie", identity: "a\r\nb" } }],
    ["a token that reads as negotiation", { ...PLAIN, routing: { kind: "token", token: "\u0001x" } }],
    ["correlation info without its flag", { ...asking(1), correlation: CORRELATION }],
    ["the flag without correlation info", { ...PLAIN, negotiation: { flags: 8, requestedProtocols: 1 } }],
    [
      "a correlation id of 15 bytes",
      {
        ...PLAIN,
        negotiation: { flags: 8, requestedProtocols: 1 },
        correlation: { ...CORRELATION, correlationId: new Uint8Array(15) },
      },
    ],
  ] satisfies [string, ConnectionRequest][])("%s cannot be written", (_, request) => {
    expect(() => encodeConnectionRequest(request)).toThrow(RangeError);
  });
});
