/** `--bom` and `--separator`: what a spreadsheet needs to open a CSV by a double click. */
import { type Command, Option } from "commander";
import type { CsvShape } from "../report/csv.ts";
import { quoted } from "../targets/quoted.ts";
import { UsageError } from "./usage-error.ts";

export interface SpreadsheetFlags {
  readonly bom?: true;
  readonly separator?: string;
}

/** Adds both options. */
export const addSpreadsheetOptions = (command: Command): Command =>
  command
    .option("--bom", "begin the CSV with a byte order mark: Excel then reads it as UTF-8")
    .addOption(
      new Option("--separator <character>", 'between the cells of the CSV: ",", ";" or tab (default: ",")'),
    );

const SEPARATORS: Readonly<Record<string, CsvShape["separator"]>> = {
  ",": ",",
  comma: ",",
  ";": ";",
  semicolon: ";",
  "\t": "\t",
  "\\t": "\t",
  tab: "\t",
};

/** @throws UsageError for another separator. */
export const csvShapeOf = ({ bom, separator = "," }: SpreadsheetFlags): CsvShape => {
  const known = Object.hasOwn(SEPARATORS, separator) ? SEPARATORS[separator] : undefined;
  if (known !== undefined) return { separator: known, hasMark: bom === true };
  throw new UsageError(`--separator: ${quoted(separator)} is none of comma, semicolon and tab`);
};
