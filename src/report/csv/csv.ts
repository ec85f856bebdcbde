/** Results as CSV (RFC 4180): UTF-8, CRLF, one record a line whatever a peer sent. */
import { stringify } from "csv-stringify/sync";
import type { ResultRow } from "../../audit/result-row.ts";
import { rowOfResult } from "../../audit/row-of-json.ts";
import type { Result } from "../../verdict/result/result.ts";
import { type Cell, CSV_COLUMNS, type CsvColumn, isCsvColumn } from "./csv-columns.ts";

/** How the CSV is written. */
export interface CsvShape {
  readonly separator: "," | ";" | "\t";
  /** Whether it begins with a byte order mark. */
  readonly hasMark: boolean;
  readonly columns: readonly CsvColumn[];
}

const ALL_COLUMNS: readonly CsvColumn[] = Object.keys(CSV_COLUMNS).filter(isCsvColumn);

export const PLAIN_CSV: CsvShape = { separator: ",", hasMark: false, columns: ALL_COLUMNS };

/** The first line, with its CRLF. */
export const csvHead = ({ separator, hasMark, columns }: CsvShape = PLAIN_CSV): string =>
  `${hasMark ? "\uFEFF" : ""}${columns.join(separator)}\r\n`;

export const CSV_HEAD = csvHead();

/** One result as a record with its CRLF. */
export const csvRecord = (result: Result, shape: CsvShape = PLAIN_CSV): string =>
  csvOfRow(rowOfResult(result), shape);

/** One row as a record with its CRLF. Its texts are safe already: no cell has a line end in it. */
export const csvOfRow = (row: ResultRow, { separator, columns }: CsvShape = PLAIN_CSV): string =>
  stringify([columns.map((name) => guarded(CSV_COLUMNS[name].cell(row)))], {
    ...OPTIONS,
    delimiter: separator,
  });

const OPTIONS = {
  record_delimiter: "\r\n",
  escape_formulas: true,
  cast: { boolean: String },
} as const;

/** What stands behind an apostrophe of its own and would be taken for a guarded formula; and what hides one. */
const NEEDS_GUARD = /^(?:'+[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|\\x0[9d])/;

/** The library guards what begins like a formula; here is what it does not see. */
const guarded = (cell: Cell): Cell =>
  typeof cell === "string" && NEEDS_GUARD.test(cell) ? `'${cell}` : cell;

/** What a cell says without the apostrophe that guards it. */
export const unguarded = (cell: string): string => (GUARDED.test(cell) ? cell.slice(1) : cell);

const GUARDED = /^'(?:'*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|\\x0[9d])/;
