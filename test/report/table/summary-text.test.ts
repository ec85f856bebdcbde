import { describe, expect, it } from "vitest";
import { captureTable } from "../../../src/report/table/capture-table.ts";
import { csvRecord } from "../../../src/report/csv/csv.ts";
import { ladder, verdictLine } from "../../../src/report/text/ladder.ts";
import { PROBE_METRICS } from "../../../src/report/monitoring/probe-metrics.ts";
import { ScanTally } from "../../../src/report/table/scan-tally.ts";
import { graverFindings, summaryText } from "../../../src/report/table/summary-text.ts";
import { table } from "../../../src/report/table/table.ts";
import type { Finding, Result } from "../../../src/verdict/result/result.ts";
import { withFindings } from "../../../src/verdict/findings/with-findings.ts";
import { hostile, RESULTS, UNSAFE } from "../results.ts";

const noted = (code: string, severity: Finding["severity"]): Finding => ({
  ...{ code, severity, stage: "certificate", summary: `it is ${code}`, evidence: {}, remedies: [] },
});

const { verdict } = RESULTS.silent;

/** A server that works, with the findings given. */
const healthy = (...findings: readonly Finding[]): Result =>
  withFindings(
    {
      ...RESULTS.silent,
      severity: "ok",
      findings: [],
      verdict: { ...verdict, code: "ok", stage: "done", severity: "ok", summary: "it works", mstsc: null },
    },
    findings,
  );

const MIXED = healthy(noted("odd", "warning"), noted("short", "critical"), noted("weak", "critical"));

describe("what is graver than the verdict", () => {
  it.each<[what: string, result: Result, graver: readonly string[], text: string]>([
    ["nothing", healthy(), [], "it works"],
    ["nothing but information", healthy(noted("odd", "info")), [], "it works"],
    ["a warning", healthy(noted("odd", "warning")), ["odd"], "it works; warning: it is odd"],
    ["the worst of several", MIXED, ["short", "weak"], "it works; critical: it is short (and 1 more)"],
    [
      "nothing, where the verdict is as grave",
      withFindings(RESULTS.silent, [noted("short", "critical")]),
      [],
      verdict.summary,
    ],
  ])("%s", (_what, result, graver, text) => {
    expect(graverFindings(result).map(({ code }) => code)).toEqual(graver);
    expect(summaryText(result)).toBe(text);
  });

  it("is safe to print, whatever a peer wrote into it", () => {
    expect(summaryText({ ...hostile(healthy()), severity: "warning" })).not.toMatch(UNSAFE);
  });
});

const GREEN = "\u001b[32m";

describe("a critical finding beside a verdict that is ok", () => {
  it.each<[form: string, text: string]>([
    ["the line", verdictLine(MIXED, true)],
    ["the table's row", table([MIXED], true, null)],
    ["the capture table's row", captureTable([MIXED], { color: true, severalFiles: false, columns: null })],
  ])("is in %s, and that is not green", (_form, text) => {
    expect(text).not.toContain(GREEN);
    expect(text).toContain("critical: it is short (and 1 more)");
  });

  it("heads the ladder's verdict", () => {
    const text = ladder(MIXED, { color: false, verbose: false, columns: 100 });
    expect(text).toMatch(/^CRITICAL {2}ok, but short, weak$/m);
    expect(text).not.toMatch(/^OK/m);
  });

  it("is the row's severity, the metric's and the tally's", () => {
    expect(csvRecord(MIXED).split(",").slice(3, 6)).toEqual(["ok", "done", "critical"]);
    const metric = PROBE_METRICS.find(({ name }) => name === "rdp_probe_severity");
    expect(metric?.samplesOf(MIXED)).toEqual([{ labels: {}, value: 2 }]);
    const tally = new ScanTally();
    for (const result of [MIXED, healthy(), RESULTS.silent]) tally.add(result);
    expect(tally.summary(1000)).toContain("\n  severity: critical 2, warning 0, ok 1\n");
  });
});

describe("what a scan says of NLA at its end", () => {
  const summaryOf = (...all: readonly Result[]): string => {
    const tally = new ScanTally();
    for (const result of all) tally.add(result);
    return tally.summary(1000);
  };
  const withNla = (nla: Result["security"]["nla"]): Result => ({
    ...RESULTS.silent,
    security: { ...RESULTS.silent.security, nla },
  });

  it("counts what was not asked as not known, and leaves out hosts where no port answered", () => {
    const text = summaryOf(withNla("required"), withNla("optional"), withNla("unknown"), RESULTS.portClosed);
    expect(text).toContain("\n  NLA: required 1, optional 1, not supported 0, not known 1\n");
  });

  it("says how many rows of an earlier run are in no count", () => {
    expect(new ScanTally().summary(1000, 527)).toContain("527 rows of the earlier run");
    expect(new ScanTally().summary(1000)).not.toContain("earlier run");
  });
});
