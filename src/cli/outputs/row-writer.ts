/** Rows of files written out again, in whichever form they can take. */
import type { ResultRow } from "../../audit/result-row.ts";
import { type CsvShape, csvHead, csvOfRow } from "../../report/csv/csv.ts";
import { jsonLine, jsonParts } from "../../report/json/json.ts";
import { UsageError } from "../words/usage-error.ts";

export type RowOutput = "csv" | "ndjson" | "json";

export interface RowWriter {
  readonly head: string;
  /** @throws UsageError for a row of CSV that is to become JSON: it has not all that JSON needs. */
  add(row: ResultRow): string;
  /** Stands behind the last row. */
  end(): string;
}

export const rowWriter = (format: RowOutput, shape: CsvShape): RowWriter => {
  if (format === "csv") {
    return { head: csvHead(shape), add: (row) => csvOfRow(row, shape), end: () => "" };
  }
  if (format === "ndjson") return { head: "", add: (row) => written(row, jsonLine), end: () => "" };
  const parts = jsonParts();
  // The first row is held back by the parts: whether it can be written is told here.
  const addWritable = (json: object): string => {
    JSON.stringify(json);
    return parts.add(json);
  };
  return { head: "", add: (row) => written(row, addWritable), end: () => parts.end() };
};

/** A stranger's file may have lists in lists by the thousand, which can be read and not written. */
const written = (row: ResultRow, write: (json: object) => string): string => {
  try {
    return write(jsonOf(row));
  } catch (error) {
    if (error instanceof RangeError)
      throw new UsageError(`<file>: the row of ${row.host} is nested too deeply`);
    throw error;
  }
};

const jsonOf = ({ json, host }: ResultRow): object => {
  if (json !== null) return json;
  throw new UsageError(
    `<file>: the row of ${host} is CSV, which has not all that JSON needs: write --format csv`,
  );
};
