/** A result that something was found out about after the judge had made it. */
import { remedyRows } from "../remedies/remedies.ts";
import { remedyFor } from "../remedies/remedy.ts";
import type { Finding, Result } from "../result/result.ts";
import { severityOf } from "../severity.ts";

/** The result with these findings and what helps with them behind its own, and with the severity that they give it. */
export const withFindings = <T extends Result>(result: T, more: readonly Finding[]): T => {
  if (more.length === 0) return result;
  const findings = [...result.findings, ...more];
  const known = new Set<string>(result.remedies.map(({ id }) => id));
  const ids = more.filter(({ severity }) => severity !== "info").flatMap(({ remedies }) => remedies);
  const rows = remedyRows([...new Set(ids)].filter((id) => !known.has(id)));
  return {
    ...result,
    severity: severityOf(result.verdict, findings),
    findings,
    remedies: [...result.remedies, ...rows.map((row) => remedyFor(row, result.target))],
  };
};
