/** Exit codes of the commands. */
import type { Result } from "../verdict/result.ts";
import type { Severity } from "../verdict/verdicts.ts";

export const EXIT = { ok: 0, failOn: 1, usage: 2, program: 3, sigint: 130, sigterm: 143 } as const;

export type FailOn = "never" | "warning" | "critical";

const RANK = { ok: 0, warning: 1, critical: 2, never: 3 } as const;

/** Whether a verdict's severity counts as failure. */
export const isReached = (severity: Severity, failOn: FailOn): boolean => RANK[severity] >= RANK[failOn];

/** 1 when a verdict reached `failOn`, else 0. */
export const exitCodeOf = (results: readonly Result[], failOn: FailOn): number =>
  results.some(({ verdict }) => isReached(verdict.severity, failOn)) ? EXIT.failOn : EXIT.ok;
