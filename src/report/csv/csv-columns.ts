/** The columns of the CSV, in their order: what stands in each, and what it means. */
import type { CertificateRow, ResultRow } from "../../audit/result-row.ts";

/** A number stays one for whoever reads the file; null is an empty cell. */
export type Cell = string | number | boolean | null;

interface Column {
  readonly cell: (row: ResultRow) => Cell;
}

const ofCertificate =
  (cell: (certificate: CertificateRow) => Cell) =>
  ({ certificate }: ResultRow): Cell =>
    certificate === null ? null : cell(certificate);

export const CSV_COLUMNS = {
  target: { cell: ({ host }) => host },
  address: { cell: ({ address }) => address },
  port: { cell: ({ port }) => port },
  verdict: { cell: ({ verdict }) => verdict },
  stage: { cell: ({ stage }) => stage },
  severity: { cell: ({ severity }) => severity },
  summary: { cell: ({ summary }) => summary },
  nla: { cell: ({ nla }) => nla },
  security_layers: { cell: ({ layers }) => LAYERS.filter((layer) => layers[layer] === "accepted").join(" ") },
  tls_version: { cell: ({ tlsVersion }) => tlsVersion },
  cipher: { cell: ({ cipher }) => cipher },
  cert_subject: { cell: ofCertificate(({ subject }) => subject) },
  cert_issuer: { cell: ofCertificate(({ issuer }) => issuer) },
  cert_not_before: { cell: ofCertificate(({ notBefore }) => notBefore) },
  cert_not_after: { cell: ofCertificate(({ notAfter }) => notAfter) },
  cert_days_left: { cell: ofCertificate(({ daysLeft }) => daysLeft) },
  cert_self_signed: { cell: ofCertificate(({ selfSigned }) => selfSigned) },
  cert_key: { cell: ofCertificate(({ key }) => keyText(key)) },
  cert_signature: { cell: ofCertificate(({ signature }) => signature) },
  cert_sha1: { cell: ofCertificate(({ sha1 }) => sha1) },
  cert_sha256: { cell: ofCertificate(({ sha256 }) => sha256) },
  computer_name: { cell: ({ computerName }) => computerName },
  dns_name: { cell: ({ dnsName }) => dnsName },
  domain: { cell: ({ domain }) => domain },
  os_version: { cell: ({ osVersion }) => osVersion },
  os: { cell: ({ os }) => (os.length === 0 ? null : os.join(OS_SEPARATOR)) },
  clock_skew_ms: { cell: ({ clockSkewMs }) => clockSkewMs },
  mstsc_code: { cell: ({ mstsc }) => mstsc },
  likely_cause: { cell: ({ likelyCause }) => likelyCause },
  connections: { cell: ({ connections }) => connections },
  duration_ms: { cell: ({ durationMs }) => durationMs },
  started_at: { cell: ({ startedAt }) => startedAt },
  findings: { cell: ({ findings }) => findings?.join(" ") ?? null },
  tls_versions: { cell: ({ tlsVersions }) => tlsVersions?.join(" ") ?? null },
  server: { cell: ({ server }) => server },
  server_version: { cell: ({ serverVersion }) => serverVersion },
  cert_end_date: { cell: ofCertificate(({ notAfter }) => notAfter?.slice(0, DATE_LENGTH) ?? null) },
  probed_at: { cell: ({ startedAt }) => startedAt?.slice(0, SECOND_LENGTH).replace("T", " ") ?? null },
  cert_key_sha256: { cell: ofCertificate(({ keySha256 }) => keySha256) },
} as const satisfies Readonly<Record<string, Column>>;

export type CsvColumn = keyof typeof CSV_COLUMNS;

export const isCsvColumn = (name: string): name is CsvColumn => Object.hasOwn(CSV_COLUMNS, name);

/** `2026-11-27` and `2026-11-27 21:36:11`, UTC: what every spreadsheet takes for a date, as it does not with RFC 3339. */
const DATE_LENGTH = 10;
const SECOND_LENGTH = 19;

/** In the order in which they stand in a cell. */
export const LAYERS = ["rdp", "ssl", "hybrid", "hybrid-ex", "rdstls", "rdsaad"] as const;

export const OS_SEPARATOR = "; ";

const keyText = (key: CertificateRow["key"]): string | null =>
  key === null ? null : [key.type, key.curve ?? key.bits].filter((part) => part !== null).join(" ");
