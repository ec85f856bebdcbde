import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import {
  decodeCertificate,
  decodeCertificate13,
  encodeCertificate,
  encodeCertificate13,
} from "../../../src/tls/wire/certificate.ts";
import {
  type CertificateRequest,
  decodeCertificateRequest,
  encodeCertificateRequest,
} from "../../../src/tls/wire/certificate-request.ts";
import { anyByte, anyBytes, anyCode, anyExtension } from "../arbitraries.ts";
import { expectRoundTrip, expectTolerance, faultIn, valueIn } from "../expectations.ts";

const anyChain = fc.record({ chain: fc.array(anyBytes(60), { maxLength: 5 }) });

const anyChain13 = fc.record({
  context: anyBytes(10),
  entries: fc.array(
    fc.record({ certificate: anyBytes(60), extensions: fc.array(anyExtension, { maxLength: 2 }) }),
    { maxLength: 4 },
  ),
});

const anyRequest = (
  signatureAlgorithms: fc.Arbitrary<readonly number[] | null>,
): fc.Arbitrary<CertificateRequest> =>
  fc.record({
    certificateTypes: fc.array(anyByte, { maxLength: 5 }),
    signatureAlgorithms,
    authorities: fc.array(anyBytes(40), { maxLength: 4 }),
  });

describe("Certificate of TLS up to 1.2 (RFC 5246 7.4.2)", () => {
  const codec = { decode: decodeCertificate, encode: encodeCertificate };

  it("has the leaf first, in whatever bytes it has", () => {
    const bytes = fromHex("000009 000002 3000 000001 ff");
    expect(valueIn(decodeCertificate(bytes), bytes).chain.map(toHex)).toEqual(["3000", "ff"]);
  });

  it("may be empty", () => {
    expect(decodeCertificate(fromHex("000000"))).toMatchObject({ status: "done", value: { chain: [] } });
  });

  it("encodes to the bytes that it came from", () => {
    expectRoundTrip(codec, anyChain);
    expectTolerance(codec, anyChain.map(encodeCertificate));
  });

  it.each([
    ["a list past the end", "00000a 000002 3000", "certificate.certificate_list", 3],
    ["a certificate past its list", "000005 000009 3000", "certificate.asn1_cert", 6],
    ["bytes behind the list", "000000 00", "certificate", 3],
    ["no list", "0000", "certificate.certificate_list.length", 0],
  ])("%s is a fault that names field and offset", (_, hex, field, offset) => {
    expect(faultIn(decodeCertificate(fromHex(hex)))).toMatchObject({ field, offset });
  });

  it("stops at 100 certificates", () => {
    const chain = Array.from({ length: 101 }, () => new Uint8Array(1));
    expect(faultIn(decodeCertificate(encodeCertificate({ chain })))).toEqual({
      field: "certificate.certificate_list",
      offset: 403,
      reason: "more than 100 certificates",
    });
    expect(decodeCertificate(encodeCertificate({ chain: chain.slice(1) })).status).toBe("done");
  });
});

describe("Certificate of TLS 1.3 (RFC 8446 4.4.2)", () => {
  const codec = { decode: decodeCertificate13, encode: encodeCertificate13 };

  it("encodes to the bytes that it came from", () => {
    expectRoundTrip(codec, anyChain13);
    expectTolerance(codec, anyChain13.map(encodeCertificate13));
  });

  it("has extensions for each certificate", () => {
    const bytes = fromHex("00 00000b 000002 3000 0004 0005 0000");
    expect(valueIn(decodeCertificate13(bytes), bytes).entries).toEqual([
      { certificate: fromHex("3000"), extensions: [{ type: 5, data: new Uint8Array(0) }] },
    ]);
  });
});

describe("CertificateRequest (RFC 5246 7.4.4)", () => {
  it.each([
    [0x0303, fc.array(anyCode, { maxLength: 8 })],
    [0x0302, fc.constant(null)],
    [0x0300, fc.constant(null)],
  ])("of version %i encodes to the bytes that it came from", (version, signatureAlgorithms) => {
    const codec = {
      decode: (body: Uint8Array) => decodeCertificateRequest(body, version),
      encode: encodeCertificateRequest,
    };
    const values = anyRequest(signatureAlgorithms);
    expectRoundTrip(codec, values);
    expectTolerance(codec, values.map(encodeCertificateRequest));
  });

  it("has signature algorithms from TLS 1.2 on", () => {
    const bytes = fromHex("02 0140 0004 04010403 0004 0002 3000");
    expect(valueIn(decodeCertificateRequest(bytes, 0x0303), bytes)).toEqual({
      certificateTypes: [1, 64],
      signatureAlgorithms: [0x0401, 0x0403],
      authorities: [fromHex("3000")],
    });
    expect(decodeCertificateRequest(bytes, 0x0301).status).toBe("bad");
  });
});
