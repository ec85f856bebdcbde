/** A result in a few words for people: its answer. */
import { findingTitle } from "../verdict/finding-titles.ts";
import type { Result } from "../verdict/result.ts";
import { programTitle, verdictTitle } from "../verdict/verdict-titles.ts";
import { safeText } from "./safe-text.ts";
import { graverFindings } from "./summary-text.ts";

/** A finding that is graver than the verdict is what there is to say. */
export const titleOf = (result: Result): string => {
  const { code, stage, severity, evidence } = result.verdict;
  const [graver] = graverFindings(result);
  if (graver === undefined) return programTitle(code, evidence) ?? verdictTitle(code, stage, severity);
  const works = severity === "ok" ? verdictTitle("ok", "done", "ok") : verdictTitle(code, stage, severity);
  return safeText(findingTitle(graver, works));
};
