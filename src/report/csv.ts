/** Results as CSV (RFC 4180): UTF-8, CRLF, one record a line whatever a peer sent. */
import { stringify } from "csv-stringify/sync";
import type { Result } from "../verdict/result.ts";
import { safeText } from "./safe-text.ts";

/** A number stays one for whoever reads the file; null is an empty cell. */
type Cell = string | number | boolean | null;

const COLUMNS = {
  target: ({ target }) => target.host,
  address: ({ target }) => target.address,
  port: ({ target }) => target.port,
  verdict: ({ verdict }) => verdict.code,
  stage: ({ verdict }) => verdict.stage,
  severity: ({ severity }) => severity,
  summary: ({ verdict }) => verdict.summary,
  nla: ({ security }) => security.nla,
  security_layers: ({ security }) => LAYERS.filter((layer) => security[layer] === "accepted").join(" "),
  tls_version: ({ tls }) => tls?.version ?? null,
  cipher: ({ tls }) => tls?.cipher?.name ?? null,
  cert_subject: ({ certificate }) => certificate?.subject ?? null,
  cert_issuer: ({ certificate }) => certificate?.issuer ?? null,
  cert_not_before: ({ certificate }) => certificate?.notBefore ?? null,
  cert_not_after: ({ certificate }) => certificate?.notAfter ?? null,
  cert_days_left: ({ certificate }) => certificate?.daysLeft ?? null,
  cert_self_signed: ({ certificate }) => certificate?.selfSigned ?? null,
  cert_key: ({ certificate }) => keyText(certificate?.key ?? null),
  cert_signature: ({ certificate }) => certificate?.signature ?? null,
  cert_sha1: ({ certificate }) => certificate?.sha1 ?? null,
  cert_sha256: ({ certificate }) => certificate?.sha256 ?? null,
  computer_name: ({ ntlm }) => ntlm?.netbiosComputer ?? null,
  dns_name: ({ ntlm }) => ntlm?.dnsComputer ?? null,
  domain: ({ ntlm }) => ntlm?.dnsDomain ?? ntlm?.netbiosDomain ?? null,
  os_version: ({ ntlm }) => ntlm?.osVersion ?? null,
  os: ({ ntlm }) => ntlm?.os.join("; ") ?? null,
  clock_skew_ms: ({ ntlm }) => ntlm?.clockSkewMs ?? null,
  mstsc_code: ({ verdict }) => mstscText(verdict.mstsc),
  likely_cause: ({ verdict }) => verdict.causes[0]?.code ?? null,
  connections: (result) => result.connections,
  duration_ms: (result) => result.durationMs,
  started_at: (result) => result.startedAt,
  findings: ({ findings }) => findings.map(({ code }) => code).join(" "),
  tls_versions: ({ tlsSupport }) => acceptedVersions(tlsSupport),
  server: ({ server }) => server?.implementation ?? null,
  server_version: ({ server }) => server?.version ?? null,
} as const satisfies Readonly<Record<string, (result: Result) => Cell>>;

const LAYERS = ["rdp", "ssl", "hybrid", "hybrid-ex", "rdstls", "rdsaad"] as const;

/** Null where nobody asked for all versions. */
const acceptedVersions = (support: Result["tlsSupport"]): string | null =>
  support === undefined
    ? null
    : Object.entries(support)
        .filter(([, { accepted }]) => accepted.length > 0)
        .map(([version]) => version)
        .join(" ");

const keyText = (key: NonNullable<Result["certificate"]>["key"]): string | null =>
  key === null ? null : [key.type, key.curve ?? key.bits].filter((part) => part !== null).join(" ");

/** The code, and the extended one behind it where there is one: `0x904 0x7`. */
const mstscText = (mstsc: Result["verdict"]["mstsc"]): string | null =>
  mstsc === null ? null : [mstsc.code, mstsc.extended].filter((part) => part !== null).join(" ");

const READERS = Object.values(COLUMNS);

/** The first line, with its CRLF. */
export const CSV_HEAD = `${Object.keys(COLUMNS).join(",")}\r\n`;

/** One result as a record with its CRLF. */
export const csvRecord = (result: Result): string =>
  stringify([READERS.map((read) => cellOf(read(result)))], OPTIONS);

const OPTIONS = {
  record_delimiter: "\r\n",
  escape_formulas: true,
  cast: { boolean: String },
} as const;

/** What a spreadsheet would take for a formula, and an escape hides from the library. */
const HIDDEN_FORMULA = /^[\t\r]/;

/** Controls are escaped, so that no cell has a line end in it or acts on a terminal. */
const cellOf = (cell: Cell): Cell => {
  if (typeof cell !== "string") return cell;
  return HIDDEN_FORMULA.test(cell) ? `'${safeText(cell)}` : safeText(cell);
};
