/** What a result comes to in a few words: the verdict, and what is graver than the verdict. */
import type { Finding, Result, Verdict } from "../../verdict/result/result.ts";
import { severityRank } from "../../verdict/severity.ts";
import type { Severity } from "../../verdict/verdicts.ts";
import { safeText } from "../safe/safe-text.ts";

interface WithFindings<F> {
  readonly verdict: Pick<Verdict, "severity">;
  readonly severity: Severity;
  readonly findings: readonly F[];
}

/** The findings that make a result worse than its verdict is; empty where the verdict is the worst of it. */
export const graverFindings = <F extends Pick<Finding, "severity">>({
  verdict,
  severity,
  findings,
}: WithFindings<F>): readonly F[] =>
  severityRank(severity) > severityRank(verdict.severity)
    ? findings.filter((finding) => finding.severity === severity)
    : [];

/** The verdict's summary and the first of the graver findings, on one line that is safe for a terminal. */
export const summaryText = (result: Result): string => {
  const [first, ...others] = graverFindings(result);
  if (first === undefined) return safeText(result.verdict.summary);
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return `${safeText(result.verdict.summary)}; ${first.severity}: ${safeText(first.summary)}${more}`;
};
