/** The rows that are shown, as CSV under the names of our own columns: what reads rdprobe's CSV reads it. */
import { counted } from "./dom.ts";
import type { Certificate, Scan } from "./scan.ts";

type Cell = string | number | null;

interface Source {
  readonly scan: Scan;
  readonly row: number;
  readonly certificate: Certificate | null;
}

const COLUMNS: Readonly<Record<string, (source: Source) => Cell>> = {
  target: ({ scan, row }) => scan.host(row),
  address: ({ scan, row }) => scan.text("address", row),
  port: ({ scan, row }) => scan.data.port[row] ?? null,
  verdict: ({ scan, row }) => scan.text("verdict", row),
  stage: ({ scan, row }) => scan.text("stage", row),
  severity: ({ scan, row }) => scan.text("severity", row),
  summary: ({ scan, row }) => scan.text("summary", row),
  nla: ({ scan, row }) => scan.text("nla", row),
  security_layers: ({ scan, row }) => scan.text("layers", row),
  tls_version: ({ scan, row }) => scan.text("tls_version", row),
  cipher: ({ scan, row }) => scan.text("cipher", row),
  cert_subject: ({ certificate }) => certificate?.subject ?? null,
  cert_issuer: ({ certificate }) => certificate?.issuer ?? null,
  cert_not_before: ({ certificate }) => certificate?.notBefore?.toISOString() ?? null,
  cert_not_after: ({ certificate }) => certificate?.notAfter?.toISOString() ?? null,
  cert_days_left: ({ scan, row }) => (Number.isNaN(scan.days(row)) ? null : scan.days(row)),
  cert_key: ({ certificate }) => certificate?.key ?? null,
  cert_signature: ({ certificate }) => certificate?.signature ?? null,
  cert_sha256: ({ certificate }) => certificate?.sha256 ?? null,
  dns_name: ({ scan, row }) => scan.text("name", row),
  domain: ({ scan, row }) => scan.text("domain", row),
  os_version: ({ scan, row }) => scan.text("os_version", row),
  os: ({ scan, row }) => scan.text("os", row),
  mstsc_code: ({ scan, row }) => scan.text("mstsc", row),
  likely_cause: ({ scan, row }) => scan.text("cause", row),
  duration_ms: ({ scan, row }) => scan.data.durationMs[row] ?? null,
  started_at: ({ scan, row }) => timeOf(scan.data.startedAt[row] ?? null),
  findings: ({ scan, row }) => scan.text("findings", row),
  tls_versions: ({ scan, row }) => scan.text("tls_versions", row),
  server: ({ scan, row }) => scan.text("server", row),
};

const timeOf = (seconds: number | null): string | null =>
  seconds === null ? null : new Date(seconds * 1000).toISOString();

/** RFC 4180, with CRLF. */
export const csvOf = (scan: Scan, rows: Iterable<number>): string => {
  const readers = Object.values(COLUMNS);
  const lines = [Object.keys(COLUMNS).join(",")];
  for (const row of rows) {
    const source = { scan, row, certificate: scan.certificate(scan.certificatePlace(row)) };
    lines.push(readers.map((read) => csvCell(read(source))).join(","));
  }
  return `${lines.join("\r\n")}\r\n`;
};

/** What a spreadsheet would run; the last four are the full-width forms, which Excel takes as well. */
const FORMULA = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/** A text that would be a formula gets an apostrophe in front; a number stays one. */
export const csvCell = (cell: Cell): string => {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Gives the file to the browser; says what it gave. */
export const saveCsv = (scan: Scan, rows: Int32Array): string => {
  const url = URL.createObjectURL(new Blob([csvOf(scan, rows)], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = "rdprobe.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  return `${counted(rows.length, "row")} saved as rdprobe.csv`;
};
