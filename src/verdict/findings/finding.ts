/** One finding, put together. */
import type { Finding } from "../result/result.ts";

/** @param remedies are added later where findings lead to any (with-findings.ts). */
export const finding = (
  code: string,
  severity: Finding["severity"],
  stage: Finding["stage"],
  summary: string,
  evidence: Finding["evidence"] = {},
  remedies: Finding["remedies"] = [],
): Finding => ({ code, severity, stage, summary, evidence, remedies });
