import { describe, expect, it } from "vitest";
import { FAILURE_CODES, failureName } from "../../src/x224/negotiation-failure.ts";
import { RESPONSE_FLAGS, responseFlagIds } from "../../src/x224/negotiation-response.ts";
import { PROTOCOL, PROTOCOLS, protocolIds, selectedProtocolId } from "../../src/x224/protocols.ts";

describe("requestedProtocols ([MS-RDPBCGR] 2.2.1.1.1)", () => {
  it.each([
    [0x00, ["rdp"]],
    [0x01, ["ssl"]],
    [0x0b, ["ssl", "hybrid", "hybrid-ex"]],
    [0x1b, ["ssl", "hybrid", "hybrid-ex", "rdsaad"]],
    [0x1f, ["ssl", "hybrid", "rdstls", "hybrid-ex", "rdsaad"]],
    [0x8000_0001, ["ssl"]],
    [0x8000_0000, []],
  ])("%i names %j, in ascending bit order", (mask, ids) => {
    expect(protocolIds(mask)).toEqual(ids);
  });

  it("has the same bits as constants and as a table", () => {
    expect(Object.values(PROTOCOL)).toEqual(PROTOCOLS.map(({ bit }) => bit));
  });
});

describe("selectedProtocol ([MS-RDPBCGR] 2.2.1.2.1)", () => {
  it.each(PROTOCOLS)("$bit is $id", ({ bit, id }) => {
    expect(selectedProtocolId(bit)).toBe(id);
  });

  it.each([3, 0x0b, 0x20, 0xffff_ffff])("%i is no protocol, since bits cannot be combined", (value) => {
    expect(selectedProtocolId(value)).toBeNull();
  });
});

describe("RDP_NEG_RSP flags ([MS-RDPBCGR] 2.2.1.2.1)", () => {
  it.each([
    [0x00, []],
    [0x01, ["extended-client-data"]],
    [0x07, ["extended-client-data", "dynvc-gfx", "reserved-0x04"]],
    [
      0x1f,
      ["extended-client-data", "dynvc-gfx", "reserved-0x04", "restricted-admin", "redirected-authentication"],
    ],
    [0x21, ["extended-client-data", "unknown-0x20"]],
    [0xc0, ["unknown-0x40", "unknown-0x80"]],
  ])("%i is %j", (flags, ids) => {
    expect(responseFlagIds(flags)).toEqual(ids);
  });

  it.each(RESPONSE_FLAGS)("$bit alone is $id ($name)", ({ bit, id }) => {
    expect(responseFlagIds(bit)).toEqual([id]);
  });
});

describe("RDP_NEG_FAILURE codes ([MS-RDPBCGR] 2.2.1.2.2)", () => {
  it("are numbered from 1 without a gap", () => {
    expect(FAILURE_CODES.map(({ code }) => code)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it.each([
    [0, null],
    [1, "SSL_REQUIRED_BY_SERVER"],
    [2, "SSL_NOT_ALLOWED_BY_SERVER"],
    [3, "SSL_CERT_NOT_ON_SERVER"],
    [4, "INCONSISTENT_FLAGS"],
    [5, "HYBRID_REQUIRED_BY_SERVER"],
    [6, "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER"],
    [7, "ENTRA_AUTH_REQUIRED_BY_SERVER"],
    [8, null],
    [0xffff_ffff, null],
  ])("%i is %s", (code, name) => {
    expect(failureName(code)).toBe(name);
  });
});
