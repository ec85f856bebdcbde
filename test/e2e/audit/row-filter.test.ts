import { describe, expect, it } from "vitest";
import type { CertificateRow, ResultRow } from "../../../src/audit/result-row.ts";
import { everyFilter, FILTER_FORMS, parseFilter } from "../../../src/audit/row-filter.ts";
import { rowOfResult } from "../../../src/audit/row-of-json.ts";
import { RESULTS } from "../../report/results.ts";
import { CSV_OF, NDJSON_OF } from "../../audit/result-files.ts";
import { runInProcess } from "../../cli/in-process.ts";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Of which nothing is known but its place. */
const UNKNOWN: ResultRow = {
  ...rowOfResult(RESULTS.silent),
  verdict: "of-a-later-release",
  stage: null,
  severity: "warning",
  nla: "unknown",
  layers: {},
  findings: null,
  tlsVersions: null,
  server: null,
  json: null,
};

const CERTIFICATE: CertificateRow = {
  subject: null,
  issuer: null,
  notBefore: null,
  notAfter: null,
  daysLeft: null,
  selfSigned: null,
  key: null,
  keySha256: null,
  signature: null,
  sha1: null,
  sha256: null,
};

const withCertificate = (certificate: Partial<CertificateRow>): ResultRow => ({
  ...UNKNOWN,
  certificate: { ...CERTIFICATE, ...certificate },
});

const keeps = (filter: string, row: ResultRow, changes: readonly string[] | null = null): boolean => {
  const parsed = parseFilter(filter);
  if (!parsed.ok) return expect.unreachable(parsed.problem);
  return everyFilter([parsed.keeps])(row, changes === null ? null : new Set(changes));
};

const CASES: readonly (readonly [filter: string, row: ResultRow, kept: boolean])[] = [
  ["no-nla", { ...UNKNOWN, nla: "optional" }, true],
  ["no-nla", { ...UNKNOWN, nla: "unsupported" }, true],
  ["no-nla", { ...UNKNOWN, nla: "required" }, false],
  ["nla", { ...UNKNOWN, nla: "required" }, true],
  ["no-tls", rowOfResult(RESULTS.standardSecurity), true],
  ["no-tls", rowOfResult(RESULTS.portClosed), false],
  ["tls1.0", { ...UNKNOWN, tlsVersion: "1.0" }, true],
  ["tls1.0", { ...UNKNOWN, tlsVersion: "1.2", tlsVersions: ["1.0", "1.2"] }, true],
  ["tls1.0", { ...UNKNOWN, tlsVersion: "1.2" }, false],
  ["ssl3", { ...UNKNOWN, tlsVersions: ["ssl3"] }, true],
  ["expired", withCertificate({ daysLeft: -0.1 }), true],
  ["expired", withCertificate({ daysLeft: 0 }), false],
  ["expired", withCertificate({ daysLeft: null }), false],
  ["expiring:30d", withCertificate({ daysLeft: 29.9 }), true],
  ["expiring:30", withCertificate({ daysLeft: 29.9 }), true],
  ["expiring:30d", withCertificate({ daysLeft: 30 }), false],
  ["expiring:30d", withCertificate({ daysLeft: -1 }), false],
  ["weak-key", withCertificate({ key: { type: "rsa", bits: 1024, curve: null } }), true],
  ["weak-key", withCertificate({ key: { type: "rsa", bits: 2048, curve: null } }), false],
  ["weak-key", withCertificate({ key: { type: "ec", bits: 256, curve: "secp256r1" } }), false],
  ["weak-hash", withCertificate({ signature: "sha1WithRSAEncryption" }), true],
  ["weak-hash", withCertificate({ signature: "sha256WithRSAEncryption" }), false],
  ["weak-hash", withCertificate({ signature: "sha512WithRSAEncryption" }), false],
  ["self-signed", withCertificate({ selfSigned: true }), true],
  ["self-signed", withCertificate({ selfSigned: false }), false],
  ["standard-security", { ...UNKNOWN, layers: { rdp: "accepted" } }, true],
  ["weak-suite", { ...UNKNOWN, findings: ["cipher-suite-weak-accepted"] }, true],
  ["name-mismatch", { ...UNKNOWN, findings: ["certificate-name-mismatch"] }, true],
  ["finding:clock-skew", { ...UNKNOWN, findings: ["x", "clock-skew"] }, true],
  ["severity:critical", { ...UNKNOWN, severity: "critical" }, true],
  ["severity:critical", { ...UNKNOWN, severity: "warning" }, false],
  ["verdict:port-closed", rowOfResult(RESULTS.portClosed), true],
  ["open", rowOfResult(RESULTS.portClosed), false],
  ["open", rowOfResult(RESULTS.silent), true],
  ["os:2012", { ...UNKNOWN, os: ["Windows Server 2012 R2"] }, true],
  ["os:10.0.20348", { ...UNKNOWN, osVersion: "10.0.20348" }, true],
  ["server:xrdp", { ...UNKNOWN, server: "xrdp" }, true],
  ["no-nla,expired", withCertificate({ daysLeft: -1 }), true],
  [" NO-NLA , expired", { ...UNKNOWN, nla: "optional" }, true],
];

describe("a filter", () => {
  it.each(CASES)("%s of a row", (filter, row, kept) => {
    expect(keeps(filter, row)).toBe(kept);
  });

  it("nla-unknown says what is not known of a port that answered", () => {
    expect(keeps("nla-unknown", { ...UNKNOWN, stage: "tls" })).toBe(true);
    expect(keeps("nla-unknown", { ...UNKNOWN, stage: "tcp" })).toBe(false);
    expect(keeps("nla-unknown", { ...UNKNOWN, stage: "tls", nla: "required" })).toBe(false);
  });

  it.each(FILTER_FORMS)("%s does not match what is not known", (filter) => {
    expect(keeps(filter, UNKNOWN)).toBe(false);
    expect(keeps(filter, withCertificate({}))).toBe(false);
  });

  it("changed:certificate matches what changed so", () => {
    expect(keeps("changed:certificate", UNKNOWN, ["certificate"])).toBe(true);
    expect(keeps("changed:certificate", UNKNOWN, ["nla"])).toBe(false);
  });

  it.each(["nope", "", "expiring", "expiring:soon", "no-nla:x", "severity:bad", "__proto__", "verdict:"])(
    "%j is none, and the list of filters is given",
    (text) => {
      const parsed = parseFilter(text);
      expect(parsed.ok).toBe(false);
      if (!parsed.ok) for (const form of FILTER_FORMS) expect(parsed.problem).toContain(form);
    },
  );
});

describe("--only", () => {
  const folder = mkdtempSync(join(tmpdir(), "rdprobe-only-"));
  const results = Object.values(RESULTS).map((result, index) => ({
    ...result,
    target: { ...result.target, port: 3389 + index },
  }));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it("filters what merge writes, alike from each format", async () => {
    const kept = results.filter(({ verdict }) => verdict.code === "port-closed");
    const args = ["--only", "verdict:port-closed,expired"];
    const json = await runInProcess(["merge", file("a.ndjson", NDJSON_OF(results)), ...args]);
    expect(json.stdout).toBe(NDJSON_OF(kept));
    expect(json.stderr).toContain("1 of 7 rows match --only\n");
    const csv = await runInProcess(["merge", file("a.csv", CSV_OF(results)), ...args]);
    expect(csv.stdout).toBe(CSV_OF(kept));
    const both = await runInProcess(["merge", file("b.csv", CSV_OF(results)), ...args, "--only", "expired"]);
    expect(both.stdout).toBe(CSV_OF([]));
    rmSync(folder, { recursive: true });
  });

  it("filters what a scan writes", async () => {
    const probe = ["--csv", "127.0.0.1:1", "127.0.0.2:1"];
    expect((await runInProcess([...probe, "--only", "verdict:port-closed"])).stdout.split("\n")).toHaveLength(
      4,
    );
    expect((await runInProcess([...probe, "--only", "no-nla"])).stdout).toBe(CSV_OF([]));
  });

  it.each([
    ["--only", "nope"],
    ["--only", "changed:nla"],
  ])("%s %s is wrong usage", async (...args) => {
    const { code, stderr } = await runInProcess(["127.0.0.1:1", ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^rdprobe: --only: [^\n]+\n$/);
  });
});
