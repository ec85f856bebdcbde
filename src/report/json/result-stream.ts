/** The forms of results that come one by one, in the order in which they are known. */
import type { Result } from "../../verdict/result/result.ts";
import { type CsvShape, csvHead, csvRecord, PLAIN_CSV } from "../csv/csv.ts";
import { FoldedHosts } from "../table/folded-hosts.ts";
import { jsonLine, jsonParts } from "./json.ts";
import { verdictLine } from "../text/ladder.ts";
import { tableRows } from "../table/table-rows.ts";

export interface ResultStream {
  /** Stands before the first result; left out where the output goes on from an earlier one. */
  readonly head: string;
  /** The text of one result. */
  add(result: Result): string;
  /** Stands behind the last result. */
  end(): string;
}

/** Rows that a later run can go on with. */
export interface RowStream extends ResultStream {
  /** What a file of them begins with, by which it is known. */
  readonly mark: string;
}

/** What of a result is written as JSON. */
export type JsonForm = (result: Result) => object;

const whole: JsonForm = (result) => result;

const nothing = (): string => "";

/** What rows of rdprobe begin with: the first line of CSV, every line of NDJSON. */
const CSV_MARK = ["target", "address", "port", ""] as const;
export const NDJSON_MARK = '{"schema":"rdprobe.result/';

export const csvStream = (shape: CsvShape = PLAIN_CSV): RowStream => ({
  head: csvHead(shape),
  mark: CSV_MARK.join(shape.separator),
  add: (result) => csvRecord(result, shape),
  end: nothing,
});

export const ndjsonStream = (form: JsonForm = whole): RowStream => ({
  head: "",
  mark: NDJSON_MARK,
  add: (result) => jsonLine(form(result)),
  end: nothing,
});

export const jsonStream = (form: JsonForm = whole): ResultStream => {
  const parts = jsonParts();
  return { head: "", add: (result) => parts.add(form(result)), end: () => parts.end() };
};

export interface TableForm {
  readonly color: boolean;
  /** Of the terminal, or null where nothing is to be cut. */
  readonly columns: number | null;
  /** Hosts without RDP are counted and get no row. */
  readonly isFolded: boolean;
}

export const tableStream = ({ color, columns, isFolded }: TableForm): ResultStream => {
  const { head, row } = tableRows(color, columns);
  const folded = new FoldedHosts();
  return {
    head,
    add: (result) => (isFolded && folded.takes(result) ? "" : row(result)),
    end: () => folded.text(),
  };
};

export const lineStream = (color: boolean): ResultStream => ({
  head: "",

  add: (result) => `${verdictLine(result, color)}\n`,
  end: nothing,
});
