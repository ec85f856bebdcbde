/** Many results as a table, a row each, no wider than the terminal. */
import stringWidth from "string-width";
import { wholeDays } from "../../verdict/days-left.ts";
import type { Result } from "../../verdict/result/result.ts";
import { borderless } from "./borderless.ts";
import { cut } from "../text/cut.ts";
import { type Palette, paletteOf } from "../text/palette.ts";
import { placeOf } from "../place-of.ts";
import { summaryText } from "./summary-text.ts";
import { titleOf } from "../title-of.ts";

export type Head = "TARGET" | "ADDRESS" | "VERDICT" | "STAGE" | "NLA" | "TLS" | "DAYS" | "MS";

export interface Column {
  readonly head: Head;
  readonly cell: (result: Result, palette: Palette) => string;
}

export const COLUMNS: readonly Column[] = [
  { head: "TARGET", cell: (result) => placeOf(result) },
  { head: "ADDRESS", cell: ({ target }) => target.address ?? "-" },
  {
    head: "VERDICT",
    cell: ({ severity, verdict }, palette) => palette.severity(severity, verdict.code),
  },
  { head: "STAGE", cell: ({ verdict }) => verdict.stage },
  { head: "NLA", cell: ({ security }) => (security.nla === "unknown" ? "-" : security.nla) },
  { head: "TLS", cell: ({ tls }) => tls?.version ?? "-" },
  {
    head: "DAYS",
    cell: ({ certificate }) =>
      certificate?.daysLeft == null ? "-" : String(wholeDays(certificate.daysLeft)),
  },
  { head: "MS", cell: ({ durationMs }) => durationMs.toFixed(0) },
];

export const SUMMARY = "SUMMARY";

/** Those that give way in a narrow terminal, the first one first: the verdict says most of what they say. */
export const GIVE_WAY: readonly Head[] = ["ADDRESS", "MS", "STAGE", "TLS", "DAYS", "NLA"];

const GAP = 2;
/** A summary that is shorter says nothing. */
export const LEAST_SUMMARY = 24;

/**
 * The table with its final newline; `color` marks the verdicts.
 * @param columns of the terminal, or null where nothing is to be cut: a file, a pipe
 */
export const table = (results: readonly Result[], color: boolean, columns: number | null): string => {
  const palette = paletteOf(color);
  const shown = shownColumns(results, columns);
  const room =
    columns === null ? Number.POSITIVE_INFINITY : Math.max(SUMMARY.length, columns - widthOf(shown, results));
  return borderless(
    [...shown.map(({ head }) => head), SUMMARY],
    results.map((result) => [...shown.map(({ cell }) => cell(result, palette)), summaryWithin(result, room)]),
  );
};

/** The summary, or where it does not fit the title, which is shorter. */
export const summaryWithin = (result: Result, room: number): string => {
  const summary = summaryText(result);
  return summary.length <= room ? summary : cut(titleOf(result), room);
};

/** The address says something where a target is a name. */
const shownColumns = (results: readonly Result[], columns: number | null): readonly Column[] => {
  const isNamed = results.some(({ target }) => target.address !== null && target.address !== target.host);
  let shown: readonly Column[] = COLUMNS.filter(({ head }) => isNamed || head !== "ADDRESS");
  if (columns === null) return shown;
  for (const head of GIVE_WAY) {
    if (widthOf(shown, results) + LEAST_SUMMARY <= columns) break;
    shown = shown.filter((column) => column.head !== head);
  }
  return shown;
};

/** Of these columns, with the gap after each. */
const widthOf = (shown: readonly Column[], results: readonly Result[]): number => {
  const palette = paletteOf(false);
  return shown.reduce(
    (width, { head, cell }) =>
      width +
      GAP +
      results.reduce((widest, result) => Math.max(widest, stringWidth(cell(result, palette))), head.length),
    0,
  );
};
