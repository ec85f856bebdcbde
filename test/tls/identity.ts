/** A server's key and certificate, made anew. */
import { type CertificateOptions, mintCertificate } from "../../src/lab/certificates/certificates.ts";

const DAY_MS = 86_400_000;

export interface ServerIdentity {
  readonly key: string;
  readonly cert: string;
  readonly der: Uint8Array;
}

export const makeIdentity = (options: Partial<CertificateOptions> = {}): ServerIdentity => {
  const now = Date.now();
  const minted = mintCertificate({
    commonName: "rdp.example",
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + 90 * DAY_MS),
    ...options,
  });
  return { key: minted.keyPem, cert: minted.chainPem, der: minted.der };
};
