import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:tls";
import { describe, expect, it } from "vitest";
import {
  type CertificateOptions,
  mintCertificate,
  windowsSelfSigned,
} from "../../../../src/lab/certificates/certificates.ts";
import { readCertificate } from "../../../../src/x509/certificate-facts.ts";
import { matchesName } from "../../../../src/x509/matches-name.ts";
import { commandsAvailable, describeWhere } from "../../../support/availability.ts";
import { opensslOpinion, ourOpinion } from "../../x509/openssl.ts";

const NOW = new Date("2026-06-01T12:34:56Z");
const LATER = new Date("2027-06-01T12:34:56Z");
const BASE = { commonName: "host.example", notBefore: NOW, notAfter: LATER } as const;

const KINDS: readonly (readonly [
  name: string,
  options: Partial<CertificateOptions>,
  key: object,
  signature: string,
])[] = [
  ["rsa-512", { key: "rsa-512" }, { type: "rsa", bits: 512 }, "sha256WithRSAEncryption"],
  ["rsa-1024, md5", { key: "rsa-1024", hash: "md5" }, { type: "rsa", bits: 1024 }, "md5WithRSAEncryption"],
  ["rsa-1024, sha1", { key: "rsa-1024", hash: "sha1" }, { type: "rsa", bits: 1024 }, "sha1WithRSAEncryption"],
  ["rsa-2048 by default", {}, { type: "rsa", bits: 2048 }, "sha256WithRSAEncryption"],
  [
    "rsa-3072, sha384",
    { key: "rsa-3072", hash: "sha384" },
    { type: "rsa", bits: 3072 },
    "sha384WithRSAEncryption",
  ],
  ["ec-p256", { key: "ec-p256" }, { type: "ec", curve: "secp256r1" }, "ecdsa-with-SHA256"],
  ["ec-p256, sha1", { key: "ec-p256", hash: "sha1" }, { type: "ec", curve: "secp256r1" }, "ecdsa-with-SHA1"],
  [
    "ec-p384, sha384",
    { key: "ec-p384", hash: "sha384" },
    { type: "ec", curve: "secp384r1" },
    "ecdsa-with-SHA384",
  ],
  ["ed25519", { key: "ed25519" }, { type: "ed25519" }, "ED25519"],
];

/** No signature with RSA-PSS, and so no TLS 1.3, fits into 512 bits. */
const SERVED = KINDS.filter(([name]) => name !== "rsa-512");

describe("a minted certificate", () => {
  it.each(KINDS)("%s says what was asked for and verifies", (_, options, key, signature) => {
    const minted = mintCertificate({ ...BASE, ...options });
    const facts = readCertificate(minted.der);
    expect(facts).toMatchObject({
      subject: "CN=host.example",
      notBefore: NOW,
      notAfter: LATER,
      selfSigned: true,
      key,
      signature: { name: signature },
      extendedKeyUsage: ["serverAuth"],
      unread: [],
    });
    const certificate = new X509Certificate(minted.certificatePem);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(minted.privateKey)).toBe(true);
  });

  it.each(SERVED)("%s serves TLS", async (_, options) => {
    const minted = mintCertificate({ ...BASE, ...options });
    expect(await servedCertificate(minted.chainPem, minted.keyPem)).toEqual(minted.der);
  });

  it("takes names, usages and a serial number", () => {
    const { der } = mintCertificate({
      ...BASE,
      key: "ec-p256",
      subject: [
        ["C", "DE"],
        ["DC", "corp"],
        ["O", "Grün & Söhne"],
        ["emailAddress", "a@example.com"],
      ],
      subjectAltNames: ["DNS:host.example", "DNS:*.corp.example", "IP:192.0.2.7", "IP:2001:db8::1"],
      extendedKeyUsage: ["serverAuth", "msRemoteDesktopAuthentication", "1.2.3.4"],
      keyUsage: ["digitalSignature", "decipherOnly"],
      serial: Uint8Array.of(0xfb),
    });
    const facts = readCertificate(der);
    expect(facts).toMatchObject({
      subject: "CN=host.example,emailAddress=a@example.com,O=Grün & Söhne,DC=corp,C=DE",
      subjectAltNames: ["DNS:host.example", "DNS:*.corp.example", "IP:192.0.2.7", "IP:2001:db8::1"],
      extendedKeyUsage: ["serverAuth", "msRemoteDesktopAuthentication", "1.2.3.4"],
      keyUsage: ["digitalSignature", "decipherOnly"],
      serial: "-05",
      unread: [],
    });
    expect(matchesName(facts, "192.0.2.7")).toBe(true);
  });

  it("leaves usages out for null", () => {
    const { der } = mintCertificate({ ...BASE, key: "ec-p256", keyUsage: null, extendedKeyUsage: null });
    expect(readCertificate(der)).toMatchObject({ keyUsage: null, extendedKeyUsage: null });
  });

  it("has a serial number of its own, positive, each time", () => {
    const serials = Array.from(
      { length: 20 },
      () => readCertificate(mintCertificate({ ...BASE, key: "ec-p256" }).der).serial,
    );
    expect(new Set(serials).size).toBe(20);
    for (const serial of serials) expect(serial).toMatch(/^[0-9a-f]{32}$/);
  });

  it("shares one key of a kind unless it is to be fresh", () => {
    const [first, second, fresh] = [{}, {}, { freshKey: true }].map(
      (options) => mintCertificate({ ...BASE, key: "ec-p256", ...options }).keyPem,
    );
    expect(second).toBe(first);
    expect(fresh).not.toBe(first);
  });

  it.each([
    [{ key: "ec-p256", hash: "md5" }, "ECDSA with MD5 has no OID"],
    [{ extendedKeyUsage: ["serverauth"] }, "no OID for serverauth"],
    [{ subjectAltNames: ["IP:300.0.0.1"] }, "IP:300.0.0.1 is neither DNS:name nor IP:address"],
    [{ subjectAltNames: ["host"] }, "host is neither DNS:name nor IP:address"],
  ] as const)("cannot be made of %j", (options, reason) => {
    expect(() => mintCertificate({ ...BASE, ...options })).toThrow(new RangeError(`certificate: ${reason}`));
  });
});

describe("a chain", () => {
  const root = mintCertificate({
    ...BASE,
    commonName: "Root",
    key: "ec-p384",
    hash: "sha384",
    ca: true,
    freshKey: true,
  });
  const middle = mintCertificate({ ...BASE, commonName: "Issuing", key: "rsa-2048", ca: true, issuer: root });
  const leaf = mintCertificate({
    ...BASE,
    key: "ec-p256",
    issuer: middle,
    subjectAltNames: ["DNS:host.example"],
  });

  it("goes from the leaf to the root, each signed by the next", () => {
    expect(leaf.chain).toEqual([leaf.der, middle.der, root.der]);
    expect(leaf.chainPem).toBe(leaf.certificatePem + middle.certificatePem + root.certificatePem);
    const certificates = leaf.chain.map((der) => new X509Certificate(der));
    for (const [at, certificate] of certificates.entries()) {
      const issuer = certificates[at + 1] ?? certificate;
      expect(certificate.verify(issuer.publicKey)).toBe(true);
      expect(certificate.checkIssued(issuer)).toBe(true);
    }
    expect(leaf.chain.map((der) => readCertificate(der).selfSigned)).toEqual([false, false, true]);
    expect(leaf.chain.map((der) => readCertificate(der).basicConstraintsCa)).toEqual([null, true, true]);
  });

  it("is trusted by a client that trusts the root, at a date within it", async () => {
    const [now, later] = [new Date(Date.now() - 60_000), new Date(Date.now() + 3_600_000)];
    const valid = { notBefore: now, notAfter: later };
    const ca = mintCertificate({ ...valid, commonName: "CA", key: "ec-p256", ca: true, freshKey: true });
    const host = mintCertificate({
      ...valid,
      commonName: "h",
      key: "ec-p384",
      issuer: ca,
      subjectAltNames: ["DNS:localhost"],
    });
    expect(await servedCertificate(host.chainPem, host.keyPem, ca.certificatePem)).toEqual(host.der);
  });
});

describe("what Windows makes itself", () => {
  it("is one CN, 183 days, RSA 2048, SHA-256, serverAuth, no alternative name", () => {
    const facts = readCertificate(windowsSelfSigned("FUSION-DC", NOW).der);
    expect(facts).toMatchObject({
      version: 3,
      subject: "CN=FUSION-DC",
      issuer: "CN=FUSION-DC",
      selfSigned: true,
      singleCommonName: true,
      subjectAltNames: [],
      key: { type: "rsa", bits: 2048 },
      signature: { name: "sha256WithRSAEncryption" },
      extendedKeyUsage: ["serverAuth"],
      keyUsage: ["keyEncipherment", "dataEncipherment"],
      basicConstraintsCa: null,
      notBefore: NOW,
    });
    expect(Number(facts.notAfter) - Number(facts.notBefore)).toBe(183 * 86_400_000);
  });
});

describeWhere(commandsAvailable("openssl"))("minted certificates, read by openssl", () => {
  it.each(KINDS)("%s", (_, options) => {
    const { der } = mintCertificate({ ...BASE, ...options, keyUsage: ["digitalSignature", "cRLSign"] });
    expect(ourOpinion(readCertificate(der))).toEqual(opensslOpinion(der));
  });
});

const HANDSHAKE_TIMEOUT_MS = 5_000;

/** What a TLS client gets from a server on loopback; with `ca`, the client verifies it for `localhost`. */
const servedCertificate = async (cert: string, key: string, ca?: string): Promise<Uint8Array> => {
  const ciphers = "ALL:@SECLEVEL=0";
  const server = createServer({ cert, key, ciphers, handshakeTimeout: HANDSHAKE_TIMEOUT_MS });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the server has no port");
    const trust = ca === undefined ? { rejectUnauthorized: false } : { ca, servername: "localhost" };
    const socket = connect({
      host: "127.0.0.1",
      port: address.port,
      ciphers,
      timeout: HANDSHAKE_TIMEOUT_MS,
      ...trust,
    });
    await once(socket, "secureConnect");
    const served = Uint8Array.from(socket.getPeerCertificate().raw);
    socket.destroy();
    return served;
  } finally {
    server.close();
  }
};
