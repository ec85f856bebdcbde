import { describe, expect, it } from "vitest";
import {
  type CertificateOptions,
  mintCertificate,
  windowsSelfSigned,
} from "../../../src/lab/certificates/certificates.ts";
import { certificateFindings, DEFAULT_EXPIRY } from "../../../src/verdict/findings/certificate-findings.ts";
import { daysBetween } from "../../../src/verdict/days-left.ts";
import type { Finding } from "../../../src/verdict/result/result.ts";
import { readCertificate } from "../../../src/x509/certificate-facts.ts";
import { connection, NOW } from "../transcripts.ts";

const DAY_MS = 86_400_000;
const daysFromNow = (days: number): Date => new Date(NOW.getTime() + days * DAY_MS);
const YEAR: Pick<CertificateOptions, "notBefore" | "notAfter"> = {
  notBefore: daysFromNow(-100),
  notAfter: daysFromNow(265),
};

/** What is said of a chain, leaf first. */
const findingsOf = (...ders: readonly Uint8Array[]): readonly Finding[] => {
  const chain = ders.map((der) => readCertificate(der));
  const [leaf] = chain;
  if (leaf === undefined) throw new Error("a chain of nothing");
  const main = connection("offer-all", ["rst"]).facts;
  return certificateFindings({ leaf, chain, main, connections: [], now: NOW, expiry: DEFAULT_EXPIRY });
};

/** The chain with bytes behind its last certificate, so that the list of certificates has this size. */
const padded = (chain: readonly Uint8Array[], sizeBytes: number): readonly Uint8Array[] => {
  const missing = sizeBytes - chain.reduce((sum, { length }) => sum + length + 3, 3);
  return chain.map((der, index) =>
    index < chain.length - 1 ? der : Uint8Array.of(...der, ...new Uint8Array(missing)),
  );
};

const codesOf = (...ders: readonly Uint8Array[]): readonly string[] =>
  findingsOf(...ders).map(({ code }) => code);

const mint = (options: Partial<CertificateOptions> = {}): Uint8Array =>
  mintCertificate({ commonName: "HOST", ...YEAR, ...options }).der;

describe("findings about a certificate", () => {
  it("nothing is said of a sound one", () => {
    expect(findingsOf(mint())).toEqual([]);
  });

  it.each([
    [31, []],
    [29.5, ["warning"]],
    [14.5, ["warning"]],
    [13.9, ["critical"]],
    [0.1, ["critical"]],
    [-0.1, []],
  ])("%d days left: %j", (days, severities) => {
    const der = mint({ notBefore: daysFromNow(-200), notAfter: daysFromNow(days) });
    expect(findingsOf(der).map(({ severity }) => severity)).toEqual(severities);
  });

  it("a second less than twenty days are nineteen, in words as in every number", () => {
    const notAfter = new Date(daysFromNow(20).getTime() - 1000);
    const [finding] = findingsOf(mint({ notAfter }));
    expect(finding?.summary).toContain("expires in 19 days");
    expect(finding?.evidence).toEqual({ daysLeft: 19.9 });
    expect(daysBetween(NOW, notAfter)).toBe(19.9);
    expect(daysBetween(NOW, new Date(NOW.getTime() - 1000))).toBe(-0.1);
  });

  it.each([
    ["RSA 1024", { key: "rsa-1024" }, "certificate-key-short"],
    ["RSA 512", { key: "rsa-512" }, "certificate-key-refused"],
    ["SHA-1", { hash: "sha1" }, "certificate-hash-weak"],
    ["MD5", { hash: "md5" }, "certificate-hash-weak"],
    ["for clients alone", { extendedKeyUsage: ["clientAuth"] }, "certificate-not-for-servers"],
  ] as const)("%s", (_what, options, code) => {
    expect(codesOf(mint(options))).toEqual([code]);
  });

  it("no extended key usage at all is nothing to say", () => {
    expect(codesOf(mint({ extendedKeyUsage: null }))).toEqual([]);
  });

  describe("the chain", () => {
    const root = mintCertificate({ commonName: "Root", ca: true, freshKey: true, key: "ec-p256", ...YEAR });
    const issuing = mintCertificate({
      commonName: "Issuing",
      ca: true,
      freshKey: true,
      key: "ec-p256",
      issuer: root,
      ...YEAR,
    });
    const leaf = mintCertificate({ commonName: "HOST", issuer: issuing, ...YEAR });

    it.each([
      ["whole", [leaf.der, issuing.der, root.der], []],
      ["without the root", [leaf.der, issuing.der], []],
      ["the leaf alone", [leaf.der], ["chain-incomplete"]],
      ["in the wrong order", [leaf.der, root.der, issuing.der], ["chain-out-of-order"]],
      [
        "over 16 KiB",
        [leaf.der, ...Array.from({ length: 60 }, () => root.der)],
        ["chain-out-of-order", "chain-incomplete", "chain-too-long"],
      ],
    ])("%s: %j", (_what, ders, codes) => {
      expect(codesOf(...ders)).toEqual(codes);
    });

    it.each([
      [0x4000, []],
      [0x4001, ["warning"]],
      [0x8000, ["warning"]],
      [0x8001, ["critical"]],
    ])("%d bytes in all: %j", (sizeBytes, severities) => {
      const found = findingsOf(...padded([leaf.der, issuing.der], sizeBytes));
      expect(found.map(({ severity }) => severity)).toEqual(severities);
    });
  });

  describe("the certificate that Windows makes itself", () => {
    it("past its end means that renewal fails", () => {
      const { der } = windowsSelfSigned("HOST", daysFromNow(-190));
      expect(codesOf(der)).toContain("windows-certificate-not-renewed");
    });

    it("within its time is nothing to say", () => {
      expect(codesOf(windowsSelfSigned("HOST", daysFromNow(-100)).der)).toEqual([]);
    });

    it("one of another length is no Windows default, and its end means nothing more", () => {
      const der = mint({ notBefore: daysFromNow(-400), notAfter: daysFromNow(-1) });
      expect(codesOf(der)).not.toContain("windows-certificate-not-renewed");
    });
  });
});
