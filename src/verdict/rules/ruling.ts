/** What one rule of the judge says when it applies. */

import type { MstscView } from "../mstsc-codes.ts";
import type { Evidence } from "../result/result.ts";
import type { Severity, VerdictCode, VerdictStage } from "../verdicts.ts";

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
  /** What other hellos say of the reason; absent where none were asked, or where they say nothing. */
  readonly reading?: Reading;
}

/** What the answers to several hellos say together. */
export type ReadingKind =
  | "answered-next-time"
  | "other-version"
  | "other-suite"
  | "other-group"
  | "anonymous-suites"
  | "null-suites"
  | "other-signature"
  | "only-tls12-alone"
  | "only-short"
  | "only-split"
  | "only-nameless"
  | "only-widest"
  | "answer-cut-short"
  | "long-answer-lost"
  | "never-answered"
  | "refuses-all"
  | "all-alike";

export interface Reading {
  readonly kind: ReadingKind;
  /** Lower case, no full stop, one line. */
  readonly why: string;
  /** Every question with its outcome. */
  readonly evidence: Evidence;
}

/** A ruling on what was seen; `inferred` where the wire leaves room for another reading. */
export const ruling = (
  code: VerdictCode,
  stage: VerdictStage,
  summary: string,
  more: Partial<Omit<Ruling, "code" | "stage" | "summary">> = {},
): Ruling => ({ code, stage, summary, confidence: "observed", evidence: {}, ...more });
