import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../../src/bytes/hex.ts";
import { ALERTS, alertName, decodeAlert, encodeAlert } from "../../../src/tls/wire/alert.ts";
import { expectSameUnderEveryCut } from "../../support/codec-laws.ts";
import { anyByte } from "../arbitraries.ts";
import { expectRoundTrip } from "../expectations.ts";

describe("Alert (RFC 8446 6)", () => {
  it.each([
    ["0228", 2, 40, "handshake_failure"],
    ["0246", 2, 70, "protocol_version"],
    ["0247", 2, 71, "insufficient_security"],
    ["0250", 2, 80, "internal_error"],
    ["0231", 2, 49, "access_denied"],
    ["0170", 1, 112, "unrecognized_name"],
    ["0100", 1, 0, "close_notify"],
    ["07fe", 7, 254, null],
  ])("%s is level %i, description %i, %s", (hex, level, description, name) => {
    const bytes = fromHex(hex);
    expect(decodeAlert(bytes)).toEqual({ status: "done", value: { level, description }, size: 2 });
    expect(alertName(description)).toBe(name);
    expectSameUnderEveryCut(decodeAlert, bytes);
  });

  it("unknown numbers survive", () => {
    expectRoundTrip(
      { decode: decodeAlert, encode: encodeAlert },
      fc.record({ level: anyByte, description: anyByte }),
    );
  });

  it("the table has every code once, in order, in snake case", () => {
    const codes = ALERTS.map(({ code }) => code);
    expect(codes).toEqual([...new Set(codes)].sort((a, b) => a - b));
    for (const { name } of ALERTS) expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });
});
