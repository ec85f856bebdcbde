import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import {
  decodeSpnego,
  encodeSpnego,
  MECH_NAMES,
  type NegTokenInit,
  type NegTokenResp,
  NTLMSSP,
  negTokenInit,
  negTokenResp,
  ntlmMessageIn,
} from "../../src/credssp/spnego.ts";
import { expectNoClaimBeyond, expectSameUnderEveryCut } from "../support/codec-laws.ts";
import { CHALLENGE_V2 } from "./examples.ts";
import { mutated } from "./mutation.ts";

const KERBEROS = "2a864886f712010202";
const TOKEN = Uint8Array.of(1, 2, 3);

/** Kerberos and NTLMSSP offered, with flags and the hint that Windows sends. */
const FULL_INIT: NegTokenInit = {
  kind: "negTokenInit",
  mechTypes: [KERBEROS, NTLMSSP],
  reqFlags: Uint8Array.of(0x06, 0x40),
  mechToken: TOKEN,
  others: [fromHex("a30a3008a0061b046e6f7065")],
};

const FULL_RESP: NegTokenResp = {
  kind: "negTokenResp",
  negState: { code: 0, name: "accept-completed" },
  supportedMech: KERBEROS,
  responseToken: TOKEN,
  mechListMic: Uint8Array.of(9),
  others: [fromHex("a403020101")],
};

describe("NegTokenInit and NegTokenResp (RFC 4178 4.2)", () => {
  it.each([
    [
      "NTLMSSP alone",
      negTokenInit(TOKEN),
      "602306062b0601050502a0193017a00e300c060a2b06010401823702020aa2050403010203",
    ],
    [
      "an accepted NTLMSSP",
      negTokenResp(TOKEN),
      "a11c301aa0030a0101a10c060a2b06010401823702020aa2050403010203",
    ],
    [
      "a rejection",
      {
        kind: "negTokenResp",
        negState: { code: 2, name: "reject" },
        supportedMech: null,
        responseToken: null,
        mechListMic: null,
        others: [],
      },
      "a1073005a0030a0102",
    ],
    [
      "a state that is not specified",
      {
        kind: "negTokenResp",
        negState: { code: 9, name: null },
        supportedMech: null,
        responseToken: null,
        mechListMic: null,
        others: [],
      },
      "a1073005a0030a0109",
    ],
    [
      "an answer without a state",
      {
        kind: "negTokenResp",
        negState: null,
        supportedMech: null,
        responseToken: TOKEN,
        mechListMic: null,
        others: [],
      },
      "a1093007a2050403010203",
    ],
  ] satisfies readonly (readonly [string, NegTokenInit | NegTokenResp, string])[])(
    "carries %s",
    (_, token, hex) => {
      expect(toHex(encodeSpnego(token))).toBe(hex);
      expect(decodeSpnego(fromHex(hex))).toEqual({ status: "done", value: token, size: hex.length / 2 });
    },
  );

  it.each([
    ["NegTokenInit", FULL_INIT],
    ["NegTokenResp", FULL_RESP],
  ])("%s with all fields is the same however it is cut", (_, token) => {
    const bytes = encodeSpnego(token);
    expect(decodeSpnego(bytes)).toMatchObject({ status: "done", value: token });
    expectSameUnderEveryCut(decodeSpnego, bytes);
  });

  it.each([
    ["a bare Kerberos message", "6e03020105", "initialContextToken", 0, "tag 0x6e where 0x60 is wanted"],
    ["another mechanism", "600b06092a864886f712010202", "initialContextToken.thisMech", 0, "not SPNEGO"],
    [
      "nothing behind the mechanism",
      "600806062b0601050502",
      "negTokenInit",
      0,
      "not one sequence in an explicit tag",
    ],
    [
      "a response in a context token",
      "600c06062b0601050502a1023000",
      "negTokenInit",
      10,
      "tag 0xa1 where 0xa0 is wanted",
    ],
    [
      "a mechanism that is no OBJECT IDENTIFIER",
      "601206062b0601050502a0083006a0043002 0500",
      "negTokenInit.mechTypes",
      18,
      "tag 0x05 where 0x06 is wanted",
    ],
    ["no sequence", "a100", "negTokenResp", 0, "not one sequence in an explicit tag"],
    ["two sequences", "a10430003000", "negTokenResp", 0, "not one sequence in an explicit tag"],
    ["a state of two bytes", "a1083006a0040a020001", "negTokenResp.negState", 0, "2 bytes where 1 is wanted"],
    [
      "a token that is no OCTET STRING",
      "a1063004a2020500",
      "negTokenResp.responseToken",
      6,
      "tag 0x05 where 0x04 is wanted",
    ],
    [
      "fields out of order",
      "a10b3009a2020400a0030a0101",
      "negTokenResp.negState",
      8,
      "field [0] after field [2]",
    ],
  ])("%s is a fault that names field and offset", (_, hex, field, offset, reason) => {
    expect(decodeSpnego(fromHex(hex))).toEqual({ status: "bad", fault: { field, offset, reason } });
  });

  it("whatever decodes encodes to the same bytes", () => {
    const seeds = mutated(
      encodeSpnego(FULL_INIT),
      encodeSpnego(FULL_RESP),
      encodeSpnego(negTokenResp(TOKEN)),
    );
    fc.assert(
      fc.property(seeds, (bytes) => {
        expectNoClaimBeyond(decodeSpnego, bytes);
        const result = decodeSpnego(bytes);
        if (result.status === "done") {
          expect(toHex(encodeSpnego(result.value))).toBe(toHex(bytes.subarray(0, result.size)));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("knows NTLMSSP and Kerberos by name", () => {
    expect([MECH_NAMES[NTLMSSP], MECH_NAMES[KERBEROS]]).toEqual(["NTLMSSP", "Kerberos"]);
  });
});

describe("the NTLM message in a negoToken", () => {
  it.each([
    ["a bare message", CHALLENGE_V2],
    ["a NegTokenResp", encodeSpnego(negTokenResp(CHALLENGE_V2))],
    ["a NegTokenInit", encodeSpnego(negTokenInit(CHALLENGE_V2))],
  ])("is found in %s", (_, token) => {
    expect(ntlmMessageIn(token)).toEqual({ status: "done", value: CHALLENGE_V2, size: token.length });
  });

  it.each([
    ["a Kerberos token", encodeSpnego(FULL_RESP)],
    ["a rejection", fromHex("a1073005a0030a0102")],
  ])("is not in %s", (_, token) => {
    expect(ntlmMessageIn(token)).toEqual({ status: "done", value: null, size: token.length });
  });

  it("a token that is cut is a fault", () => {
    expect(ntlmMessageIn(fromHex("a1073005a0"))).toEqual({
      status: "bad",
      fault: { field: "negoToken", offset: 5, reason: "4 bytes are missing" },
    });
  });

  it("an empty token is a fault", () => {
    expect(ntlmMessageIn(new Uint8Array(0))).toMatchObject({ status: "bad", fault: { field: "negoToken" } });
  });
});
