import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { hasNtlmFlag, NTLM_FLAG, ntlmFlags } from "../../src/credssp/ntlm-flags.ts";
import {
  decodeNtlmNegotiate,
  encodeNegotiateMessage,
  negotiateMessage,
} from "../../src/credssp/ntlm-negotiate.ts";
import { expectNoClaimBeyond } from "../support/codec-laws.ts";
import { mutated } from "./mutation.ts";

const WITH_NAMES = fromHex(`
  4e544c4d53535000 01000000 073200e2 0600060030000000 0800080028000000 0501280a0000000f
  5354414d50494e47 444f4d41494e`);
const WITHOUT_VERSION = fromHex("4e544c4d53535000 01000000 07020000 0000000000000000 0000000000000000");

describe("NEGOTIATE_MESSAGE ([MS-NLMP] 2.2.1.1)", () => {
  it("tells names, version and flags", () => {
    expect(decodeNtlmNegotiate(WITH_NAMES)).toMatchObject({
      status: "done",
      size: 54,
      value: {
        flags: 0xe2003207,
        domainName: "DOMAIN",
        workstation: "STAMPING",
        version: { major: 5, minor: 1, build: 2600, revision: 15 },
      },
    });
  });

  it("may end after 32 bytes when it has neither version nor names", () => {
    expect(decodeNtlmNegotiate(WITHOUT_VERSION)).toMatchObject({
      status: "done",
      value: { flags: 0x0207, domainName: null, workstation: null, version: null },
    });
  });

  it("a version without its flag stays in the bytes but is not told", () => {
    const bytes = encodeNegotiateMessage(
      negotiateMessage(0x0207, { major: 6, minor: 1, build: 7601, revision: 15 }),
    );
    expect(decodeNtlmNegotiate(bytes)).toMatchObject({ value: { version: null } });
    expect(toHex(bytes.subarray(32))).toBe("0601b11d0000000f");
  });

  it.each([
    [
      "a CHALLENGE_MESSAGE",
      "4e544c4d5353500002000000",
      "negotiate.messageType",
      8,
      "type 2 where 1 is wanted",
    ],
    ["Kerberos", "6082000000000000", "negotiate.signature", 0, "not NTLMSSP"],
    [
      "a header that is cut",
      "4e544c4d53535000010000000702",
      "negotiate.negotiateFlags",
      12,
      "4 bytes wanted, 2 left",
    ],
    [
      "a domain name beyond the end",
      "4e544c4d53535000 01000000 07120000 0100010020000000 0000000000000000",
      "negotiate.domainNameBufferOffset",
      20,
      "1 bytes at offset 32 end beyond the message of 32",
    ],
    [
      "a workstation inside the header",
      "4e544c4d53535000 01000000 07220000 0000000000000000 0100010000000000",
      "negotiate.workstationBufferOffset",
      28,
      "offset 0 is inside the header",
    ],
    [
      "a version that is cut",
      "4e544c4d53535000 01000000 07020002 0000000000000000 0000000000000000 0a00",
      "negotiate.version.productBuild",
      34,
      "2 bytes wanted, 0 left",
    ],
  ])("%s is a fault that names field and offset", (_, hex, field, offset, reason) => {
    expect(decodeNtlmNegotiate(fromHex(hex))).toEqual({ status: "bad", fault: { field, offset, reason } });
  });

  it("whatever decodes encodes to the same bytes", () => {
    fc.assert(
      fc.property(mutated(WITH_NAMES, WITHOUT_VERSION), (bytes) => {
        expectNoClaimBeyond(decodeNtlmNegotiate, bytes);
        const result = decodeNtlmNegotiate(bytes);
        if (result.status === "done") {
          expect(toHex(encodeNegotiateMessage(result.value.message))).toBe(toHex(bytes));
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("NEGOTIATE flags ([MS-NLMP] 2.2.2.5)", () => {
  it("are 22 different single bits", () => {
    const bits = Object.values(NTLM_FLAG);
    expect(new Set(bits).size).toBe(22);
    for (const bit of bits) expect(Math.log2(bit) % 1).toBe(0);
  });

  it("combine to an unsigned number", () => {
    const flags = ntlmFlags("NEGOTIATE_56", "NEGOTIATE_UNICODE");
    expect(flags).toBe(0x80000001);
    expect(hasNtlmFlag(flags, "NEGOTIATE_56")).toBe(true);
    expect(hasNtlmFlag(flags, "NEGOTIATE_OEM")).toBe(false);
  });
});
