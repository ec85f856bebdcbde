import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../../src/bytes/hex.ts";
import { cipherSuiteByName } from "../../../src/tls/tables/cipher-suites.ts";
import {
  decodeServerKeyExchange,
  encodeServerKeyExchange,
  type KeyExchangeSignature,
  type ServerKeyExchange,
  sizeInBits,
} from "../../../src/tls/wire/server-key-exchange.ts";
import { anyBytes, anyCode } from "../arbitraries.ts";
import { expectRoundTrip, expectTolerance, faultIn } from "../expectations.ts";

const signed: fc.Arbitrary<KeyExchangeSignature> = fc.record({ scheme: anyCode, bytes: anyBytes(40) });
const signedBefore12: fc.Arbitrary<KeyExchangeSignature> = fc.record({
  scheme: fc.constant(null),
  bytes: anyBytes(40),
});
const unsigned = fc.constant(null);

type Signature = fc.Arbitrary<KeyExchangeSignature | null>;

const ecdhe = (signature: Signature): fc.Arbitrary<ServerKeyExchange> =>
  fc.record({ kind: fc.constant("ecdhe" as const), group: anyCode, point: anyBytes(97), signature });

const dhe = (signature: Signature): fc.Arbitrary<ServerKeyExchange> =>
  fc.record({
    kind: fc.constant("dhe" as const),
    prime: anyBytes(64),
    generator: anyBytes(2),
    publicValue: anyBytes(64),
    signature,
  });

const rsaExport = (signature: Signature): fc.Arbitrary<ServerKeyExchange> =>
  fc.record({
    kind: fc.constant("rsa-export" as const),
    modulus: anyBytes(64),
    exponent: anyBytes(3),
    signature,
  });

const opaque: fc.Arbitrary<ServerKeyExchange> = fc.record({
  kind: fc.constant("opaque" as const),
  body: anyBytes(40),
});

const decodeFor =
  (suite: string, version: number) =>
  (body: Uint8Array): ReturnType<typeof decodeServerKeyExchange> =>
    decodeServerKeyExchange(body, cipherSuiteByName(suite), version);

describe("ServerKeyExchange (RFC 5246 7.4.3, RFC 8422 5.4)", () => {
  it.each([
    ["ECDHE-RSA-AES256-GCM-SHA384", 0x0303, ecdhe(signed)],
    ["ECDHE-ECDSA-AES128-SHA", 0x0301, ecdhe(signedBefore12)],
    ["AECDH-AES256-SHA", 0x0303, ecdhe(unsigned)],
    ["DHE-RSA-AES256-GCM-SHA384", 0x0303, dhe(signed)],
    ["DHE-DSS-AES256-SHA", 0x0302, dhe(signedBefore12)],
    ["ADH-AES256-SHA", 0x0301, dhe(unsigned)],
    ["EXP-RC4-MD5", 0x0301, rsaExport(signedBefore12)],
    ["PSK-AES128-CBC-SHA", 0x0303, opaque],
    ["a suite that nobody knows", 0x0303, opaque],
  ])("of %s in version %i encodes to the bytes that it came from", (suite, version, values) => {
    const codec = { decode: decodeFor(suite, version), encode: encodeServerKeyExchange };
    expectRoundTrip(codec, values);
    expectTolerance(codec, values.map(encodeServerKeyExchange));
  });

  it("names curve, point and scheme", () => {
    const body = fromHex("03 0018 02 04aa 0804 0001 ff");
    expect(decodeFor("ECDHE-RSA-AES256-GCM-SHA384", 0x0303)(body)).toEqual({
      status: "done",
      value: {
        kind: "ecdhe",
        group: 0x0018,
        point: fromHex("04aa"),
        signature: { scheme: 0x0804, bytes: fromHex("ff") },
      },
      size: body.length,
    });
  });

  it("explicit curves are kept as they are", () => {
    const body = fromHex("01 02 03");
    expect(decodeFor("ECDHE-RSA-AES128-SHA", 0x0301)(body)).toMatchObject({
      value: { kind: "opaque", body },
    });
  });

  it.each([
    ["an unknown curve type", "07 0018 0104", "server_key_exchange.curve_type", 0],
    ["a point past the end", "03 0018 4104", "server_key_exchange.point", 4],
    ["no signature", "03 0018 0104", "server_key_exchange.signature_scheme", 5],
    ["bytes behind the signature", "03 0018 0104 0804 0000 00", "server_key_exchange", 9],
  ])("%s: a fault that names field and offset", (_, hex, field, offset) => {
    expect(faultIn(decodeFor("ECDHE-RSA-AES256-GCM-SHA384", 0x0303)(fromHex(hex)))).toMatchObject({
      field,
      offset,
    });
  });
});

describe("The size of a number in bits", () => {
  it.each([
    ["", 0],
    ["0000", 0],
    ["01", 1],
    ["80", 8],
    ["0080", 8],
    ["0100", 9],
    [`${"ff".repeat(256)}`, 2048],
    [`00${"7f".repeat(128)}`, 1023],
  ])("%s: %i", (hex, bits) => {
    expect(sizeInBits(fromHex(hex))).toBe(bits);
  });
});
