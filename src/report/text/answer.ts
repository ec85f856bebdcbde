/**
 * One result as its answer: what is wrong on the first line, then what was seen, the likely causes and what to check
 * first. At most 20 lines at 80 columns; all of it is in the ladder (-v).
 */
import type { Result } from "../../verdict/result/result.ts";
import { checkLines } from "./answer-check.ts";
import { factLines, healthyLines } from "./answer-facts.ts";
import { headLines } from "./answer-head.ts";
import type { Limits, Sheet } from "./answer-sheet.ts";
import { causeLines, findingLines } from "./answer-why.ts";
import { fullLines } from "./full-lines.ts";
import { layerLines } from "./layer-lines.ts";
import { paletteOf } from "./palette.ts";
import { repeatLines } from "./repeat-lines.ts";
import { graverFindings } from "../table/summary-text.ts";

export interface AnswerOptions {
  readonly color: boolean;
  /** Of the terminal; nothing but commands is longer. */
  readonly columns: number;
}

const MOST_LINES = 20;

/** The first under which the answer fits. */
const LIMITS: readonly Limits[] = [
  { findings: 3, findingLines: 2, why: 2, others: 2, steps: 2, commands: 3 },
  { findings: 2, findingLines: 2, why: 2, others: 1, steps: 2, commands: 3 },
  { findings: 2, findingLines: 1, why: 1, others: 1, steps: 2, commands: 2 },
  { findings: 1, findingLines: 1, why: 1, others: 1, steps: 1, commands: 2 },
  { findings: 1, findingLines: 1, why: 1, others: 0, steps: 1, commands: 1 },
];

/** The whole text, with its final newline. */
export const answer = (result: Result, { color, columns }: AnswerOptions): string => {
  const palette = paletteOf(color);
  const drafts = LIMITS.map((limits) => () => ownSections({ result, columns, palette, limits }));
  const own =
    drafts.map((draft) => draft()).find((sections) => sizeOf(sections) <= MOST_LINES) ??
    drafts.at(-1)?.() ??
    [];
  // What was asked for beside the one probe is never cut.
  const asked = [
    repeatLines(result, columns, palette),
    layerLines(result, palette),
    fullLines(result, palette, color),
  ];
  const sections = [...own.slice(0, 1), ...asked, ...own.slice(1)].filter((lines) => lines.length > 0);
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
};

type Sections = readonly (readonly string[])[];

/** With a blank line between two. */
const sizeOf = (sections: Sections): number =>
  sections.reduce((size, lines) => size + lines.length, Math.max(0, sections.length - 1));

const ownSections = (sheet: Sheet): Sections => {
  if (sheet.result.severity === "ok") return [[...headLines(sheet), ...healthyLines(sheet)]];
  return [
    headLines(sheet),
    factLines(sheet),
    findingLines(sheet),
    causeLines(sheet),
    checkLines(sheet),
    moreLines(sheet),
  ].filter((lines) => lines.length > 0);
};

const moreLines = ({ result, columns, palette }: Sheet): readonly string[] => {
  const { code, mstsc } = result.verdict;
  const seen = graverFindings(result)[0]?.code ?? code;
  const known = mstsc === null ? seen : `${mstsc.code}${mstsc.extended === null ? "" : ` ${mstsc.extended}`}`;
  const parts = ["  More: add -v for every stage, cause and fix", `rdprobe explain ${known}`] as const;
  const line = parts.join("; ");
  const lines = line.length <= columns ? [line] : [parts[0], `  ${parts[1]}`];
  return lines.map((text) => palette.faint(text));
};
