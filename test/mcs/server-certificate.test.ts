import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import {
  decodeServerCertificate,
  encodeServerCertificate,
  type ProprietaryCertificate,
  type X509Chain,
} from "../../src/mcs/server-certificate.ts";
import { expectNoClaimBeyond } from "../support/codec-laws.ts";
import { mutated } from "../credssp/mutation.ts";
import { SPECIFIED_CONNECT_RESPONSE } from "./examples.ts";

const SPECIFIED = SPECIFIED_CONNECT_RESPONSE.subarray(153);

const STRONG: ProprietaryCertificate = {
  kind: "proprietary",
  isTemporary: true,
  signatureAlgorithm: 1,
  keyAlgorithm: 1,
  publicKey: { keyBits: 2048, dataBytes: 255, publicExponent: 65537, modulus: new Uint8Array(264).fill(7) },
  signature: new Uint8Array(72).fill(8),
};

const CHAIN: X509Chain = {
  kind: "x509-chain",
  isTemporary: false,
  certificates: [Uint8Array.of(0x30, 0x00), Uint8Array.of(0x30, 0x01, 0x05)],
  padding: new Uint8Array(16),
};

describe("Server certificate of Standard RDP Security ([MS-RDPBCGR] 2.2.1.4.3.1)", () => {
  it("the example of 4.1.4 is a proprietary one with a key of 512 bits", () => {
    const decoded = decodeServerCertificate(SPECIFIED);
    expect(decoded).toMatchObject({
      status: "done",
      size: 184,
      value: {
        kind: "proprietary",
        isTemporary: false,
        signatureAlgorithm: 1,
        keyAlgorithm: 1,
        publicKey: { keyBits: 512, dataBytes: 63, publicExponent: 65537, modulus: { length: 72 } },
        signature: { length: 72 },
      },
    });
  });

  it.each([
    ["a temporary certificate with a key of 2048 bits", STRONG],
    ["an X.509 chain", CHAIN],
    ["an empty X.509 chain", { ...CHAIN, certificates: [], padding: new Uint8Array(0) }],
  ])("%s encodes and decodes", (_, certificate) => {
    const bytes = encodeServerCertificate(certificate);
    expect(decodeServerCertificate(bytes)).toEqual({
      status: "done",
      value: certificate,
      size: bytes.length,
    });
  });

  it("the certificates of a chain stand with their lengths in little endian", () => {
    expect(toHex(encodeServerCertificate({ ...CHAIN, padding: new Uint8Array(0) }))).toBe(
      "0200000002000000020000003000" + "03000000300105",
    );
  });

  it.each([
    ["no bytes", "", "serverCertificate.dwVersion", 0, "4 bytes wanted, 0 left"],
    ["an unknown version", "03000080", "serverCertificate.dwVersion", 0, "version 3 is not known"],
    [
      "another blob than a key",
      "0100000001000000010000000700",
      "serverCertificate.publicKeyBlobType",
      12,
      "type 7 where 6 is wanted",
    ],
    [
      "another key than RSA's",
      "01000000010000000100000006000400 44535331",
      "rsaPublicKey.magic",
      16,
      "not RSA1",
    ],
    [
      "a modulus beyond its blob",
      "01000000010000000100000006001400 52534131 ffffffff 00020000 3f000000 01000100",
      "rsaPublicKey.modulus",
      36,
      "4294967295 bytes wanted, 0 left",
    ],
    [
      "a blob beyond its modulus",
      "01000000010000000100000006001600 52534131 00000000 00020000 3f000000 01000100 0000",
      "rsaPublicKey",
      36,
      "2 bytes left over",
    ],
    [
      "bytes after the signature",
      "01000000010000000100000006001400 52534131 00000000 00020000 3f000000 01000100 08000000 ff",
      "serverCertificate",
      40,
      "1 bytes left over",
    ],
    [
      "four thousand million certificates",
      "02000000ffffffff00000000",
      "x509CertificateChain.cbCert",
      12,
      "4 bytes wanted, 0 left",
    ],
    [
      "a certificate beyond the end",
      "0200000001000000ffffffff30",
      "x509CertificateChain.abCert",
      12,
      "4294967295 bytes wanted, 1 left",
    ],
  ])("%s is a fault that names field and offset", (_, hex, field, offset, reason) => {
    expect(decodeServerCertificate(fromHex(hex))).toEqual({
      status: "bad",
      fault: { field, offset, reason },
    });
  });

  it("whatever decodes encodes to the same bytes", () => {
    fc.assert(
      fc.property(mutated(SPECIFIED, encodeServerCertificate(CHAIN)), (bytes) => {
        expectNoClaimBeyond(decodeServerCertificate, bytes);
        const decoded = decodeServerCertificate(bytes);
        if (decoded.status === "done")
          expect(toHex(encodeServerCertificate(decoded.value))).toBe(toHex(bytes));
      }),
      { numRuns: 1000 },
    );
  });
});
