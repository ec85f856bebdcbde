/** The law of a certificate's own signature: it verifies where OpenSSL says so, damaged or not. */
import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mintCertificate } from "../../src/lab/certificates/certificates.ts";
import { readCertificate } from "../../src/x509/certificate-facts.ts";

const dates = { notBefore: new Date("2020-01-01"), notAfter: new Date("2060-01-01") };
const authority = mintCertificate({ commonName: "SAME", ca: true, ...dates });

const CERTIFICATES = [
  { what: "SHA-256", der: mintCertificate({ commonName: "HOST", ...dates }).der, isOwn: true },
  { what: "SHA-1", der: mintCertificate({ commonName: "HOST", hash: "sha1", ...dates }).der, isOwn: true },
  { what: "MD5", der: mintCertificate({ commonName: "HOST", hash: "md5", ...dates }).der, isOwn: true },
  { what: "ECDSA", der: mintCertificate({ commonName: "HOST", key: "ec-p256", ...dates }).der, isOwn: true },
  {
    what: "another's, of the same name",
    der: mintCertificate({ commonName: "SAME", issuer: authority, key: "rsa-1024", ...dates }).der,
    isOwn: false,
  },
] as const;

const openSslSays = (der: Uint8Array): boolean | null => {
  try {
    const certificate = new X509Certificate(der);
    return certificate.verify(certificate.publicKey);
  } catch {
    return null;
  }
};

describe("a certificate's own signature", () => {
  it.each(CERTIFICATES)("$what", ({ der, isOwn }) => {
    expect(readCertificate(der).selfSigned).toBe(isOwn);
  });

  it("does not verify where its BIT STRING has unused bits", () => {
    const { der } = CERTIFICATES[0];
    const signatureBytes = 256;
    const changed = der.with(der.length - signatureBytes - 1, 1);
    expect(openSslSays(changed)).toBe(false);
    expect(readCertificate(changed).selfSigned).toBe(false);
  });

  it("is what OpenSSL says of it where a byte is changed", () => {
    let judged = 0;
    fc.assert(
      fc.property(fc.constantFrom(...CERTIFICATES), fc.nat(), fc.nat(255), ({ der }, at, value) => {
        const changed = der.with(at % der.length, value);
        const { selfSigned } = readCertificate(changed);
        const isSameName = readCertificate(changed, false).selfSigned;
        if (isSameName !== true) return;
        judged += 1;
        expect(selfSigned).toBe(openSslSays(changed) !== false);
      }),
      { numRuns: 1000 },
    );
    expect(judged).toBeGreaterThan(500);
  });
});
