/** `--bom` and `--separator`: what a spreadsheet needs to open a CSV by a double click. */
import { type Command, Option } from "commander";
import { type CsvShape, PLAIN_CSV } from "../../report/csv/csv.ts";
import { isCsvColumn } from "../../report/csv/csv-columns.ts";
import { quoted } from "../../targets/grammar/quoted.ts";
import { UsageError } from "../words/usage-error.ts";

export interface SpreadsheetFlags {
  readonly bom?: true;
  readonly separator?: string;
  /** Of `merge` alone: what a scan writes can be read by all. */
  readonly columns?: string;
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
export const csvShapeOf = ({ bom, separator = ",", columns }: SpreadsheetFlags): CsvShape => {
  const known = Object.hasOwn(SEPARATORS, separator) ? SEPARATORS[separator] : undefined;
  if (known !== undefined) return { separator: known, hasMark: bom === true, columns: columnsOf(columns) };
  throw new UsageError(`--separator: ${quoted(separator)} is none of comma, semicolon and tab`);
};

const columnsOf = (list: string | undefined): CsvShape["columns"] =>
  list === undefined
    ? PLAIN_CSV.columns
    : list.split(",").map((text) => {
        const name = text.trim();
        if (isCsvColumn(name)) return name;
        throw new UsageError(`--columns: ${quoted(name)} is none of ${PLAIN_CSV.columns.join(", ")}`);
      });
