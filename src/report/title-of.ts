/** A result in a few words for people: its answer. */
import { findingTitle } from "../verdict/findings/finding-titles.ts";
import type { Finding, Verdict } from "../verdict/result/result.ts";
import { isWindowsProgram } from "../verdict/server/implementations.ts";
import { programTitle, verdictTitle } from "../verdict/verdict-titles.ts";
import type { Severity } from "../verdict/verdicts.ts";
import { safeText } from "./safe/safe-text.ts";
import { graverFindings } from "./table/summary-text.ts";

/** What of a result its title is made of. */
export interface Titled {
  readonly verdict: Pick<Verdict, "code" | "stage" | "severity" | "evidence">;
  readonly severity: Severity;
  readonly findings: readonly Pick<Finding, "code" | "severity" | "summary">[];
  /** Absent where it is not told. */
  readonly server?: { readonly implementation: string } | null;
}

/** A finding that is graver than the verdict is what there is to say. */
export const titleOf = (result: Titled): string => {
  const { code, stage, severity, evidence } = result.verdict;
  const [graver] = graverFindings(result);
  if (graver === undefined) {
    return programTitle(code, evidence) ?? `${verdictTitle(code, stage, severity)}${usualText(result)}`;
  }
  const works = severity === "ok" ? verdictTitle("ok", "done", "ok") : verdictTitle(code, stage, severity);
  return safeText(findingTitle(graver, works));
};

/** That the server wants NLA is how Windows comes, and no fault: said of Windows alone. */
const usualText = ({ verdict: { code, severity }, server }: Titled): string =>
  code === "nla-required" && severity === "ok" && isWindowsProgram(server?.implementation ?? "unknown")
    ? " (Windows' default)"
    : "";
