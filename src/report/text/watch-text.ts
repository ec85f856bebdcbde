/** What a watch prints: a line a probe, and one at its end. */
import type { Result } from "../../verdict/result/result.ts";
import { spanText } from "../../verdict/result/span-text.ts";
import { verdictTitle } from "../../verdict/verdict-titles.ts";
import type { Watch, WatchStep } from "../../verdict/repeat/watch.ts";
import { paletteOf } from "./palette.ts";
import { safeText } from "../safe/safe-text.ts";

interface WatchTextOptions {
  readonly color: boolean;
  /** What has changed stands on a line of its own where it does not fit into these. */
  readonly columns: number;
  /** Whether the target stands for several addresses, so that the line says which one it is about. */
  readonly namesAddress: boolean;
}

const LABELS = { ok: "OK", warning: "WARNING", critical: "FAILED" } as const;
const LABEL_WIDTH = 7;
const GAP = "  ";

/** The time (UTC), how it is, and what is not as it was; with its final newline. */
export const watchLine = (step: WatchStep, { color, columns, namesAddress }: WatchTextOptions): string => {
  const { result } = step;
  const { severity } = result.verdict;
  const palette = paletteOf(color);
  const time = result.startedAt.slice(11, 19);
  const label = LABELS[severity].padEnd(LABEL_WIDTH);
  const { address } = result.target;
  const where = namesAddress && address !== null ? [safeText(address)] : [];
  const plain = [`${time}Z`, label, ...where, titleOf(result)].join(GAP);
  const head = [
    palette.faint(`${time}Z`),
    palette.severity(severity, label),
    ...where,
    step.before === null ? titleOf(result) : palette.strong(titleOf(result)),
  ].join(GAP);
  const change = changeText(step);
  if (change === "") return `${head}\n`;
  const fits = plain.length + GAP.length + change.length <= columns;
  const indent = " ".repeat(`${time}Z`.length + GAP.length + LABEL_WIDTH + GAP.length);
  return `${head}${fits ? GAP : `\n${indent}`}${palette.faint(change)}\n`;
};

/** How many probes, in what time, with which verdicts, and the last of them; with its final newline. */
export const watchSummary = ({ probes, verdicts, last }: Watch, elapsedMs: number): string => {
  if (last === null) return "stopped before the first probe had ended\n";
  const counts = [...verdicts].map(([code, count]) => `${code} ${count}`).join(", ");
  const many = probes === 1 ? "1 probe" : `${probes.toLocaleString("en-US")} probes`;
  return `${many} in ${spanText(elapsedMs)}: ${counts}; last: ${titleOf(last)}\n`;
};

const titleOf = ({ verdict: { code, stage, severity } }: Result): string =>
  verdictTitle(code, stage, severity);

const changeText = ({ result, before, changes }: WatchStep): string => {
  const parts = [
    ...(before === null
      ? []
      : [wasText(before.result, Date.parse(result.startedAt) - Date.parse(before.since))]),
    ...(changes.length === 0 ? [] : [`another ${changes.join(", ")}`]),
  ];
  return parts.length === 0 ? "" : `(${parts.join("; ")})`;
};

const wasText = ({ verdict: { code, stage } }: Result, forMs: number): string =>
  `was ${code}${stage === "done" ? "" : ` at ${stage}`} for ${spanText(forMs)}`;
