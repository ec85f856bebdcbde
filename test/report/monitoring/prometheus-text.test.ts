import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isProbeSuccess } from "../../../src/report/monitoring/probe-metrics.ts";
import { prometheusDocument } from "../../../src/report/monitoring/prometheus-text.ts";
import type { CertificateReport, NtlmReport, Result } from "../../../src/verdict/result/result.ts";
import { VERDICTS, type VerdictCode } from "../../../src/verdict/verdicts.ts";
import { readExposition, samplesOf, soleValueOf } from "../../exporter/exposition-format.ts";
import { RESULTS, UNSAFE } from "../results.ts";

const CERTIFICATE: CertificateReport = {
  subject: "CN=HOST",
  commonName: "HOST",
  issuer: "CN=Issuing CA",
  serial: "0a",
  notBefore: "2026-01-01T00:00:00.000Z",
  notAfter: "2027-01-01T00:00:00.000Z",
  daysLeft: 100,
  selfSigned: false,
  subjectAltNames: [],
  key: { type: "rsa", bits: 2048, curve: null },
  keySha256: null,
  signature: "sha256WithRSAEncryption",
  extendedKeyUsage: null,
  sha1: "0".repeat(40),
  sha256: "0".repeat(64),
  matchesTarget: null,
  chain: [{ subject: "CN=Issuing CA", issuer: "CN=Root", notAfter: "2026-12-01T00:00:00.000Z", sha256: "" }],
};

const NTLM: NtlmReport = {
  targetName: "LAB",
  netbiosComputer: "HOST",
  netbiosDomain: "LAB",
  dnsComputer: "host.lab.test",
  dnsDomain: "lab.test",
  dnsTree: "lab.test",
  osVersion: "10.0.20348",
  os: [],
  serverTime: null,
  clockSkewMs: -1500,
};

const judgedAs = (code: VerdictCode, stage: Result["verdict"]["stage"]): Result => ({
  ...RESULTS.silent,
  verdict: { ...RESULTS.silent.verdict, code, stage, severity: VERDICTS[code].severity },
});

describe("results for the textfile collector", () => {
  const results = Object.values(RESULTS).map((result, index) => ({
    ...result,
    target: { ...result.target, port: 3389 + index },
  }));

  it("have HELP and TYPE once a metric, and each series once", () => {
    const families = readExposition(prometheusDocument(results));
    expect(new Set(families.map(({ type }) => type))).toEqual(new Set(["gauge"]));
    expect(families.every(({ help, samples }) => help.length > 0 && samples.length > 0)).toBe(true);
    expect(families.find(({ name }) => name === "probe_success")?.samples).toHaveLength(results.length);
  });

  it("have no timestamp behind a value, which the collector takes no file with", () => {
    for (const line of prometheusDocument(results).split("\n")) expect(line).not.toMatch(/\} \S+ \S+$/);
  });

  it("have base units: seconds, and Unix time", () => {
    const text = prometheusDocument([
      { ...RESULTS.silent, durationMs: 13.7, certificate: CERTIFICATE, ntlm: NTLM },
    ]);
    expect(soleValueOf(text, "probe_duration_seconds")).toBe(0.0137);
    expect(soleValueOf(text, "rdp_clock_skew_seconds")).toBe(-1.5);
    expect(soleValueOf(text, "rdp_certificate_not_after_seconds")).toBe(Date.UTC(2027, 0, 1) / 1000);
    expect(soleValueOf(text, "rdp_certificate_not_before_seconds")).toBe(Date.UTC(2026, 0, 1) / 1000);
  });

  it("tell the leaf's end from the earliest one of the chain", () => {
    const text = prometheusDocument([{ ...RESULTS.silent, certificate: CERTIFICATE }]);
    expect(soleValueOf(text, "probe_ssl_earliest_cert_expiry")).toBe(Date.UTC(2026, 11, 1) / 1000);
  });

  it("leave out what the probe could not tell", () => {
    const text = prometheusDocument([RESULTS.portClosed]);
    for (const name of [
      "rdp_nla_required",
      "rdp_certificate_info",
      "rdp_clock_skew_seconds",
      "probe_tls_version_info",
    ]) {
      expect(samplesOf(text, name)).toEqual([]);
    }
    expect(soleValueOf(text, "probe_success")).toBe(0);
  });

  it("have the series of a result that comes twice once, the last one's", () => {
    const text = prometheusDocument([RESULTS.silent, { ...RESULTS.silent, durationMs: 5000 }]);
    expect(soleValueOf(text, "probe_duration_seconds")).toBe(5);
  });

  it("are an empty file where there is none", () => {
    expect(prometheusDocument([])).toBe("");
  });

  it("keep any text of a peer inside its label: it reads back, without controls, and bounded", () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^["\\\n{}, a]*$/));
    fc.assert(
      fc.property(text, (peer) => {
        const document = prometheusDocument([
          {
            ...RESULTS.silent,
            target: { ...RESULTS.silent.target, host: peer, address: peer },
            certificate: { ...CERTIFICATE, commonName: peer, issuer: peer, signature: peer },
            ntlm: { ...NTLM, dnsComputer: peer, dnsDomain: peer },
          },
        ]);
        expect(document).not.toMatch(UNSAFE);
        const [certificate] = samplesOf(document, "rdp_certificate_info");
        expect(certificate?.labels["issuer"]).toBe(certificate?.labels["common_name"]);
        if (/^[\x20-\x7e]*$/.test(peer)) expect(certificate?.labels["common_name"]).toBe(peer);
      }),
    );
    const long = prometheusDocument([
      { ...RESULTS.silent, certificate: { ...CERTIFICATE, commonName: "x".repeat(100_000) } },
    ]);
    expect(long.length).toBeLessThan(10_000);
  });
});

describe("probe_success", () => {
  it.each([
    ["ok", "done", true],
    ["nla-required", "negotiation", true],
    ["certificate-expired", "certificate", true],
    ["certificate-not-yet-valid", "certificate", true],
    ["standard-security-only", "negotiation", true],
    ["reset", "tls", false],
    ["port-closed", "tcp", false],
    ["name-not-found", "dns", false],
    ["not-rdp", "negotiation", false],
  ] as const)("of %s at %s is %s", (code, stage, expected) => {
    expect(isProbeSuccess(judgedAs(code, stage))).toBe(expected);
  });
});
