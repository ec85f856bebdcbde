/** A certificate's report as the judge gives it, made by hand. */
import type { CertificateReport } from "../../src/verdict/result/result.ts";

/** Self-signed, of no date; certificates are told apart by their digest. */
export const certificateWith = (sha256: string): CertificateReport => ({
  subject: "CN=HOST",
  commonName: "HOST",
  issuer: "CN=HOST",
  serial: "01",
  notBefore: null,
  notAfter: null,
  daysLeft: null,
  selfSigned: true,
  subjectAltNames: [],
  key: null,
  keySha256: null,
  signature: null,
  extendedKeyUsage: null,
  sha1: "00",
  sha256,
  matchesTarget: true,
  chain: [],
});
