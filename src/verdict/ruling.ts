/** What one rule of the judge says when it applies. */

import type { MstscView } from "./mstsc-codes.ts";
import type { Cause, Evidence } from "./result.ts";
import type { Severity, VerdictCode, VerdictStage } from "./verdicts.ts";

export interface Ruling {
  readonly code: VerdictCode;
  readonly stage: VerdictStage;
  /** Lower case, no full stop: what was seen. */
  readonly summary: string;
  readonly confidence: "observed" | "inferred";
  readonly evidence: Evidence;
  /** Only where it differs from the table of verdicts. */
  readonly severity?: Severity;
  /** Null where mstsc says nothing of it. */
  readonly mstsc?: MstscView | null;
  /** Most likely first. */
  readonly causes?: readonly Cause[];
}

/** A ruling on what was seen; `inferred` where the wire leaves room for another reading. */
export const ruling = (
  code: VerdictCode,
  stage: VerdictStage,
  summary: string,
  more: Partial<Omit<Ruling, "code" | "stage" | "summary">> = {},
): Ruling => ({ code, stage, summary, confidence: "observed", evidence: {}, ...more });
