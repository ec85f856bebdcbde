/** Rules for the leaf certificate's validity. */
import type { CertificateFacts } from "../../x509/certificate-facts.ts";
import { agoText, daysBetween } from "../days-left.ts";
import { type Ruling, ruling } from "./ruling.ts";

/** The ruling on a certificate that is not valid at `now`, or null. */
export const judgeCertificate = (leaf: CertificateFacts | null, now: Date): Ruling | null => {
  if (leaf === null) return null;
  const { notBefore, notAfter } = leaf;
  if (notAfter !== null && notAfter < now) {
    return ruling("certificate-expired", "certificate", `the certificate expired ${ago(now, notAfter)}`, {
      evidence: { notAfter: notAfter.toISOString() },
    });
  }
  if (notBefore !== null && notBefore > now) {
    return ruling(
      "certificate-not-yet-valid",
      "certificate",
      `the certificate is valid only from ${notBefore.toISOString().slice(0, 16).replace("T", " ")} UTC on`,
      { evidence: { notBefore: notBefore.toISOString() } },
    );
  }
  return null;
};

const ago = (now: Date, then: Date): string =>
  `${agoText(daysBetween(now, then))} (${then.toISOString().slice(0, 10)})`;
