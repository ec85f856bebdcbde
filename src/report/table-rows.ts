/** The table of a scan, a row at a time: columns of a width that is settled before the first row is known. */
import type { Result } from "../verdict/result.ts";
import { paletteOf } from "./palette.ts";
import { TABLE_HEAD, tableRow } from "./table.ts";

/** The widest of what most rows hold; a longer cell pushes the rest of its row. */
const WIDTHS = [24, 15, 24, 11, 11, 3, 5, 6, 0] as const;

/** The head with its newline. */
export const tableHead = (): string => line(TABLE_HEAD, TABLE_HEAD);

/** One row with its newline. */
export const tableLine = (result: Result, color: boolean): string =>
  line(tableRow(result, paletteOf(color)), tableRow(result, paletteOf(false)));

/** @param plain the same cells without colours, which take no room. */
const line = (cells: readonly string[], plain: readonly string[]): string => {
  const padded = cells.map(
    (cell, column) => cell + " ".repeat(Math.max(0, (WIDTHS[column] ?? 0) - (plain[column] ?? "").length)),
  );
  return `${padded.join("  ").trimEnd()}\n`;
};
