import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { decodeTsRequest, encodeTsRequest, type TsRequest } from "../../src/credssp/ts-request.ts";
import { expectNoClaimBeyond, expectSameUnderEveryCut } from "../support/codec-laws.ts";
import { NTLM_REQUEST, SPNEGO_REQUEST } from "./examples.ts";
import { mutated } from "./mutation.ts";

const EMPTY: TsRequest = {
  version: 6,
  negoTokens: null,
  authInfo: null,
  pubKeyAuth: null,
  errorCode: null,
  clientNonce: null,
};

const ALL_FIELDS: TsRequest = {
  version: 6,
  negoTokens: [Uint8Array.of(1, 2), Uint8Array.of()],
  authInfo: Uint8Array.of(3),
  pubKeyAuth: new Uint8Array(300).fill(4),
  errorCode: 0xc000006d,
  clientNonce: new Uint8Array(32).fill(5),
};

/** A SEQUENCE around hexadecimal DER of less than 128 bytes. */
const sequence = (contents: string): Uint8Array => {
  const bytes = fromHex(contents);
  return Uint8Array.from([0x30, bytes.length, ...bytes]);
};

const nested = (depth: number): Uint8Array => {
  let bytes = Uint8Array.of(0x04, 0x00);
  for (let i = 0; i < depth; i += 1) bytes = Uint8Array.from([0x30, bytes.length, ...bytes]);
  return bytes;
};

describe("TSRequest ([MS-CSSP] 2.2.1)", () => {
  it.each([
    ["the version alone", EMPTY, "3005a003020106"],
    ["an error code", { ...EMPTY, version: 3, errorCode: 0xc000006d }, "300da003020103a4060204c000006d"],
    [
      "an error code without the sign bit",
      { ...EMPTY, errorCode: 0x0009030c },
      "300ca003020106a40502030903 0c",
    ],
    [
      "an error code as a positive number of 5 bytes",
      { ...EMPTY, errorCode: 0xc0000418, isErrorCodePositive: true as const },
      "300ea003020106a407020500c0000418",
    ],
    ["a version above all known ones", { ...EMPTY, version: 0x60 }, "3005a003020160"],
    ["a version of two bytes", { ...EMPTY, version: 0x80 }, "3006a00402020080"],
    ["an empty list of tokens", { ...EMPTY, negoTokens: [] }, "3009a003020106a1023000"],
    ["a client nonce", { ...EMPTY, clientNonce: Uint8Array.of(7, 8) }, "300ba003020106a50404020708"],
    [
      "a field that is not specified yet",
      { ...EMPTY, unknownFields: [fromHex("a603020105")] },
      "300aa003020106a603020105",
    ],
  ])("carries %s", (_, request, hex) => {
    const bytes = fromHex(hex);
    expect(decodeTsRequest(bytes)).toEqual({ status: "done", value: request, size: bytes.length });
    expect(toHex(encodeTsRequest(request))).toBe(toHex(bytes));
  });

  it.each([
    ["a request with a bare NTLM message", NTLM_REQUEST],
    ["a request with an SPNEGO token", SPNEGO_REQUEST],
    ["all fields, with lengths of more than one byte", encodeTsRequest(ALL_FIELDS)],
    ["a faulty field", sequence("a003020106 a403040100")],
    ["a tag that is no SEQUENCE", fromHex("160301")],
    ["an indefinite length", fromHex("3080a0030201060000")],
  ])("%s is the same however the network cuts it", (_, whole) => {
    expectSameUnderEveryCut(decodeTsRequest, whole);
  });

  it("fields that are left out are absent", () => {
    expect(toHex(encodeTsRequest({ version: 2 }))).toBe("3005a003020102");
  });

  it.each([
    ["a tag that is no SEQUENCE", "1503010002022a", "tsRequest", 0, "tag 0x15 where 0x30 is wanted"],
    [
      "an indefinite length",
      "3080a003020106",
      "tsRequest.length",
      1,
      "indefinite length, which DER does not have",
    ],
    ["a length of 5 bytes", "30850000000005", "tsRequest.length", 1, "length of 5 bytes"],
    ["more than 64 KiB", "3083010000", "tsRequest.length", 1, "65541 bytes are more than 65536"],
    [
      "a length in more bytes than needed",
      "308105a003020106",
      "tsRequest.length",
      1,
      "length 5 takes more bytes than DER gives it",
    ],
    ["nothing inside", "3000", "tsRequest.version", 0, "absent"],
    ["no version", "3007a405020300c000", "tsRequest.version", 0, "absent"],
    [
      "a version that is no INTEGER",
      "3005a003040106",
      "tsRequest.version",
      4,
      "tag 0x04 where 0x02 is wanted",
    ],
    ["a version of 5 bytes", "3009a00702057f00000000", "tsRequest.version", 4, "an integer of 5 bytes"],
    ["a version without contents", "3004a0020200", "tsRequest", 4, "an integer without contents"],
    [
      "a version in more bytes than needed",
      "3006a00402020006",
      "tsRequest",
      4,
      "an integer that takes more bytes than DER gives it",
    ],
    ["a field twice", "300aa003020106a003020106", "tsRequest.version", 7, "field [0] after field [0]"],
    [
      "fields out of order",
      "300da406020400000000a003020106",
      "tsRequest",
      4,
      "an integer that takes more bytes than DER gives it",
    ],
    [
      "an element that ends beyond the one around it",
      "3005a004020106",
      "tsRequest.length",
      3,
      "4 bytes wanted, 3 left",
    ],
    [
      "a header that is cut by the element around it",
      "3006a003020106a1",
      "tsRequest",
      7,
      "an element is cut by the one around it",
    ],
    [
      "two elements in one explicit tag",
      "3008a006020106020106",
      "tsRequest.version",
      2,
      "2 elements in an explicit tag",
    ],
    ["an empty explicit tag", "3002a000", "tsRequest.version", 2, "0 elements in an explicit tag"],
    ["a bare INTEGER instead of a field", "3003020106", "tsRequest", 2, "tag 0x02 is no explicit field"],
    [
      "a token that is no OCTET STRING",
      "300fa003020106a108300630 04a0020500",
      "tsRequest.negoTokens.negoToken",
      15,
      "tag 0x05 where 0x04 is wanted",
    ],
    [
      "a list entry without a token",
      "300ba003020106a10430023000",
      "tsRequest.negoTokens",
      11,
      "0 fields where one token is wanted",
    ],
    [
      "a public key that is no OCTET STRING",
      "300aa003020106a303020100",
      "tsRequest.pubKeyAuth",
      9,
      "tag 0x02 where 0x04 is wanted",
    ],
    [
      "a tag number of more than one byte",
      "3009a003020106bf260100",
      "tsRequest.identifier",
      7,
      "tag number of more than one byte",
    ],
  ])("%s is a fault that names field and offset", (_, hex, field, offset, reason) => {
    expect(decodeTsRequest(fromHex(hex))).toEqual({ status: "bad", fault: { field, offset, reason } });
  });

  it("nesting is bounded before anything recurses", () => {
    const bytes = nested(40);
    expect(decodeTsRequest(bytes)).toEqual({
      status: "bad",
      fault: { field: "tsRequest", offset: 34, reason: "elements nest deeper than 16" },
    });
  });

  it("64 KiB of empty elements are read in one pass", () => {
    const contents = new Uint8Array(0xfff0);
    for (let i = 0; i < contents.length; i += 2) contents[i] = 0x30;
    const bytes = Uint8Array.from([0x30, 0x82, 0xff, 0xf0, ...contents]);
    expect(decodeTsRequest(bytes)).toMatchObject({ status: "bad", fault: { field: "tsRequest", offset: 4 } });
  });

  it.each([2 ** 31, -(2 ** 31) - 1, 1.5, Number.NaN])("version %s cannot be encoded", (version) => {
    expect(() => encodeTsRequest({ version })).toThrow(RangeError);
  });

  const octets = fc.option(fc.uint8Array({ maxLength: 300 }));
  const requests = fc.record({
    version: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    negoTokens: fc.option(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 3 })),
    authInfo: octets,
    pubKeyAuth: octets,
    errorCode: fc.option(fc.nat(0xffffffff)),
    clientNonce: octets,
  });

  it("what is encoded decodes to the same fields", () => {
    fc.assert(
      fc.property(requests, (request) => {
        const bytes = encodeTsRequest(request);
        expect(decodeTsRequest(bytes)).toEqual({ status: "done", value: request, size: bytes.length });
      }),
    );
  });

  it("whatever decodes encodes to the same bytes", () => {
    const positive = {
      ...ALL_FIELDS,
      isErrorCodePositive: true as const,
      unknownFields: [fromHex("a603020105")],
    };
    const seeds = mutated(
      NTLM_REQUEST,
      encodeTsRequest(positive),
      encodeTsRequest({ version: 2, errorCode: 5 }),
    );
    fc.assert(
      fc.property(seeds, (bytes) => {
        expectNoClaimBeyond(decodeTsRequest, bytes);
        const decoded = decodeTsRequest(bytes);
        if (decoded.status === "done") {
          expect(toHex(encodeTsRequest(decoded.value))).toBe(toHex(bytes.subarray(0, decoded.size)));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("arbitrary bytes never throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expectNoClaimBeyond(decodeTsRequest, bytes);
        expectNoClaimBeyond(decodeTsRequest, Uint8Array.from([0x30, bytes.length, ...bytes]));
      }),
    );
  });
});
