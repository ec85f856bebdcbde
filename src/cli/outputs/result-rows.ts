/**
 * The rows of a result file, whichever of our formats it has: CSV, NDJSON or JSON, in UTF-8 or UTF-16, compressed or
 * not. This is the one reader behind `merge`, `diff`, `report` and `--resume`.
 */
import type { ResultRow } from "../../audit/result-row.ts";
import { rowOfJson } from "../../audit/row-of-json.ts";
import { type CsvForm, csvFormOf, isAboveHead, rowsOfCsv, turnsQuote } from "../../report/csv/csv-rows.ts";
import { bytesOf } from "../file-bytes.ts";
import { InputError } from "../inputs/input-error.ts";
import { jsonValues } from "../inputs/json-values.ts";
import { reasonOf } from "../screen/system-error.ts";
import { unpacked } from "../inputs/unpacked.ts";
import { UsageError } from "../words/usage-error.ts";
import { behind, linesOf, MAX_LINE } from "../inputs/whole-lines.ts";

export interface RowsInput {
  /** A path, `-` for stdin, or a scan in a history: `postgres://host/database#latest`. */
  readonly path: string;
  readonly stdin?: (() => AsyncIterable<Uint8Array>) | undefined;
  /** Told of what is left out; one line without a newline. */
  readonly warn: (text: string) => void;
  /** False where a last line without its end is the half of a row: in what a later run goes on with. */
  readonly withTorn: boolean;
}

/** `postgres://host/database#scan`: the rows of a scan in a history. */
const IS_DATABASE = /^postgres(?:ql)?:\/\//i;

type RowFormat = "csv" | "json";

export interface FileRow {
  readonly row: ResultRow;
  readonly format: RowFormat;
}

/**
 * Each row in order; a file without any gives none.
 * @throws UsageError naming the file, and the line or value that is no row of rdprobe.
 * @throws InputError for a file that cannot be read.
 */
export async function* readRows({ path, stdin, warn, withTorn }: RowsInput): AsyncGenerator<FileRow> {
  if (IS_DATABASE.test(path)) {
    const { historyRows } = await import("../history/history-rows.ts");
    for await (const row of historyRows(path)) yield { row, format: "csv" };
    return;
  }
  const source = path === "-" ? "stdin" : path;
  try {
    const bytes = path === "-" ? (stdin ?? nothing)() : bytesOf(path);
    const options = { source, withTorn, maxLength: MAX_LINE.document };
    yield* rowsOfLines(linesOf(unpacked(bytes, source), options), source, warn);
  } catch (error) {
    if (error instanceof InputError || error instanceof UsageError) throw error;
    throw new InputError(`cannot read ${source}: ${reasonOf(error)}`);
  }
}

/** The same rows, and what is wrong with them said of an argument. */
export async function* named(argument: string, rows: AsyncIterable<FileRow>): AsyncGenerator<FileRow> {
  try {
    yield* rows;
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${argument}: ${error.message}`) : error;
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function* rowsOfLines(
  lines: AsyncGenerator<string>,
  source: string,
  warn: (text: string) => void,
): AsyncGenerator<FileRow> {
  let number = 0;
  for (;;) {
    const { done, value: line } = await lines.next();
    if (done === true) return;
    number += 1;
    if (line.trim() === "" || isAboveHead(line)) continue;
    if (/^\s*[[{]/.test(line)) {
      yield* jsonRows(behind([line], lines), source, warn);
      return;
    }
    const form = csvFormOf(line);
    if (form === null) throw new UsageError(`${source}: neither CSV, NDJSON nor JSON of rdprobe`);
    yield* csvRows(lines, { source, form, number, warn });
    return;
  }
}

async function* jsonRows(
  lines: AsyncIterable<string>,
  source: string,
  warn: (text: string) => void,
): AsyncGenerator<FileRow> {
  let number = 0;
  for await (const value of jsonValues({ source, lines, warn })) {
    number += 1;
    const row = rowOfJson(value);
    if (row === null) throw new UsageError(`${source}: value ${number} is no result of rdprobe`);
    yield { row, format: "json" };
  }
}

/** Records that are read at a time. */
const BATCH = 256;

interface CsvFile {
  readonly source: string;
  readonly form: CsvForm;
  /** Of the head's line. */
  readonly number: number;
  readonly warn: (text: string) => void;
}

async function* csvRows(lines: AsyncIterable<string>, file: CsvFile): AsyncGenerator<FileRow> {
  let records: CsvRecord[] = [];
  for await (const record of csvRecords(lines, file)) {
    // The last one stays behind: it may have been cut off.
    if (records.length > BATCH) {
      yield* rowsOfRecords(records, file);
      records = [];
    }
    records.push(record);
  }
  const last = records.pop();
  yield* rowsOfRecords(records, file);
  if (last === undefined) return;
  const [read] = rowsOfCsv([last.text], file.form);
  if (read?.isHead === true) return;
  if (read === undefined || read.row === null || read.isShort) {
    file.warn(`${file.source}: line ${last.number} is no whole row: it was cut off, and is left out`);
  } else yield { row: read.row, format: "csv" };
}

interface CsvRecord {
  readonly text: string;
  /** Of its first line. */
  readonly number: number;
}

/** A cell may have line ends in it where somebody else has saved the file. */
async function* csvRecords(
  lines: AsyncIterable<string>,
  { source, number: head }: CsvFile,
): AsyncGenerator<CsvRecord> {
  let number = head;
  let text: string | null = null;
  let first = number;
  for await (const line of lines) {
    number += 1;
    if (text === null && line === "") continue;
    if (text === null) first = number;
    const isOpen: boolean = turnsQuote(line) !== (text !== null);
    text = text === null ? line : `${text}\n${line}`;
    if (text.length > MAX_LINE.row)
      throw new InputError(`${source}:${first}: a row of more than ${MAX_LINE.row} characters`);
    if (isOpen) continue;
    yield { text, number: first };
    text = null;
  }
  if (text !== null) yield { text, number: first };
}

function* rowsOfRecords(
  records: readonly CsvRecord[],
  { form, source }: Pick<CsvFile, "form" | "source">,
): Generator<FileRow> {
  const read = rowsOfCsv(
    records.map(({ text }) => text),
    form,
  );
  for (const [index, { row, isHead }] of read.entries()) {
    if (isHead) continue;
    if (row === null) throw new UsageError(`${source}:${records[index]?.number} is no row of rdprobe`);
    yield { row, format: "csv" };
  }
}
