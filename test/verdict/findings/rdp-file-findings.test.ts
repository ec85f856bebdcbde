/** What an .rdp file's settings come to at what was probed. */
import { describe, expect, test } from "vitest";
import { FINDING_NOTES } from "../../../src/verdict/findings/finding-notes.ts";
import { withFileFindings } from "../../../src/verdict/findings/rdp-file-findings.ts";
import type { CertificateReport, Result, SecurityReport } from "../../../src/verdict/result/result.ts";
import { RESULTS } from "../../report/results.ts";
import { RDP_FIXTURES } from "../../targets/rdp-fixtures.ts";

const severitiesOf = (result: Result, code: string): readonly string[] =>
  withFileFindings(result, "a.rdp", [{ code, setting: "x", value: "0" }])
    .findings.slice(result.findings.length)
    .map((finding) => finding.severity);

const secured = (security: Partial<SecurityReport>): Result => ({
  ...RESULTS.noCertificate,
  security: { ...RESULTS.noCertificate.security, ...security },
});

describe("a setting", () => {
  test.each([
    ["rdp-file-nla-off", { nla: "required" }, "critical"],
    ["rdp-file-nla-off", { nla: "optional" }, "info"],
    ["rdp-file-nla-off", { nla: "unknown" }, "warning"],
    ["rdp-file-negotiation-off", { nla: "unsupported" }, "critical"],
    ["rdp-file-negotiation-off", { nla: "required" }, "warning"],
  ] as const)("%s at %j is %s", (code, security, severity) => {
    expect(severitiesOf(secured(security), code)).toEqual([severity]);
  });

  test.each([
    [{ selfSigned: true }, "critical"],
    [{ selfSigned: false, matchesTarget: false }, "critical"],
    [{ selfSigned: false, matchesTarget: true, daysLeft: -1 }, "critical"],
    [{ selfSigned: false, matchesTarget: true, daysLeft: 100 }, "info"],
  ])("authentication level 1 with a certificate of %j is %s", (certificate, severity) => {
    const shown = { ...BLANK, ...certificate };
    expect(
      severitiesOf({ ...RESULTS.noCertificate, certificate: shown }, "rdp-file-authentication-strict"),
    ).toEqual([severity]);
  });

  test("Entra ID needs a name", () => {
    const { target } = RESULTS.noCertificate;
    const by = (host: string): Result => ({ ...secured({ rdsaad: "unknown" }), target: { ...target, host } });
    expect(severitiesOf(by(target.address ?? ""), "rdp-file-entra")).toEqual(["critical"]);
    expect(severitiesOf(by("pc-17"), "rdp-file-entra")).toEqual(["warning"]);
  });

  test("every code that a file can have is a finding, has a note, and counts in the severity", () => {
    const codes = new Set(Object.values(RDP_FIXTURES).flatMap((fixture) => fixture?.codes ?? []));
    expect(codes.size).toBe(14);
    for (const code of codes) {
      expect(severitiesOf(RESULTS.noCertificate, code)).toHaveLength(1);
      expect(FINDING_NOTES.map((note) => note.code)).toContain(code);
    }
    const failing = withFileFindings(secured({ nla: "required" }), "a.rdp", [
      { code: "rdp-file-nla-off", setting: "enablecredsspsupport", value: "0" },
    ]);
    expect(failing.severity).toBe("critical");
  });
});

const BLANK: CertificateReport = {
  ...{ subject: "CN=a", commonName: "a", issuer: "CN=b", serial: "01", notBefore: null, notAfter: null },
  ...{ daysLeft: 100, selfSigned: false, subjectAltNames: [], key: null, keySha256: null, signature: null },
  ...{ extendedKeyUsage: null, sha1: "", sha256: "", matchesTarget: true, chain: [] },
};
