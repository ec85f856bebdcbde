/** The forms of results that come one by one, in the order in which they are known. */
import type { Result } from "../verdict/result.ts";
import { CSV_HEAD, csvRecord } from "./csv.ts";
import { jsonLine, jsonParts } from "./json.ts";
import { verdictLine } from "./ladder.ts";
import { tableHead, tableLine } from "./table-rows.ts";

export interface ResultStream {
  /** Stands before the first result; left out where the output goes on from an earlier one. */
  readonly head: string;
  /** The text of one result. */
  add(result: Result): string;
  /** Stands behind the last result. */
  end(): string;
}

const nothing = (): string => "";

export const csvStream = (): ResultStream => ({ head: CSV_HEAD, add: csvRecord, end: nothing });

export const ndjsonStream = (): ResultStream => ({ head: "", add: jsonLine, end: nothing });

export const jsonStream = (): ResultStream => ({ head: "", ...jsonParts() });

export const tableStream = (color: boolean): ResultStream => ({
  head: tableHead(),
  add: (result) => tableLine(result, color),
  end: nothing,
});

export const lineStream = (color: boolean): ResultStream => ({
  head: "",
  add: (result) => `${verdictLine(result, color)}\n`,
  end: nothing,
});
