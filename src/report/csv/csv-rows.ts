/**
 * CSV of ours read back, by the names of its columns: also what a spreadsheet or PowerShell has saved again, with
 * semicolons or tabs, other columns between, and commas in numbers.
 */
import { parse } from "csv-parse/sync";
import type { CertificateRow, ResultRow } from "../../audit/result-row.ts";
import { nlaIn, portOf, severityIn, severityOfVerdict } from "../../audit/row-of-json.ts";
import { unguarded } from "./csv.ts";
import { type CsvColumn, isCsvColumn, LAYERS, OS_SEPARATOR } from "./csv-columns.ts";
import { escapeUnsafe, safeText } from "../safe/safe-text.ts";

/** How the rows of a file are read, as its first line says. */
export interface CsvForm {
  readonly delimiter: string;
  /** Where each column stands; those that the file does not have are not there. */
  readonly places: ReadonlyMap<CsvColumn, number>;
  /** Cells of the head. */
  readonly width: number;
}

export interface ReadRecord {
  /** Null for what is no row. */
  readonly row: ResultRow | null;
  /** A head that stands there once more, as in files that were joined. */
  readonly isHead: boolean;
  /** It has fewer cells than the head: the last record of a file was then cut off. */
  readonly isShort: boolean;
}

const DELIMITERS = [",", ";", "\t", "|"] as const;
const NEEDED: readonly CsvColumn[] = ["target", "port", "verdict"];

/** What the first line says; null where it is not the head of a CSV of rdprobe. */
export const csvFormOf = (line: string): CsvForm | null => {
  for (const delimiter of DELIMITERS) {
    const names = recordsOf(line, delimiter)?.[0] ?? [];
    const places = new Map<CsvColumn, number>();
    for (const [at, name] of names.entries()) {
      if (isCsvColumn(name) && !places.has(name)) places.set(name, at);
    }
    if (NEEDED.every((name) => places.has(name))) return { delimiter, places, width: names.length };
  }
  return null;
};

/** What may stand above the head: what Excel takes the separator from, and what Export-Csv of PowerShell 5 writes. */
export const isAboveHead = (line: string): boolean => /^(?:sep=.|#TYPE .*)$/i.test(line);

/** Whether a quote is opened or closed in a line, and what follows belongs to the same record or to the next one. */
export const turnsQuote = (line: string): boolean => {
  let turns = false;
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) turns = !turns;
  return turns;
};

/** What each record says. */
export const rowsOfCsv = (records: readonly string[], form: CsvForm): readonly ReadRecord[] => {
  const all = recordsOf(records.join("\n"), form.delimiter);
  const isInStep = all !== null && all.length === records.length;
  return records.map((record, index) => {
    const cells = (isInStep ? all[index] : recordsOf(record, form.delimiter)?.[0]) ?? [];
    const isHead = NEEDED.every((name) => cells[form.places.get(name) ?? -1] === name);
    const isShort = cells.length < form.width;
    return { row: isHead ? null : rowOfCells(cells, form), isHead, isShort };
  });
};

/** Null for what is no CSV. */
const recordsOf = (text: string, delimiter: string): readonly (readonly string[])[] | null => {
  try {
    return parse(text, { delimiter, relax_column_count: true, record_delimiter: "\n" });
  } catch {
    return null;
  }
};

const rowOfCells = (cells: readonly string[], { places }: CsvForm): ResultRow | null => {
  const text = (name: CsvColumn): string | null => {
    const cell = cells[places.get(name) ?? -1] ?? "";
    return cell === "" ? null : readText(unguarded(cell));
  };
  const number = (name: CsvColumn): number | null => numberOf(text(name));
  /** Null where the file has no such column. */
  const words = (name: CsvColumn): readonly string[] | null =>
    places.has(name) ? (text(name)?.split(" ") ?? []) : null;
  const host = text("target");
  const verdict = text("verdict");
  const port = portOf(number("port"));
  if (host === null || port === null || verdict === null) return null;
  const accepted = words("security_layers") ?? [];
  const versions = words("tls_versions") ?? [];
  return {
    host,
    address: text("address"),
    port,
    verdict,
    stage: text("stage"),
    severity: severityIn(text("severity")) ?? severityOfVerdict(verdict),
    summary: text("summary"),
    nla: nlaIn(text("nla")),
    layers: Object.fromEntries(
      LAYERS.flatMap((layer) => (accepted.includes(layer) ? [[layer, "accepted"] as const] : [])),
    ),
    tlsVersion: text("tls_version"),
    cipher: text("cipher"),
    certificate: certificateOf(text, number),
    computerName: text("computer_name"),
    dnsName: text("dns_name"),
    domain: text("domain"),
    osVersion: text("os_version"),
    os: text("os")?.split(OS_SEPARATOR) ?? [],
    clockSkewMs: number("clock_skew_ms"),
    mstsc: text("mstsc_code"),
    likelyCause: text("likely_cause"),
    connections: number("connections"),
    durationMs: number("duration_ms"),
    startedAt: text("started_at"),
    findings: words("findings"),
    tlsVersions: versions.length === 0 ? null : versions,
    server: text("server"),
    serverVersion: text("server_version"),
    json: null,
  };
};

const certificateOf = (
  text: (name: CsvColumn) => string | null,
  number: (name: CsvColumn) => number | null,
): CertificateRow | null => {
  const certificate = {
    subject: text("cert_subject"),
    issuer: text("cert_issuer"),
    notBefore: text("cert_not_before"),
    notAfter: text("cert_not_after"),
    daysLeft: number("cert_days_left"),
    selfSigned: booleanOf(text("cert_self_signed")),
    key: keyOf(text("cert_key")),
    keySha256: text("cert_key_sha256"),
    signature: text("cert_signature"),
    sha1: text("cert_sha1"),
    sha256: text("cert_sha256"),
  };
  return Object.values(certificate).every((part) => part === null) ? null : certificate;
};

const keyOf = (text: string | null): CertificateRow["key"] => {
  if (text === null) return null;
  const [type = "", size = ""] = text.split(" ");
  const bits = /^\d{1,6}$/.test(size) ? Number(size) : null;
  return { type, bits, curve: bits === null && size !== "" ? size : null };
};

/** Spreadsheets write TRUE. */
const booleanOf = (text: string | null): boolean | null =>
  /^true$/i.test(text ?? "") ? true : /^false$/i.test(text ?? "") ? false : null;

/** Null for what is no number; a spreadsheet may have written a comma for the point. */
const numberOf = (text: string | null): number | null => {
  const number = Number(text?.replace(",", ".") ?? Number.NaN);
  return Number.isFinite(number) ? number : null;
};

/** The longest text that is written: 400 characters, each escaped, and how many there were. */
const MAX_WRITTEN = 4096;

const readText = (cell: string): string => (cell.length <= MAX_WRITTEN ? escapeUnsafe(cell) : safeText(cell));
