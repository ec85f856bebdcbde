import { createHash, X509Certificate } from "node:crypto";
import { expect, it } from "vitest";
import { mintCertificate } from "../../../src/lab/certificates/certificates.ts";
import { type CertificateFacts, readCertificate } from "../../../src/x509/certificate-facts.ts";
import type { KeyFacts } from "../../../src/x509/public-key.ts";
import type { SignatureFacts } from "../../../src/x509/signature-algorithm.ts";
import { commandsAvailable, describeWhere } from "../../support/availability.ts";
import { dsaByOpenssl, opensslOpinion, ourOpinion, selfSignedByOpenssl } from "./openssl.ts";

const describeWithOpenssl = describeWhere(commandsAvailable("openssl"));

const RSA = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"] as const;
const SMALL_RSA = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"] as const;
const curve = (name: string): readonly string[] => [
  "-algorithm",
  "EC",
  "-pkeyopt",
  `ec_paramgen_curve:${name}`,
];
const PSS = ["-sigopt", "rsa_padding_mode:pss"] as const;

const KEYS: readonly {
  readonly name: string;
  readonly genpkey: readonly string[];
  readonly request?: readonly string[];
  readonly key: Partial<KeyFacts>;
  readonly signature: Partial<SignatureFacts>;
}[] = [
  {
    name: "RSA 2048, SHA-256",
    genpkey: RSA,
    key: { type: "rsa", bits: 2048, curve: null, exponent: 65537 },
    signature: { name: "sha256WithRSAEncryption", hash: "sha256" },
  },
  {
    name: "RSA 1024, MD5",
    genpkey: SMALL_RSA,
    request: ["-md5"],
    key: { type: "rsa", bits: 1024 },
    signature: { name: "md5WithRSAEncryption", hash: "md5" },
  },
  {
    name: "RSA 1025, SHA-1, exponent 3",
    genpkey: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1025", "-pkeyopt", "rsa_keygen_pubexp:3"],
    request: ["-sha1"],
    key: { type: "rsa", bits: 1025, exponent: 3 },
    signature: { name: "sha1WithRSAEncryption", hash: "sha1" },
  },
  ...(["sha224", "sha384", "sha512"] as const).map((hash) => ({
    name: `RSA 1024, ${hash}`,
    genpkey: SMALL_RSA,
    request: [`-${hash}`],
    key: { type: "rsa" as const },
    signature: { name: `${hash}WithRSAEncryption`, hash },
  })),
  {
    name: "RSA signing with PSS and SHA-256",
    genpkey: RSA,
    request: ["-sha256", ...PSS],
    key: { type: "rsa" },
    signature: { name: "rsassaPss", hash: "sha256" },
  },
  {
    name: "RSA signing with PSS and the default hash, SHA-1",
    genpkey: RSA,
    request: ["-sha1", ...PSS, "-sigopt", "rsa_pss_saltlen:20"],
    key: { type: "rsa" },
    signature: { name: "rsassaPss", hash: "sha1" },
  },
  {
    name: "a key for RSA-PSS only",
    genpkey: ["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"],
    request: ["-sha384"],
    key: { type: "rsa-pss", bits: 2048, exponent: 65537 },
    signature: { name: "rsassaPss", hash: "sha384" },
  },
  ...(
    [
      ["P-256", "secp256r1", 256],
      ["P-384", "secp384r1", 384],
      ["P-521", "secp521r1", 521],
      ["secp256k1", "secp256k1", 256],
      ["brainpoolP384r1", "brainpoolP384r1", 384],
    ] as const
  ).map(([name, group, bits]) => ({
    name: `EC ${name}`,
    genpkey: curve(name),
    key: { type: "ec" as const, curve: group, bits },
    signature: { name: "ecdsa-with-SHA256", hash: "sha256" as const },
  })),
  {
    name: "EC with explicit parameters",
    genpkey: [...curve("P-256"), "-pkeyopt", "ec_param_enc:explicit"],
    key: { type: "ec", curve: null, bits: 256 },
    signature: { name: "ecdsa-with-SHA256" },
  },
  {
    name: "EC, SHA-1",
    genpkey: curve("P-256"),
    request: ["-sha1"],
    key: { type: "ec" },
    signature: { name: "ecdsa-with-SHA1", hash: "sha1" },
  },
  {
    name: "EC, SHA-512",
    genpkey: curve("P-384"),
    request: ["-sha512"],
    key: { type: "ec" },
    signature: { name: "ecdsa-with-SHA512", hash: "sha512" },
  },
  {
    name: "Ed25519",
    genpkey: ["-algorithm", "ED25519"],
    key: { type: "ed25519", bits: 256, curve: null },
    signature: { name: "ED25519", hash: null },
  },
  {
    name: "Ed448",
    genpkey: ["-algorithm", "ED448"],
    key: { type: "ed448", bits: 456, curve: null },
    signature: { name: "ED448", hash: null },
  },
];

describeWithOpenssl(
  "a certificate ([RFC 5280] 4.1) of every kind of key, against openssl and node:crypto",
  () => {
    it.each(KEYS)("$name", ({ genpkey, request = [], key, signature }) => {
      const der = selfSignedByOpenssl(genpkey, ["-subj", "/CN=HOST", ...request]);
      const facts = readCertificate(der);
      expect(facts.unread).toEqual([]);
      expect(facts.key).toMatchObject(key);
      expect(facts.signature).toMatchObject(signature);
      expect(facts.selfSigned).toBe(true);
      expect(facts.der).toEqual(der);
      expectAgreement(facts);
    });

    it("a curve that has no name here is its OID, without a size", () => {
      const facts = readCertificate(
        selfSignedByOpenssl(curve("wap-wsg-idm-ecid-wtls7"), ["-subj", "/CN=HOST"]),
      );
      expect(facts.key).toMatchObject({ type: "ec", curve: "2.23.43.1.4.7", bits: null });
      expect(facts.selfSigned).toBe(true);
    });

    it("DSA", () => {
      const facts = readCertificate(dsaByOpenssl());
      expect(facts.key).toMatchObject({ type: "dsa", bits: 1024, curve: null });
      expect(facts.signature).toMatchObject({ name: "dsa_with_SHA256", hash: "sha256" });
      expect(facts.unread).toEqual([]);
      expectAgreement(facts);
    });
  },
);

describeWithOpenssl("names, serial numbers and extensions, against openssl and node:crypto", () => {
  const EC = curve("P-256");

  it.each([
    ["one CN", "/CN=HOST", "CN=HOST", "HOST"],
    ["several RDNs", "/C=DE/O=Example/CN=host", "CN=host,O=Example,C=DE", "host"],
    [
      "two CNs, of which the last is the most specific",
      "/CN=first/CN=second",
      "CN=second,CN=first",
      "second",
    ],
    ["a multi-valued RDN", "/CN=SERVR+L=TURNBKL", null, "SERVR"],
    [
      "every character that is escaped",
      '/O=a,b\\+"c"<d>;e\\\\/CN=#x ',
      'CN=\\#x\\ ,O=a\\,b\\+\\"c\\"\\<d\\>\\;e\\\\',
      "#x ",
    ],
    ["a leading space", "/CN= x", "CN=\\ x", " x"],
    ["one space", "/CN= ", "CN=\\ ", " "],
    ["control characters", "/CN=a\tb\u0007", "CN=a\\09b\\07", "a\tb\u0007"],
    ["characters beyond ASCII", "/CN=Zürich-東京-🖥", "CN=Zürich-東京-🖥", "Zürich-東京-🖥"],
    ["domain components", "/DC=corp/DC=fusion/CN=DC01", "CN=DC01,DC=fusion,DC=corp", "DC01"],
    [
      "a mail address and a user id",
      "/UID=u1/emailAddress=a@example.com",
      "emailAddress=a@example.com,UID=u1",
      null,
    ],
    ["no RDN at all", "/", "", null],
  ])("subject with %s", (_, subj, subject, commonName) => {
    const facts = readCertificate(selfSignedByOpenssl(EC, ["-utf8", "-multivalue-rdn", "-subj", subj]));
    if (subject !== null) expect(facts.subject).toBe(subject);
    expect(facts.commonName).toBe(commonName);
    expect(facts.unread).toEqual([]);
    expectAgreement(facts);
  });

  it.each([
    ["0", "00"],
    ["1", "01"],
    ["127", "7f"],
    ["128", "80"],
    ["0x80ff", "80ff"],
    ["-1", "-01"],
    ["-5", "-05"],
    ["-128", "-80"],
    ["-256", "-0100"],
    ["-0x8000000000000000", "-8000000000000000"],
    ["0xffeeddccbbaa99887766554433221100ffeeddcc", "ffeeddccbbaa99887766554433221100ffeeddcc"],
  ])("serial number %s", (number, serial) => {
    const facts = readCertificate(selfSignedByOpenssl(EC, ["-subj", "/CN=x", "-set_serial", number]));
    expect(facts.serial).toBe(serial);
    expectAgreement(facts);
  });

  it("subjectAltName of every form", () => {
    const names = [
      "DNS:host.example",
      "DNS:*.corp.example",
      "IP:192.0.2.7",
      "IP:2001:db8::1",
      "IP:::",
      "IP:fe80::1:0:0:1",
      "email:a@example.com",
      "URI:https://example.com/x",
      "RID:1.2.3.4",
    ];
    const facts = withExtensions(
      `subjectAltName=${names.join(",")},otherName:1.3.6.1.4.1.311.20.2.3;UTF8:u@x`,
    );
    expect(facts.subjectAltNames).toEqual([...names, "otherName:1.3.6.1.4.1.311.20.2.3"]);
    expectAgreement(facts);
    const alternative = new X509Certificate(facts.der).subjectAltName ?? "";
    expect(alternative.split(", ").filter((name) => name.startsWith("DNS:"))).toEqual(names.slice(0, 2));
  });

  it.each([
    ["serverAuth", ["serverAuth"]],
    ["serverAuth,clientAuth", ["serverAuth", "clientAuth"]],
    ["1.3.6.1.4.1.311.54.1.2", ["msRemoteDesktopAuthentication"]],
    ["anyExtendedKeyUsage,OCSPSigning", ["anyExtendedKeyUsage", "OCSPSigning"]],
    ["1.2.3.4.5,critical,codeSigning", ["1.2.3.4.5"]],
  ])("extKeyUsage %s", (value, names) => {
    const [usages] = value.split(",critical");
    const facts = withExtensions(`extendedKeyUsage=${usages}`);
    expect(facts.extendedKeyUsage).toEqual(names);
    expect(new X509Certificate(facts.der).keyUsage).toHaveLength(names.length);
  });

  it.each([
    ["digitalSignature"],
    ["keyEncipherment,dataEncipherment"],
    ["keyAgreement,decipherOnly"],
    [
      "digitalSignature,nonRepudiation,keyEncipherment,dataEncipherment,keyAgreement,keyCertSign,cRLSign,encipherOnly",
    ],
  ])("keyUsage %s", (value) => {
    const facts = withExtensions(`keyUsage=critical,${value}`);
    expect(facts.keyUsage).toEqual(value.split(","));
    expectAgreement(facts);
  });

  it.each([
    ["critical,CA:TRUE,pathlen:0", true],
    ["CA:FALSE", false],
  ])("basicConstraints %s", (value, ca) => {
    const facts = withExtensions(`basicConstraints=${value}`);
    expect(facts.basicConstraintsCa).toBe(ca);
    expectAgreement(facts);
  });

  const withExtensions = (...extensions: readonly string[]): CertificateFacts =>
    readCertificate(
      selfSignedByOpenssl(EC, ["-subj", "/CN=x", ...extensions.flatMap((one) => ["-addext", one])]),
    );
});

describeWithOpenssl("validity ([RFC 5280] 4.1.2.5), against openssl", () => {
  it.each([
    ["a year", "2026-01-02T03:04:05Z", "2027-01-02T03:04:05Z"],
    ["the end before the start", "2026-01-02T03:04:05Z", "2025-01-01T00:00:00Z"],
    ["UTCTime's first and last moment", "1950-01-01T00:00:00Z", "2049-12-31T23:59:59Z"],
    ["GeneralizedTime's first and last moment", "2050-01-01T00:00:00Z", "9999-12-31T23:59:59Z"],
    ["GeneralizedTime before UTCTime's", "1901-01-01T00:00:00Z", "1949-12-31T23:59:59Z"],
    ["a leap day", "2024-02-29T12:00:00Z", "2028-02-29T12:00:00Z"],
  ])("%s", (_, notBefore, notAfter) => {
    const { der } = mintCertificate({
      commonName: "host",
      key: "ec-p256",
      notBefore: new Date(notBefore),
      notAfter: new Date(notAfter),
    });
    const facts = readCertificate(der);
    expect(facts.notBefore).toEqual(new Date(notBefore));
    expect(facts.notAfter).toEqual(new Date(notAfter));
    expectAgreement(facts);
  });
});

const expectAgreement = (facts: CertificateFacts): void => {
  expect(ourOpinion(facts)).toEqual(opensslOpinion(facts.der));
  const theirs = new X509Certificate(facts.der);
  expect(facts.sha1).toBe(theirs.fingerprint.replaceAll(":", "").toLowerCase());
  expect(facts.sha256).toBe(theirs.fingerprint256.replaceAll(":", "").toLowerCase());
  const spki = theirs.publicKey.export({ type: "spki", format: "der" });
  expect(facts.keySha256).toBe(createHash("sha256").update(spki).digest("hex"));
  expect(facts.basicConstraintsCa ?? false).toBe(theirs.ca);
  expect(facts.key?.type).toBe(theirs.publicKey.asymmetricKeyType);
  expect(facts.selfSigned).toBe(theirs.verify(theirs.publicKey));
};
