/** A result that something was found out about after the judge had made it. */
import type { Finding, Result } from "../result/result.ts";
import { severityOf } from "../severity.ts";

/** The result with these findings behind its own, and with the severity that they give it. */
export const withFindings = <T extends Result>(result: T, more: readonly Finding[]): T => {
  if (more.length === 0) return result;
  const findings = [...result.findings, ...more];
  return { ...result, severity: severityOf(result.verdict, findings), findings };
};
