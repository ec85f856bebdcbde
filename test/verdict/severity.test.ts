import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withAddressFindings } from "../../src/verdict/findings/address-findings.ts";
import { relateResults } from "../../src/verdict/findings/related-results.ts";
import { startRepetition } from "../../src/verdict/repeat/repeat-report.ts";
import type { Finding, Result } from "../../src/verdict/result/result.ts";
import { severityOf, severityRank } from "../../src/verdict/severity.ts";
import { withFindings } from "../../src/verdict/findings/with-findings.ts";
import { RESULTS } from "../report/results.ts";
import { certificateWith } from "./hand-made-certificate.ts";

const verdictSeverity = fc.constantFrom("ok", "warning", "critical");
const findingSeverities = fc.array(fc.constantFrom("info", "warning", "critical"), { maxLength: 6 });

const noted = (severity: Finding["severity"]): Finding => ({
  ...{ code: "noted", severity, stage: "tls", summary: "noted", evidence: {}, remedies: [] },
});

describe("the severity of a verdict with its findings", () => {
  it.each([
    ["ok", [], "ok"],
    ["ok", ["info"], "ok"],
    ["ok", ["warning", "info"], "warning"],
    ["ok", ["warning", "critical"], "critical"],
    ["warning", ["info"], "warning"],
    ["warning", ["critical"], "critical"],
    ["critical", ["warning"], "critical"],
  ] as const)("%s with %j is %s", (severity, findings, expected) => {
    expect(severityOf({ severity }, findings.map(noted))).toBe(expected);
  });

  it("is as bad as each of them, and one of them", () => {
    fc.assert(
      fc.property(verdictSeverity, findingSeverities, (severity, findings) => {
        const worst = severityOf({ severity }, findings.map(noted));
        const all = [severity, ...findings.map((one) => (one === "info" ? "ok" : one))];
        expect(all).toContain(worst);
        for (const one of all) expect(severityRank(worst)).toBeGreaterThanOrEqual(severityRank(one));
      }),
    );
  });
});

const isRight = ({ severity, verdict, findings }: Result): boolean =>
  severity === severityOf(verdict, findings);

const at = (result: Result, address: string, sha256: string): Result => ({
  ...result,
  target: { ...result.target, host: "rdp", address },
  certificate: certificateWith(sha256),
});

const works: Result = {
  ...RESULTS.silent,
  ...{ severity: "ok", findings: [] },
  verdict: { ...RESULTS.silent.verdict, code: "ok", stage: "done", severity: "ok" },
};

const captured = (stream: number): Result => ({
  ...works,
  source: { kind: "pcap", file: "-", stream, client: "192.0.2.1:50000", server: "192.0.2.2:3389" },
});

const repeated = (...results: readonly Result[]): readonly Result[] => {
  const repetition = startRepetition();
  for (const result of results) repetition.add(result, null);
  const result = repetition.result();
  return result === null ? [] : [result];
};

type Change = (results: readonly Result[]) => readonly Result[];

describe("a result that is changed after the judge", () => {
  it.each<[how: string, change: Change, before: readonly Result[]]>([
    ["by a finding", (results) => results.map((one) => withFindings(one, [noted("critical")])), [works]],
    [
      "by other addresses of its name",
      withAddressFindings,
      [at(works, "192.0.2.1", "aa"), at(RESULTS.silent, "192.0.2.2", "bb")],
    ],
    ["by its neighbours in a capture", relateResults, [captured(0), captured(1)]],
    ["by other probes of its place", (results) => repeated(...results), [works, RESULTS.silent]],
  ])("%s has the severity of what it then says", (_how, change, before) => {
    const after = change(before);
    expect(before.every(isRight)).toBe(true);
    expect(after.map(({ findings }) => findings.length)).not.toContain(0);
    expect(after.every(isRight)).toBe(true);
  });

  it("is critical where one of many probes had a critical finding, though every verdict is ok", () => {
    const [result] = repeated(works, withFindings(works, [noted("critical")]), works);
    expect(result).toMatchObject({ severity: "critical", verdict: { code: "ok" } });
  });
});
