import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../../src/bytes/hex.ts";
import {
  decodeHandshakeMessage,
  encodeHandshakeMessage,
  HANDSHAKE_TYPE,
} from "../../../src/tls/wire/handshake-message.ts";
import { expectSameUnderEveryCut } from "../../support/codec-laws.ts";
import { anyByte, anyBytes } from "../arbitraries.ts";
import { expectRoundTrip, expectTolerance, faultIn } from "../expectations.ts";

const CODEC = { decode: decodeHandshakeMessage, encode: encodeHandshakeMessage };

const anyMessage = fc.record({ type: anyByte, body: anyBytes(200) });

describe("Handshake message (RFC 8446 4)", () => {
  it("has a type and a body", () => {
    expect(decodeHandshakeMessage(fromHex("0e 000000"))).toEqual({
      status: "done",
      value: { type: HANDSHAKE_TYPE.serverHelloDone, body: new Uint8Array(0) },
      size: 4,
    });
  });

  it.each([
    ["no body", "0e 000000"],
    ["an unknown type", "c8 000003 010203"],
    ["260 bytes", `0b 000104 ${"cd".repeat(260)}`],
    ["a length over the limit", "0b 040001"],
  ])("is the same under every cut: %s", (_, hex) => {
    expectSameUnderEveryCut(decodeHandshakeMessage, fromHex(hex));
  });

  it("a length over 256 KiB is a fault before any of it has come", () => {
    expect(faultIn(decodeHandshakeMessage(fromHex("0b ffffff")))).toEqual({
      field: "handshake.length",
      offset: 1,
      reason: "length 16777215 is over the limit of 262144",
    });
  });

  it("encodes to the bytes that it came from", () => {
    expectRoundTrip(CODEC, anyMessage);
    expectTolerance(CODEC, anyMessage.map(encodeHandshakeMessage));
  });
});
