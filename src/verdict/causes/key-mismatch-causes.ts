/** Why the key that signs the handshake is not the certificate's. */
import { all, byClient, causeTable, hasEvidence, isVerdict, mayBe, type Sign } from "./cause.ts";

const DECRYPT_ERROR = 51;

/** The signature did not verify: seen here, or said by the client of a capture (RFC 8446 6.2, decrypt_error). */
const mismatch =
  (why: string): Sign["seen"] =>
  (material) =>
    isVerdict("certificate-key-mismatch", why)(material) ??
    all(isVerdict("tls-alert", ""), byClient, hasEvidence("alert", [DECRYPT_ERROR], why))(material);

export const KEY_MISMATCH_CAUSES = causeTable([
  {
    code: "half-renewed-certificate",
    title: "the certificate was renewed or imported, and the key behind it is another (Windows)",
    about:
      "The store holds the new certificate with a link to the key of an older one: a renewal that broke off, an import of the certificate alone, or a copy of the store. The listener then shows one certificate and signs with the key of another.",
    verdicts: ["certificate-key-mismatch", "tls-alert"],
    signs: [
      {
        likelihood: "likely",
        when: "the signature does not verify, and the Connection Confirm is as Windows writes it",
        seen: all(
          mismatch(""),
          mayBe("windows", "the signature is not of the certificate's key; it may be a Windows server"),
        ),
      },
      {
        likelihood: "possible",
        when: "the signature does not verify",
        seen: mismatch("the signature is not of the certificate's key"),
      },
    ],
    findings: [],
    against: "certutil -store says of the bound certificate that its key's test passed",
    basis: "inferred",
    source: "Microsoft KB889651 on restoring the key of a certificate; Win32_TSGeneralSetting",
    remedies: ["test-certificate-key", "bind-new-certificate", "rebuild-rdp-certificate"],
  },
  {
    code: "key-file-of-another-certificate",
    title: "certificate file and key file do not belong together (xrdp, FreeRDP and others)",
    about:
      "One of the two files was replaced and the other was not. OpenSSL notices that when it loads them, and xrdp then does no TLS at all (xrdp-tls-unusable); other libraries and keys in hardware sign all the same.",
    verdicts: ["certificate-key-mismatch", "tls-alert"],
    signs: [
      {
        likelihood: "likely",
        when: "the signature does not verify, and the Connection Confirm is as xrdp writes it",
        seen: all(
          mismatch(""),
          mayBe("xrdp", "the signature is not of the certificate's key; it may be an xrdp server"),
        ),
      },
      {
        likelihood: "likely",
        when: "the signature does not verify, and the Connection Confirm is as FreeRDP's library writes it",
        seen: all(
          mismatch(""),
          mayBe("freerdp", "the signature is not of the certificate's key; it may be a FreeRDP server"),
        ),
      },
      {
        likelihood: "possible",
        when: "the signature does not verify",
        seen: mismatch("two files that do not belong together do the same"),
      },
    ],
    findings: [],
    against: "the public keys of the two files are the same",
    basis: "reported",
    source: "xrdp issues 1857, 1922 and 2297; openssl-x509(1), openssl-pkey(1)",
    remedies: ["check-certificate-files", "check-front-device"],
  },
]);
