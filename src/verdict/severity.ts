/** How bad a result is: the worst of its verdict and its findings. */
import type { Finding, Verdict } from "./result/result.ts";
import type { Severity } from "./verdicts.ts";

/** The severity of a result with this verdict and these findings; a finding of `info` counts as `ok`. */
export const severityOf = (
  verdict: Pick<Verdict, "severity">,
  findings: readonly Pick<Finding, "severity">[],
): Severity =>
  findings.reduce<Severity>((worst, { severity }) => {
    const own = severity === "info" ? "ok" : severity;
    return severityRank(own) > severityRank(worst) ? own : worst;
  }, verdict.severity);

/** 0 ok, 1 warning, 2 critical. */
export const severityRank = (severity: Severity): number => RANKS[severity];

const RANKS = { ok: 0, warning: 1, critical: 2 } as const satisfies Readonly<Record<Severity, number>>;
