/** What stands beside the verdict, and why it failed, in an answer. */
import type { Sheet } from "./answer-sheet.ts";
import { cut } from "./cut.ts";
import { safeText } from "../safe/safe-text.ts";
import { wrap } from "./wrap.ts";

const INDENT = "  ";
/** Of the words before a text. */
const LABEL_WIDTH = 14;
/** Before what adds something: a comma alone may stand in a list. */
const CLAUSE_ENDS = /[;:] | \(|, (?:and|but|which|while|where) /g;
const MANY = Number.POSITIVE_INFINITY;
/** Further causes that are named. */
const OTHERS = 2;

/** A text behind a label, of so many lines at most. */
export const labelled = (label: string, text: string, columns: number, most: number): readonly string[] => {
  const indent = INDENT + " ".repeat(LABEL_WIDTH);
  const lines = wrap(text, columns, indent);
  const kept =
    lines.length <= most
      ? lines
      : (wholeClauses(text, columns, indent, most) ?? shortened(lines, columns, most));
  return kept.map((line, index) =>
    index === 0 ? `${INDENT}${label.padEnd(LABEL_WIDTH)}${line.trimStart()}` : line,
  );
};

/** As many clauses as fit, and at least half of what would: what is left out takes no sense away. */
const wholeClauses = (
  text: string,
  columns: number,
  indent: string,
  most: number,
): readonly string[] | null => {
  const room = (columns - indent.length) * most;
  const ends = [...text.slice(0, room).matchAll(CLAUSE_ENDS)].map(({ index }) => index);
  for (const end of ends.toReversed()) {
    if (end < room / 2) return null;
    const clauses = text.slice(0, end);
    const lines = wrap(clauses, columns, indent);
    if (lines.length <= most && isBalanced(clauses)) return lines;
  }
  return null;
};

/** A clause inside parentheses does not end one. */
const isBalanced = (text: string): boolean => text.split("(").length === text.split(")").length;

const shortened = (lines: readonly string[], columns: number, most: number): readonly string[] => {
  const kept = lines.slice(0, most);
  const last = kept.pop();
  return last === undefined ? [] : [...kept, cut(`${last} ....`, Math.min(columns, last.length + 3))];
};

/** What is critical first. */
export const findingLines = ({ result, columns, palette, limits }: Sheet): readonly string[] => {
  const all = result.findings
    .filter(({ severity }) => severity !== "info")
    .toSorted((a, b) => Number(b.severity === "critical") - Number(a.severity === "critical"));
  const shown = all.slice(0, limits.findings);
  const lines = shown.flatMap(({ severity, summary }) =>
    labelled(
      severity === "critical" ? "Critical" : "Warning",
      safeText(summary),
      columns,
      limits.findingLines,
    ).map((line) => palette.severity(severity, line)),
  );
  const rest = all.length - shown.length;
  return rest === 0
    ? lines
    : [...lines, palette.faint(`${INDENT}${" ".repeat(LABEL_WIDTH)}${rest} more: add -v`)];
};

/** The likeliest cause with what says so, and the names of the next. */
export const causeLines = ({ result, columns, palette, limits }: Sheet): readonly string[] => {
  const { causes, severity, meaning } = result.verdict;
  const [first, ...others] = causes;
  if (first === undefined) return severity === "ok" ? [] : labelled("What it means", meaning, columns, 3);
  const label = first.likelihood === "likely" ? "Most likely" : "Perhaps";
  const next = others.slice(0, OTHERS).map(({ title }) => title);
  const named =
    next.length > 1 && labelled("", next.join("; "), columns, MANY).length > limits.others
      ? next.slice(0, 1)
      : next;
  return [
    ...labelled(label, first.title, columns, 2).map((line) => palette.strong(line)),
    ...labelled("", safeText(first.why), columns, limits.why).map((line) => palette.faint(line)),
    ...(named.length === 0 ? [] : labelled("Or", named.join("; "), columns, limits.others)),
  ];
};
