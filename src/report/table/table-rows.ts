/** The table of a scan, a row at a time: columns of a width that is settled before the first row is known. */
import type { Result } from "../../verdict/result/result.ts";
import { type Palette, paletteOf } from "../text/palette.ts";
import { COLUMNS, type Column, GIVE_WAY, type Head, LEAST_SUMMARY, SUMMARY, summaryWithin } from "./table.ts";

/** The widest of what most rows hold; a longer cell pushes the rest of its row. */
const WIDTHS: Readonly<Record<Head, number>> = {
  TARGET: 24,
  ADDRESS: 15,
  VERDICT: 24,
  STAGE: 11,
  NLA: 11,
  TLS: 3,
  DAYS: 5,
  MS: 6,
};

const GAP = 2;

export interface TableRows {
  /** The head with its newline. */
  readonly head: string;
  /** One row with its newline. */
  readonly row: (result: Result) => string;
}

/** @param columns of the terminal, or null where nothing is to be cut. */
export const tableRows = (color: boolean, columns: number | null): TableRows => {
  const shown = shownColumns(columns);
  const [colored, plain] = [paletteOf(color), paletteOf(false)];
  return {
    head: line([...shown.map((column) => padded(column.head, column.head, column)), SUMMARY]),
    row: (result) => {
      const cells = shown.map((column) =>
        padded(column.cell(result, colored), column.cell(result, plain), column),
      );
      const taken = shown.reduce((width, column) => width + GAP + widthOf(column, result, plain), 0);
      const room = columns === null ? Number.POSITIVE_INFINITY : Math.max(0, columns - taken);
      return line([...cells, summaryWithin(result, room)]);
    },
  };
};

const shownColumns = (columns: number | null): readonly Column[] => {
  let shown: readonly Column[] = COLUMNS;
  for (const head of GIVE_WAY) {
    const width = shown.reduce((sum, column) => sum + GAP + WIDTHS[column.head], LEAST_SUMMARY);
    if (columns === null || width <= columns) break;
    shown = shown.filter((column) => column.head !== head);
  }
  return shown;
};

const widthOf = ({ head, cell }: Column, result: Result, plain: Palette): number =>
  Math.max(WIDTHS[head], cell(result, plain).length);

/** @param plain the same cell without colours, which take no room. */
const padded = (cell: string, plain: string, { head }: Column): string =>
  cell + " ".repeat(Math.max(0, WIDTHS[head] - plain.length));

const line = (cells: readonly string[]): string => `${cells.join("  ").trimEnd()}\n`;
