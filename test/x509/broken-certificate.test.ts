import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mintCertificate } from "../../src/lab/certificates/certificates.ts";
import { type CertificateFacts, readCertificate } from "../../src/x509/certificate-facts.ts";
import {
  bitString,
  type CertificateMembers,
  commonName,
  extension,
  generalizedTime,
  handMade,
  integer,
  octetString,
  oid,
  rdn,
  rsaKeyInfo,
  sequence,
  set,
  text,
  tlv,
  utcTime,
  utf8,
} from "./der.ts";

const SAN = "2.5.29.17";
const EKU = "2.5.29.37";
const KU = "2.5.29.15";
/** What costs the square of its size takes minutes; a busy machine some seconds. */
const SLOW_MS = 12_000;

const hashOf = (algorithm: string, der: Uint8Array): string =>
  createHash(algorithm).update(der).digest("hex");
const unreadFields = (facts: CertificateFacts): readonly string[] => facts.unread.map(({ field }) => field);

/** What holds for any bytes at all. */
const expectLaws = (der: Uint8Array): CertificateFacts => {
  const facts = readCertificate(der);
  expect(facts.der).toBe(der);
  expect(facts.sha1).toBe(hashOf("sha1", der));
  expect(facts.sha256).toBe(hashOf("sha256", der));
  for (const date of [facts.notBefore, facts.notAfter]) expect(date?.getTime()).not.toBeNaN();
  for (const { field, reason } of facts.unread) {
    expect(field).toMatch(/^(certificate|tbsCertificate|signatureAlgorithm)(\.[\w[\]]+)*$/);
    expect(reason).toMatch(/^[^A-Z\s].*[^.]$/);
  }
  return facts;
};

describe("a certificate by hand", () => {
  it("is read in full", () => {
    const facts = expectLaws(handMade());
    expect(facts).toMatchObject({
      version: 3,
      serial: "0badcafe",
      subject: "CN=host.example",
      issuer: "CN=issuer.example",
      notBefore: new Date("2026-01-01T00:00:00Z"),
      notAfter: new Date("2027-01-01T00:00:00Z"),
      selfSigned: false,
      singleCommonName: true,
      subjectAltNames: ["DNS:host.example"],
      key: { type: "rsa", bits: 512, exponent: 65537 },
      signature: { name: "sha256WithRSAEncryption" },
      extendedKeyUsage: ["serverAuth"],
      keyUsage: null,
      basicConstraintsCa: null,
      unread: [],
    });
  });

  it("of version 1 has no version field and no extensions", () => {
    const facts = expectLaws(handMade({ version: null, extensions: null }));
    expect(facts).toMatchObject({
      version: 1,
      serial: "0badcafe",
      subjectAltNames: [],
      extendedKeyUsage: null,
    });
    expect(facts.unread).toEqual([]);
  });

  it("with unique identifiers ([RFC 5280] 4.1.2.8) keeps its extensions", () => {
    const identifiers = [...tlv(0x81, [0, 1]), ...tlv(0x82, [0, 2])];
    const facts = expectLaws(
      handMade({
        subjectPublicKeyInfo: Uint8Array.from([
          ...rsaKeyInfo("1.2.840.113549.1.1.1", "00c5"),
          ...identifiers,
        ]),
      }),
    );
    expect(facts.extendedKeyUsage).toEqual(["serverAuth"]);
    expect(facts.unread).toEqual([]);
  });

  it("self-issued with a signature that its key does not confirm is not self-signed", () => {
    const name = commonName("host.example");
    expect(expectLaws(handMade({ issuer: name, subject: name })).selfSigned).toBe(false);
  });

  it("self-issued with a key that node:crypto refuses goes by the names", () => {
    const name = commonName("host.example");
    const facts = expectLaws(
      handMade({ issuer: name, subject: name, subjectPublicKeyInfo: rsaKeyInfo("1.3.14.3.2.15", "00c5") }),
    );
    expect(facts.selfSigned).toBe(true);
  });
});

describe("keys under the OIDs of signatures, as Windows Server 2003 makes them", () => {
  it.each(["1.2.840.113549.1.1.4", "1.3.14.3.2.15", "1.3.14.3.2.29", "2.5.8.1.1"])(
    "%s is RSA",
    (algorithm) => {
      const { key } = expectLaws(
        handMade({ subjectPublicKeyInfo: rsaKeyInfo(algorithm, `00${"d3".repeat(64)}`, "03") }),
      );
      expect(key).toEqual({ type: "rsa", oid: algorithm, bits: 512, curve: null, exponent: 3 });
    },
  );

  it("an algorithm that nobody knows keeps its OID", () => {
    const facts = expectLaws(
      handMade({ subjectPublicKeyInfo: sequence(sequence(oid("1.2.3.4")), bitString([7])) }),
    );
    expect(facts.key).toEqual({ type: "unknown", oid: "1.2.3.4", bits: null, curve: null });
    expect(facts.unread).toEqual([]);
  });

  it("an exponent that no double holds is left out", () => {
    const { key } = expectLaws(
      handMade({ subjectPublicKeyInfo: rsaKeyInfo("1.2.840.113549.1.1.1", "00c5", `7f${"ff".repeat(9)}`) }),
    );
    expect(key).toEqual({ type: "rsa", oid: "1.2.840.113549.1.1.1", bits: 8, curve: null });
  });
});

describe("the string types of a name ([RFC 5280] 4.1.2.4)", () => {
  it.each([
    ["UTF8String", utf8("Zürich"), "Zürich"],
    ["UTF8String with bytes that are no UTF-8", tlv(0x0c, [0x61, 0xff]), "a\ufffd"],
    ["PrintableString", text(0x13, "HOST"), "HOST"],
    ["NumericString", text(0x12, "42"), "42"],
    ["IA5String", text(0x16, "a@b"), "a@b"],
    ["TeletexString, which is ISO 8859-1", tlv(0x14, [0x5a, 0xfc]), "Zü"],
    ["BMPString", tlv(0x1e, [0x00, 0x5a, 0x67, 0x71]), "Z東"],
    ["BMPString with a pair of surrogates", tlv(0x1e, [0xd8, 0x3d, 0xdd, 0xa5]), "🖥"],
    ["BMPString with half a pair", tlv(0x1e, [0xd8, 0x3d, 0x00, 0x41]), "\ufffdA"],
    ["UniversalString", tlv(0x1c, [0, 0, 0, 0x5a, 0, 1, 0xf5, 0xa5]), "Z🖥"],
    ["UniversalString beyond Unicode", tlv(0x1c, [0, 0x11, 0, 0, 0, 0, 0xd8, 0]), "\ufffd\ufffd"],
    ["an empty string", utf8(""), ""],
  ])("%s", (_, value, expected) => {
    const facts = expectLaws(handMade({ subject: sequence(rdn("2.5.4.3", value)) }));
    expect(facts.commonName).toBe(expected);
    expect(facts.unread).toEqual([]);
  });

  it("an attribute of an unknown type, or with a value that is no string, is its DER in hex", () => {
    const subject = sequence(rdn("1.2.3.4", utf8("x")), rdn("2.5.4.3", octetString([1, 2])));
    const facts = expectLaws(handMade({ subject }));
    expect(facts.subject).toBe("CN=#04020102,1.2.3.4=#0c0178");
    expect(facts.commonName).toBeNull();
  });

  it("line separators cannot break a line", () => {
    const { subject } = expectLaws(handMade({ subject: commonName("a\u2028b\u0085c\r\n") }));
    expect(subject).toBe("CN=a\\E2\\80\\A8b\\C2\\85c\\0D\\0A");
  });

  it("two attributes in one RDN are no single common name", () => {
    const attribute = (type: string) => sequence(oid(type), utf8("x"));
    const subject = sequence(set(attribute("2.5.4.3"), attribute("2.5.4.7")));
    expect(expectLaws(handMade({ subject }))).toMatchObject({ subject: "L=x+CN=x", singleCommonName: false });
  });
});

describe("times ([RFC 5280] 4.1.2.5)", () => {
  it.each([
    ["UTCTime", utcTime("491231235959Z"), "2049-12-31T23:59:59Z"],
    ["UTCTime of the last century", utcTime("500101000000Z"), "1950-01-01T00:00:00Z"],
    ["UTCTime without seconds", utcTime("2601020304Z"), "2026-01-02T03:04:00Z"],
    ["UTCTime with an offset", utcTime("260102030405+0130"), "2026-01-02T01:34:05Z"],
    ["GeneralizedTime", generalizedTime("20500101000000Z"), "2050-01-01T00:00:00Z"],
    ["GeneralizedTime before 2050", generalizedTime("20260102030405Z"), "2026-01-02T03:04:05Z"],
    ["GeneralizedTime of the year 1", generalizedTime("00010101000000Z"), "0001-01-01T00:00:00Z"],
    ["GeneralizedTime with a fraction", generalizedTime("20260102030405.25Z"), "2026-01-02T03:04:05.250Z"],
    ["GeneralizedTime with an offset", generalizedTime("20260101000000-0800"), "2026-01-01T08:00:00Z"],
  ])("%s", (_, time, iso) => {
    const facts = expectLaws(handMade({ validity: sequence(time, utcTime("270101000000Z")) }));
    expect(facts.notBefore).toEqual(new Date(iso));
    expect(facts.unread).toEqual([]);
  });

  it.each([
    ["the 30th of February", utcTime("260230000000Z"), "not on the calendar"],
    ["month 13", utcTime("261301000000Z"), "not on the calendar"],
    ["month 0", utcTime("260001000000Z"), "not on the calendar"],
    ["25 o'clock", utcTime("260101250000Z"), "not on the calendar"],
    ["a UTCTime without its zone", utcTime("260101000000"), "not a time"],
    ["a UTCTime with four digits of year", utcTime("20260101000000Z"), "not a time"],
    ["words", utcTime("tomorrow"), "not a time"],
    ["nothing", utcTime(""), "not a time"],
    ["another type", utf8("260101000000Z"), "identifier 0x0c where 0x17 or 0x18 belongs"],
  ])("%s is unread, and the other end of the validity is not", (_, time, reason) => {
    const facts = expectLaws(handMade({ validity: sequence(time, utcTime("270101000000Z")) }));
    expect(facts.notBefore).toBeNull();
    expect(facts.notAfter).toEqual(new Date("2027-01-01T00:00:00Z"));
    expect(facts.unread).toEqual([{ field: "tbsCertificate.validity.notBefore", reason }]);
  });
});

describe("one bad member hides no other", () => {
  const whole = readCertificate(handMade());
  const goodNames = sequence(text(0x82, "host.example"));
  const goodUsage = extension(EKU, sequence(oid("1.3.6.1.5.5.7.3.1")));

  const cases: readonly (readonly [
    what: string,
    changes: Partial<CertificateMembers>,
    field: string,
    reason: string,
    lost: Partial<CertificateFacts>,
  ])[] = [
    [
      "a version that is none",
      { version: tlv(0xa0, integer("09")) },
      "tbsCertificate.version",
      "9 is no version",
      { version: null },
    ],
    [
      "an empty serial number",
      { serialNumber: tlv(0x02) },
      "tbsCertificate.serialNumber",
      "no INTEGER for serialNumber",
      { serial: null },
    ],
    [
      "a serial number of another type",
      { serialNumber: utf8("17") },
      "tbsCertificate.serialNumber",
      "identifier 0x0c where 0x02 belongs",
      { serial: null, version: 3 },
    ],
    [
      "an issuer that is no name",
      { issuer: sequence(utf8("x")) },
      "tbsCertificate.issuer",
      "no members in RelativeDistinguishedName",
      { issuer: null },
    ],
    [
      "a subject cut within an element",
      { subject: sequence([0x31, 0x20, 0x30]) },
      "tbsCertificate.subject",
      "not DER: 32 bytes wanted, 1 left",
      { subject: null, commonName: null, singleCommonName: false },
    ],
    [
      "a subject with an attribute type that is cut",
      { subject: sequence(set(sequence(tlv(0x06, [0x55, 0x84]), utf8("x")))) },
      "tbsCertificate.subject",
      "cut OBJECT IDENTIFIER for AttributeType",
      { subject: null, commonName: null, singleCommonName: false },
    ],
    [
      "an RSA key that is no SEQUENCE",
      { subjectPublicKeyInfo: sequence(sequence(oid("1.2.840.113549.1.1.1")), bitString([1, 2, 3])) },
      "tbsCertificate.subjectPublicKeyInfo",
      "not DER: cut short",
      { key: null },
    ],
    [
      "an RSA key without its BIT STRING",
      { subjectPublicKeyInfo: sequence(sequence(oid("1.2.840.113549.1.1.1"))) },
      "tbsCertificate.subjectPublicKeyInfo",
      "no BIT STRING for subjectPublicKey",
      { key: null },
    ],
    [
      "an EC key without a curve",
      { subjectPublicKeyInfo: sequence(sequence(oid("1.2.840.10045.2.1")), bitString([4])) },
      "tbsCertificate.subjectPublicKeyInfo",
      "no OBJECT IDENTIFIER for namedCurve",
      { key: null },
    ],
    [
      "an alternative name that is an address of 5 bytes",
      { extensions: [extension(SAN, sequence(tlv(0x87, [1, 2, 3, 4, 5]))), goodUsage] },
      "tbsCertificate.extensions.subjectAltName",
      "5 bytes for iPAddress",
      { subjectAltNames: [] },
    ],
    [
      "an alternative name without a tag of its own",
      { extensions: [extension(SAN, sequence(utf8("host"))), goodUsage] },
      "tbsCertificate.extensions.subjectAltName",
      "no context-specific tag for GeneralName",
      { subjectAltNames: [] },
    ],
    [
      "an empty directory name",
      { extensions: [extension(SAN, sequence(tlv(0xa4))), goodUsage] },
      "tbsCertificate.extensions.subjectAltName",
      "no name in directoryName",
      { subjectAltNames: [] },
    ],
    [
      "an extension without a value",
      { extensions: [sequence(oid(SAN)), goodUsage] },
      "tbsCertificate.extensions",
      "no OCTET STRING for extnValue",
      { subjectAltNames: [] },
    ],
    [
      "an extension's value that ends early",
      { extensions: [extension(SAN, Uint8Array.of(0x30, 0x05, 0x82)), goodUsage] },
      "tbsCertificate.extensions.subjectAltName",
      "not DER: cut short",
      { subjectAltNames: [] },
    ],
    [
      "an extended key usage with a word for an OID",
      { extensions: [extension(SAN, goodNames), extension(EKU, sequence(utf8("serverAuth")))] },
      "tbsCertificate.extensions.extKeyUsage",
      "no OBJECT IDENTIFIER for KeyPurposeId",
      { extendedKeyUsage: null },
    ],
    [
      "a key usage that is an INTEGER",
      { extensions: [extension(SAN, goodNames), goodUsage, extension(KU, integer("05"))] },
      "tbsCertificate.extensions.keyUsage",
      "no BIT STRING for KeyUsage",
      {},
    ],
    [
      "an extension that occurs twice",
      {
        extensions: [
          extension(SAN, goodNames),
          goodUsage,
          extension(SAN, sequence(text(0x82, "evil.example"))),
        ],
      },
      "tbsCertificate.extensions.subjectAltName",
      "occurs more than once; the first one counts",
      {},
    ],
    [
      "a signature algorithm that is no OID",
      { signatureAlgorithm: sequence(utf8("rsa")) },
      "signatureAlgorithm",
      "no OBJECT IDENTIFIER for algorithm",
      { signature: null },
    ],
  ];

  it.each(cases)("%s", (_, changes, field, reason, lost) => {
    const { der, sha1, sha256, ...facts } = expectLaws(handMade(changes));
    expect(facts.unread).toEqual([{ field, reason }]);
    const { der: _der, sha1: _sha1, sha256: _sha256, ...rest } = whole;
    const selfSigned = lost.subject === null || lost.issuer === null ? facts.selfSigned : rest.selfSigned;
    const keySha256 = lost.key === null ? facts.keySha256 : rest.keySha256;
    expect(facts).toEqual({ ...rest, ...lost, selfSigned, keySha256, unread: facts.unread });
    expect(sha1).toBe(hashOf("sha1", der));
    expect(sha256).toBe(hashOf("sha256", der));
  });

  it("a member that is missing is said, and so is what stands in its place", () => {
    const facts = expectLaws(handMade({ subject: null }));
    expect(facts.issuer).toBe("CN=issuer.example");
    expect(unreadFields(facts)).toContain("tbsCertificate.subjectPublicKeyInfo");
  });

  it("without a signatureAlgorithm outside, the one inside counts", () => {
    const facts = expectLaws(handMade({ signatureAlgorithm: null, signatureValue: null }));
    expect(facts.signature?.name).toBe("sha256WithRSAEncryption");
    expect(facts.unread).toEqual([{ field: "signatureAlgorithm", reason: "missing" }]);
  });

  it.each([
    ["unknown", sequence(oid("1.2.3.4.5")), { name: "1.2.3.4.5", oid: "1.2.3.4.5", hash: null }],
    [
      "RSASSA-PSS without parameters",
      sequence(oid("1.2.840.113549.1.1.10")),
      { name: "rsassaPss", hash: null },
    ],
    ["MD2", sequence(oid("1.2.840.113549.1.1.2")), { name: "md2WithRSAEncryption", hash: "md2" }],
  ])("a signature algorithm: %s", (_, signatureAlgorithm, expected) => {
    const facts = expectLaws(handMade({ signatureAlgorithm }));
    expect(facts.signature).toMatchObject(expected);
    expect(facts.unread).toEqual([]);
  });

  it("alternative names of rare forms keep their place", () => {
    const names = sequence(
      tlv(0xa0, oid("1.2.3"), tlv(0xa0, utf8("u"))),
      text(0x81, "a@b"),
      tlv(0xa3, utf8("x400")),
      tlv(0xa4, commonName("dir")),
      tlv(0x88, [0x2a, 0x03]),
    );
    const facts = expectLaws(handMade({ extensions: [extension(SAN, names)] }));
    expect(facts.subjectAltNames).toEqual([
      "otherName:1.2.3",
      "email:a@b",
      "[3]:#a3060c0478343030",
      "dirName:CN=dir",
      "RID:1.2.3",
    ]);
  });
});

describe("bytes cut, turned and made up", () => {
  const minted = mintCertificate({
    commonName: "host.example",
    subject: [["O", "Example"]],
    notBefore: new Date("2026-01-01T00:00:00Z"),
    notAfter: new Date("2060-01-01T00:00:00Z"),
    key: "ec-p256",
    subjectAltNames: ["DNS:host.example", "IP:192.0.2.7"],
  }).der;

  it.each([
    ["by hand", handMade()],
    ["minted", minted],
  ])("cut at every offset (%s), what was read stays, and the cut is said", (_, whole) => {
    const full = readCertificate(whole);
    const fields = ["serial", "subject", "issuer", "notBefore", "notAfter", "key"] as const;
    const seen = new Set<string>();
    for (let length = 0; length < whole.length; length += 1) {
      const facts = expectLaws(whole.subarray(0, length));
      expect(facts.unread, `cut at ${length}`).not.toEqual([]);
      for (const field of fields) {
        if (facts[field] !== null) seen.add(field);
        expect(facts[field], `${field} cut at ${length}`).toEqual(seen.has(field) ? full[field] : null);
      }
    }
    expect([...seen].sort()).toEqual([...fields].sort());
  });

  it("bytes behind the certificate are said", () => {
    const facts = expectLaws(Uint8Array.from([...handMade(), 0, 0]));
    expect(facts.subject).toBe("CN=host.example");
    expect(facts.unread).toEqual([{ field: "certificate", reason: "2 bytes left over" }]);
  });

  it("every byte turned to every value of a few", () => {
    for (let at = 0; at < minted.length; at += 1) {
      for (const value of [0x00, 0x30, 0x7f, 0x80, 0x84, 0xff]) {
        const der = Uint8Array.from(minted);
        der[at] = value;
        expectLaws(der);
      }
    }
  });

  it("several bytes turned at random", () => {
    const turns = fc.array(fc.tuple(fc.nat(minted.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(turns, fc.constantFrom(minted, handMade()), (changes, base) => {
        const der = Uint8Array.from(base);
        for (const [at, value] of changes) der[at % der.length] = value;
        expectLaws(der);
      }),
      { numRuns: 2_000 },
    );
  });

  it("arbitrary bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (der) => void expectLaws(der)),
      { numRuns: 1_000 },
    );
  });

  it("arbitrary bytes for any one member", () => {
    const keys = ["issuer", "validity", "subject", "subjectPublicKeyInfo", "signatureAlgorithm"] as const;
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.uint8Array({ maxLength: 60 }), (key, content) => {
        expectLaws(handMade({ [key]: sequence(content) }));
      }),
      { numRuns: 2_000 },
    );
  });

  it("arbitrary bytes for the value of any extension that is read", () => {
    const ids = fc.constantFrom(SAN, EKU, KU, "2.5.29.19");
    fc.assert(
      fc.property(
        ids,
        fc.constantFrom(0x30, 0x03),
        fc.uint8Array({ maxLength: 60 }),
        (id, identifier, content) => {
          expectLaws(handMade({ extensions: [extension(id, tlv(identifier, content))] }));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe("hostile certificates", () => {
  const nested = (depth: number): Uint8Array => {
    const reversed: number[] = [];
    for (let level = 0; level < depth; level += 1) {
      const size = reversed.length;
      if (size < 0x80) reversed.push(size, 0x30);
      else if (size < 0x10000) reversed.push(size & 0xff, size >> 8, 0x82, 0x30);
      else reversed.push(size & 0xff, (size >> 8) & 0xff, size >> 16, 0x83, 0x30);
    }
    return Uint8Array.from(reversed.reverse());
  };

  it.each([
    ["at the top", (deep: Uint8Array) => deep],
    ["in the subject", (deep: Uint8Array) => handMade({ subject: deep })],
    ["in the key", (deep: Uint8Array) => handMade({ subjectPublicKeyInfo: deep })],
    ["in an extension", (deep: Uint8Array) => handMade({ extensions: [extension(SAN, deep)] })],
    ["among the extensions", (deep: Uint8Array) => handMade({ extensions: [deep] })],
  ])("50,000 SEQUENCEs in one another %s", (_, place) => {
    const started = performance.now();
    expect(expectLaws(place(nested(50_000))).unread).not.toEqual([]);
    expect(performance.now() - started).toBeLessThan(SLOW_MS);
  });

  it("more than 256 KiB: nothing is read but the digests", () => {
    const facts = expectLaws(handMade({ extensions: [extension("1.2.3", new Uint8Array(256 * 1024))] }));
    expect(facts).toMatchObject({ subject: null, key: null, version: null, selfSigned: null });
    expect(unreadFields(facts)).toEqual(["certificate"]);
  });

  it("10,000 alternative names are read, and one more is not", () => {
    const names = (count: number) =>
      handMade({
        extensions: [
          extension(SAN, sequence(...Array.from({ length: count }, () => text(0x82, "a.example")))),
        ],
      });
    expect(expectLaws(names(10_000)).subjectAltNames).toHaveLength(10_000);
    const facts = expectLaws(names(10_001));
    expect(facts.subjectAltNames).toEqual([]);
    expect(facts.unread).toEqual([
      { field: "tbsCertificate.extensions.subjectAltName", reason: "more than 10000 names" },
    ]);
  });

  it("1,001 extensions are cut after the first 1,000", () => {
    const filler = Array.from({ length: 1_000 }, () => extension("1.2.3", Uint8Array.of(5, 0)));
    const facts = expectLaws(handMade({ extensions: [...filler, extension(EKU, sequence())] }));
    expect(facts.extendedKeyUsage).toBeNull();
    expect(facts.unread).toEqual([{ field: "tbsCertificate.extensions", reason: "more than 1000 elements" }]);
  });

  it.each([
    ["an indefinite length", [0x30, 0x80, 0x00, 0x00], "indefinite length, which DER does not have"],
    ["a length of 5 bytes", [0x30, 0x85, 0, 0, 0, 0, 1, 0], "length of 5 bytes"],
    ["a tag of two bytes", [0x3f, 0x81, 0x00, 0x00], "tag number of more than one byte"],
    ["a SET for a SEQUENCE", [0x31, 0x00], "identifier 0x31 where 0x30 belongs"],
    ["no bytes", [], "cut short"],
    ["a header cut", [0x30, 0x82, 0x01], "cut short"],
  ])("%s", (_, bytes, reason) => {
    expect(expectLaws(Uint8Array.from(bytes)).unread).toEqual([{ field: "certificate", reason }]);
  });

  it("a length of 4 GiB claims nothing", () => {
    const facts = expectLaws(Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x30, 0x00));
    expect(facts.unread[0]).toEqual({ field: "certificate", reason: "cut short: 4294967293 bytes missing" });
  });

  it("an OBJECT IDENTIFIER of 100,000 bytes", () => {
    const long = tlv(0x06, new Uint8Array(100_000).fill(0x01));
    const endless = tlv(0x06, new Uint8Array(100_000).fill(0xff), [0x01]);
    const started = performance.now();
    const facts = expectLaws(
      handMade({ extensions: [extension(EKU, sequence(long)), extension(SAN, sequence(endless))] }),
    );
    expect(unreadFields(facts)).toContain("tbsCertificate.extensions.subjectAltName");
    expect(performance.now() - started).toBeLessThan(SLOW_MS);
  });
});
