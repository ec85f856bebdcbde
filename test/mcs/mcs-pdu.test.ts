import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { decodeDataTpdu, encodeDataTpdu } from "../../src/mcs/data-tpdu.ts";
import {
  decodeDisconnectProviderUltimatum,
  encodeDisconnectProviderUltimatum,
} from "../../src/mcs/disconnect-provider-ultimatum.ts";
import { decodeMcsPdu } from "../../src/mcs/mcs-pdu.ts";
import { expectNoClaimBeyond, expectSameUnderEveryCut } from "../support/codec-laws.ts";
import { mutated } from "../credssp/mutation.ts";
import { SPECIFIED_CONNECT_INITIAL, SPECIFIED_CONNECT_RESPONSE } from "./examples.ts";

const DISCONNECT = fromHex("0300000902f0802180");

describe("MCS Disconnect Provider Ultimatum ([T.125] 7)", () => {
  it.each([
    [0, "rn-domain-disconnected", "2000"],
    [1, "rn-provider-initiated", "2080"],
    [2, "rn-token-purged", "2100"],
    [3, "rn-user-requested", "2180"],
    [4, "rn-channel-purged", "2200"],
    [7, null, "2380"],
  ])("reason %i is %s", (code, name, hex) => {
    const bytes = fromHex(`0300000902f080${hex}`);
    expect(toHex(encodeDisconnectProviderUltimatum(code))).toBe(toHex(bytes));
    expect(decodeDisconnectProviderUltimatum(bytes)).toEqual({
      status: "done",
      value: { kind: "disconnect-provider-ultimatum", reason: { code, name } },
      size: 9,
    });
  });

  it("is polite by default", () => {
    expect(encodeDisconnectProviderUltimatum()).toEqual(DISCONNECT);
  });

  it("is the same however the network cuts it", () => {
    expectSameUnderEveryCut(decodeDisconnectProviderUltimatum, DISCONNECT);
  });

  it.each([
    ["another PDU", "0300000902f0802800", "disconnectProviderUltimatum", 7, "another PDU of DomainMCSPDU"],
    ["half a reason", "0300000802f08021", "disconnectProviderUltimatum.reason", 7, "2 bytes wanted, 1 left"],
    [
      "bits in its padding",
      "0300000902f0802181",
      "disconnectProviderUltimatum.reason",
      8,
      "padding that is not zero",
    ],
    ["a byte too many", "0300000a02f080218000", "disconnectProviderUltimatum", 9, "1 bytes left over"],
  ])("%s is a fault that names field and offset", (_, hex, field, offset, reason) => {
    expect(decodeDisconnectProviderUltimatum(fromHex(hex))).toEqual({
      status: "bad",
      fault: { field, offset, reason },
    });
  });
});

describe("MCS PDU of the basic settings exchange ([MS-RDPBCGR] 1.3.1.1)", () => {
  it.each([
    ["connect-initial", SPECIFIED_CONNECT_INITIAL],
    ["connect-response", SPECIFIED_CONNECT_RESPONSE],
    ["disconnect-provider-ultimatum", DISCONNECT],
    ["other", fromHex("0300000802f08028")],
  ])("a %s is told by its first bytes", (kind, bytes) => {
    expect(decodeMcsPdu(bytes)).toMatchObject({ status: "done", value: { kind }, size: bytes.length });
    expectSameUnderEveryCut(decodeMcsPdu, bytes);
  });

  it("a fast-path PDU is a fault at its first byte", () => {
    expect(decodeMcsPdu(Uint8Array.of(0x00, 0x08))).toMatchObject({
      status: "bad",
      fault: { field: "tpkt.version", offset: 0 },
    });
  });

  it("arbitrary bytes never throw", () => {
    fc.assert(
      fc.property(mutated(SPECIFIED_CONNECT_RESPONSE, SPECIFIED_CONNECT_INITIAL, DISCONNECT), (bytes) => {
        expectNoClaimBeyond(decodeMcsPdu, bytes);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("TPKT with an X.224 Data TPDU (RFC 1006 6, [X.224] 13.7)", () => {
  it("carries up to 65528 bytes", () => {
    const payload = new Uint8Array(65528).fill(1);
    expect(decodeDataTpdu(encodeDataTpdu(payload))).toEqual({ status: "done", value: payload, size: 65535 });
    expect(() => encodeDataTpdu(new Uint8Array(65529))).toThrow(RangeError);
  });

  it.each([
    ["03000008", { status: "need", bytes: 3 }],
    ["03000009 02f080", { status: "need", bytes: 2 }],
    [
      "0301",
      { status: "bad", fault: { field: "tpkt.reserved", offset: 1, reason: "0x01 where 0x00 is wanted" } },
    ],
    [
      "03000003",
      {
        status: "bad",
        fault: { field: "tpkt.length", offset: 2, reason: "length 3 leaves no room for a PDU" },
      },
    ],
  ])("%s gives a value of its own", (hex, expected) => {
    expect(decodeDataTpdu(fromHex(hex))).toEqual(expected);
  });
});
