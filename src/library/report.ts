/** `report`: results as text in the forms that the command line prints. */
import { answer } from "../report/text/answer.ts";
import { CSV_HEAD, csvRecord } from "../report/csv/csv.ts";
import { jsonDocument, jsonLine } from "../report/json/json.ts";
import { ladder } from "../report/text/ladder.ts";
import { table } from "../report/table/table.ts";
import type { Result } from "../verdict/result/result.ts";

const WRITERS = {
  answer: (results) => results.map((result) => answer(result, { color: false, columns: COLUMNS })).join("\n"),
  ladder: (results) =>
    results.map((result) => ladder(result, { color: false, verbose: true, columns: COLUMNS })).join("\n"),
  table: (results) => table(results, false, null),
  json: (results) => jsonDocument(results),
  ndjson: (results) => results.map(jsonLine).join(""),
  csv: (results) => CSV_HEAD + results.map((result) => csvRecord(result)).join(""),
} as const satisfies Record<string, (results: readonly Result[]) => string>;

const COLUMNS = 100;

/** `answer` is the screen of one host, `ladder` all that is known of it, `table` a line a result. */
export type ReportForm = keyof typeof WRITERS;

/** The results as text; what came from a peer is made safe for each form. */
export const report = (results: readonly Result[], form: ReportForm): string => WRITERS[form](results);
