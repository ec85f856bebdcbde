/** `explain`: what a code means, for programs. */
import { type Explanation, explain as explainWords } from "../explain/explain.ts";

/**
 * Explains `0x904`, `0x904 0x7`, `alert 40`, `reset`.
 * @param code one code, or several words with white space between
 * @param extended mstsc's extended code, where there is one
 */
export const explain = (code: string | number, extended?: string | number): Explanation =>
  explainWords([
    ...String(code).trim().split(/\s+/),
    ...(extended === undefined ? [] : [String(extended).trim()]),
  ]);
