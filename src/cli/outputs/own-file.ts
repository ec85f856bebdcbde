/**
 * Whether a file holds what rdprobe has written. Nothing else is replaced, cut or added to: an empty file and a missing
 * one are nobody's, devices and pipes are written to as they are, and of a file that is there its first bytes decide.
 */
import { type Stats, closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { BLOCK_TYPE, OPTION, walkOptions } from "../../capture/file/pcapng-block.ts";
import { isCsvColumn } from "../../report/csv/csv-columns.ts";
import { NDJSON_MARK } from "../../report/json/result-stream.ts";
import { METRICS_MARK } from "../../report/monitoring/prometheus-text.ts";
import { PAGE_MARK } from "../../report/page/page-data.ts";
import { isVerdictCode } from "../../verdict/verdicts.ts";
import { reasonOf } from "../screen/system-error.ts";
import { OutputError } from "./output-error.ts";
import type { Format } from "./output-format.ts";

/** Rows are any of CSV, NDJSON and JSON. */
type FileKind = Format | "recording" | "rows" | "schema";

/** What a file is, and the argument that named it. */
export interface NamedFile {
  readonly path: string;
  readonly kind: FileKind;
  /** `-o, --output` where nothing else is said. */
  readonly argument?: string | undefined;
}

const HEAD_BYTES = 8192;

/** @throws OutputError where something else is in it already, or where that cannot be told. */
export const expectOwn = (file: NamedFile): void => {
  let fd: number | null = null;
  try {
    // To open a pipe and to close it again would end its reader.
    if (expectNoDisk(file)?.isFile() !== true) return;
    fd = openSync(file.path, "r");
    expectOwnDescriptor(fd, file);
  } catch (error) {
    throw error instanceof OutputError ? error : unwritable(file, error);
  } finally {
    if (fd !== null) closeSync(fd);
  }
};

/** A disk is full of other things, and has no end that could be written behind. @throws OutputError */
export const expectNoDisk = (file: Omit<NamedFile, "kind">): Stats | undefined => {
  const stats = statSync(file.path, { throwIfNoEntry: false });
  if (stats?.isBlockDevice() === true) throw foreign(file);
  return stats;
};

/** The same of an open file. @throws OutputError */
export const expectOwnDescriptor = (fd: number, file: NamedFile): void => {
  const stats = fstatSync(fd);
  if (!stats.isFile() || stats.size === 0) return;
  const head = new Uint8Array(Math.min(HEAD_BYTES, stats.size));
  const size = readSync(fd, head, 0, head.length, 0);
  if (!isOwn(file.kind, head.subarray(0, size))) throw foreign(file);
};

export const foreign = ({ path, argument = DEFAULT_ARGUMENT }: Omit<NamedFile, "kind">): OutputError =>
  new OutputError(`${argument}: ${path} holds something else already: name another file, or remove it first`);

export const unwritable = (
  { path, argument = DEFAULT_ARGUMENT }: Omit<NamedFile, "kind">,
  error: unknown,
): OutputError => new OutputError(`${argument}: cannot write ${path}: ${reasonOf(error)}`);

const DEFAULT_ARGUMENT = "-o, --output";

/** Whether what rdprobe writes in this form begins so. */
const isOwn = (kind: FileKind, head: Uint8Array): boolean =>
  kind === "recording"
    ? isOwnRecording(head)
    : FORMS[kind](new TextDecoder().decode(head).replaceAll("\r\n", "\n"));

/** Editors, formatters and `jq` change the white space, and neither the order nor the words. */
const withoutSpace = (text: string): string => text.replaceAll(/\s/g, "");

const ROWS = ["csv", "ndjson", "json"] as const;

const FORMS: Readonly<Record<Exclude<FileKind, "recording">, (text: string) => boolean>> = {
  rows: (text) => ROWS.some((kind) => FORMS[kind](text)),
  csv: (text) => isOwnCsvHead(text.replace(ABOVE_HEAD, "").replace(/\n.*$/s, "")),
  ndjson: (text) => text.startsWith(NDJSON_MARK),
  json: (text) => {
    const begun = withoutSpace(text);
    return begun === "[]" || begun.startsWith(NDJSON_MARK) || begun.startsWith(`[${NDJSON_MARK}`);
  },
  html: (text) => /^<!doctype html>/i.test(text) && text.includes(PAGE_MARK),
  prometheus: (text) => text.startsWith(METRICS_MARK),
  schema: (text) => /^\{"\$schema":"[^"]*","\$id":"urn:rdprobe:schema:/.test(withoutSpace(text)),
  text: (text) => isOwnText(stripVTControlCharacters(text)),
};

/** What Excel takes the separator from, and what Export-Csv of PowerShell 5 writes. */
const ABOVE_HEAD = /^(?:sep=.|#TYPE [^\n]*)\n/i;
/** Columns that nobody else's list of hosts has. */
const DISTINCTIVE =
  /^(?:verdict|nla|security_layers|tls_\w+|cert_\w+|mstsc_code|likely_cause|clock_skew_ms)$/;

const isOwnCsvHead = (line: string): boolean =>
  [",", ";", "\t", "|"].some((separator) => {
    const names = line.replaceAll('"', "").split(separator);
    const isWhole = ["target", "port", "verdict"].every((name) => names.includes(name));
    return isWhole || (names.every(isCsvColumn) && names.some((name) => DISTINCTIVE.test(name)));
  });

const LABEL = "(?:OK|WARNING|FAILED|CRITICAL)";
/** `FAILED  host:3389  what`, `CRITICAL host:3389 reset at tls: what`, and what `-v` prints below the stages. */
const ANSWER = new RegExp(`^${LABEL} {2}\\S+:\\d+(?: |\\n|$)`);
const LINE = new RegExp(`^${LABEL} \\S+:\\d+ (?:stream \\d+ of \\S+ )?([a-z0-9-]+)(?: at [a-z]+)?: `);
const LADDER = new RegExp(
  `^\\S+:\\d+[^\\n]*\\n[\\s\\S]*?\\n${LABEL} {2}([a-z0-9-]+)(?: at [a-z]+)?(?:,|\\n)`,
);
const TABLE = /^(?:TARGET|(?:FILE +)?STREAM) +[A-Z ]*VERDICT [A-Z ]*SUMMARY *\n/;
const FOLDED = /^[\d,]+ without RDP \(/;

/** Text has no mark: it is known by its first line, or where that is a name, by the verdict's. */
const isOwnText = (text: string): boolean =>
  ANSWER.test(text) ||
  TABLE.test(text) ||
  FOLDED.test(text) ||
  [LINE, LADDER].some((form) => isVerdictCode(form.exec(text)?.[1] ?? ""));

const SECTION_FIELDS_BYTES = 24;

/** Whether it begins with a section of pcapng whose application is rdprobe. */
const isOwnRecording = (head: Uint8Array): boolean => {
  if (head.length < SECTION_FIELDS_BYTES) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  if (view.getUint32(0, true) !== BLOCK_TYPE.sectionHeader) return false;
  // What rdprobe writes is little endian.
  const end = Math.min(head.length, view.getUint32(4, true) - 4);
  let isOurs = false;
  walkOptions(view, SECTION_FIELDS_BYTES, end, true, (code, at, length) => {
    const text = new TextDecoder().decode(head.subarray(at, at + length));
    isOurs ||= code === OPTION.sectionApplication && text.startsWith("rdprobe ");
  });
  return isOurs;
};
