import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWhere } from "../../../support/availability.ts";
import {
  type CertificateFolder,
  type CertificateKind,
  certificatesAvailable,
  LEAF_NAME,
  makeCertificates,
} from "./certificates.ts";
import { opensslCertificates } from "../views/openssl-view.ts";
import { outputOf } from "./processes.ts";

const KEYS: readonly (readonly [CertificateKind, key: string, signature: string, chain: number])[] = [
  ["rsa-2048", "Public-Key: (2048 bit)", "sha256WithRSAEncryption", 1],
  ["expired", "Public-Key: (2048 bit)", "sha256WithRSAEncryption", 1],
  ["not-yet-valid", "Public-Key: (2048 bit)", "sha256WithRSAEncryption", 1],
  ["ec-p256", "NIST CURVE: P-256", "ecdsa-with-SHA256", 1],
  ["rsa-1024-sha1", "Public-Key: (1024 bit)", "sha1WithRSAEncryption", 1],
  ["chain-of-three", "Public-Key: (2048 bit)", "sha256WithRSAEncryption", 3],
  ["ed25519", "ED25519 Public-Key:", "ED25519", 1],
];

describeWhere(certificatesAvailable())("certificate files", () => {
  let certificates: CertificateFolder;

  beforeAll(async () => {
    certificates = await makeCertificates();
  });

  afterAll(() => certificates.remove());

  const chainOf = (kind: CertificateKind) =>
    opensslCertificates(readFileSync(certificates.files[kind].certificateFile, "utf8"));

  it.each(KEYS)(
    "%s has the key %s, the signature %s and %i certificates",
    async (kind, key, signature, size) => {
      const text = await outputOf("openssl", [
        ...["x509", "-noout", "-text", "-in", certificates.files[kind].certificateFile],
      ]);
      const chain = await chainOf(kind);
      expect(text).toContain(key);
      expect(chain).toHaveLength(size);
      expect(chain[0]).toMatchObject({ subject: `CN=${LEAF_NAME}`, signature });
    },
  );

  it("a chain goes from the leaf to a root that signed itself", async () => {
    const [leaf, intermediate, root] = await chainOf("chain-of-three");
    expect([leaf?.issuer, intermediate?.issuer, root?.issuer]).toEqual([
      intermediate?.subject,
      root?.subject,
      root?.subject,
    ]);
  });

  it("expired and not-yet-valid lie on either side of today", async () => {
    const [expired] = await chainOf("expired");
    const [notYetValid] = await chainOf("not-yet-valid");
    expect(expired).toMatchObject({ notBefore: "2020-01-01T00:00:00Z", notAfter: "2021-01-01T00:00:00Z" });
    expect(notYetValid).toMatchObject({
      notBefore: "2040-01-01T00:00:00Z",
      notAfter: "2041-01-01T00:00:00Z",
    });
  });
});
