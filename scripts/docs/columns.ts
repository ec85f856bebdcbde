/** docs/columns.md: what stands in each column of the CSV, and where in JSON it stands. */
import { FILTERS } from "../../src/audit/row-filters.ts";
import { CSV_COLUMNS, type CsvColumn, isCsvColumn } from "../../src/report/csv/csv-columns.ts";

/** What each column says, and the path of the same in JSON. */
const COLUMNS: Readonly<Record<CsvColumn, readonly [says: string, json: string]>> = {
  target: ["name or address as it was given", "target.host"],
  address: ["the address that was probed; empty where a name has none", "target.address"],
  port: ["TCP port", "target.port"],
  verdict: ["code of the verdict, see [index.md](index.md)", "verdict.code"],
  stage: [
    "how far the handshake came: dns, tcp, negotiation, tls, certificate, credssp, mcs, done",
    "verdict.stage",
  ],
  severity: ["ok, warning or critical: the worst of the verdict and all findings", "severity"],
  summary: ["what was seen, in words that may change", "verdict.summary"],
  nla: ["required, optional, unsupported, or unknown where it was not asked", "security.nla"],
  security_layers: ["layers that are accepted, with spaces between", "security.*"],
  tls_version: ["the TLS version that was negotiated", "tls.version"],
  cipher: ["the cipher suite that was negotiated", "tls.cipher.name"],
  cert_subject: ["subject of the certificate", "certificate.subject"],
  cert_issuer: ["issuer of the certificate", "certificate.issuer"],
  cert_not_before: ["RFC 3339, UTC", "certificate.notBefore"],
  cert_not_after: ["RFC 3339, UTC", "certificate.notAfter"],
  cert_days_left: ["days from the probe to the end; negative behind it", "certificate.daysLeft"],
  cert_self_signed: ["true or false", "certificate.selfSigned"],
  cert_key: ["type, and bits or curve: `rsa 2048`", "certificate.key"],
  cert_signature: ["algorithm of the certificate's signature", "certificate.signature"],
  cert_sha1: ["fingerprint, hex", "certificate.sha1"],
  cert_sha256: ["fingerprint, hex", "certificate.sha256"],
  computer_name: ["NetBIOS name, as the server says it", "ntlm.netbiosComputer"],
  dns_name: ["DNS name, as the server says it", "ntlm.dnsComputer"],
  domain: ["DNS name of the domain, or else its NetBIOS name", "ntlm.dnsDomain"],
  os_version: ["build, as the server says it: `10.0.20348`", "ntlm.osVersion"],
  os: ["releases of Windows with this build, with semicolons between", "ntlm.os"],
  clock_skew_ms: ["milliseconds that the server's clock is ahead", "ntlm.clockSkewMs"],
  mstsc_code: ["what mstsc shows: `0x904 0x7`", "verdict.mstsc"],
  likely_cause: ["code of the most likely cause, see [index.md](index.md)", "verdict.causes[0].code"],
  connections: ["TCP connections that were tried", "connections"],
  duration_ms: ["milliseconds that the probe took", "durationMs"],
  started_at: ["RFC 3339, UTC", "startedAt"],
  findings: ["codes of the findings, with spaces between", "findings[].code"],
  tls_versions: [
    "versions that are accepted, with spaces between; empty unless asked (`--ask tls-versions`, `--depth full`)",
    "tlsVersions, tlsSupport",
  ],
  server: [
    "the program that answers: windows, xrdp, ...; unknown where nothing decides",
    "server.implementation",
  ],
  server_version: ["its version", "server.version"],
  cert_end_date: ["the day of cert_not_after, as spreadsheets read it", "certificate.notAfter"],
  probed_at: ["started_at as spreadsheets read it, UTC", "startedAt"],
  cert_key_sha256: ["digest of the public key, hex: the same where a key is shared", "certificate.keySha256"],
};

/** The page, made of the tables of columns and filters. */
export const columnsPage = (): string => {
  const names = Object.keys(CSV_COLUMNS).filter(isCsvColumn);
  return `# Columns and filters

<!-- Made by \`npm run docs\` from the tables in src; change those, not this page. -->

The CSV is RFC 4180: UTF-8, CRLF, a header, one row a result, columns in this order. New columns come at the end. A cell
that a spreadsheet would take for a formula begins with an apostrophe. An empty cell means "not known", never "no".

For Excel: \`--bom\` (Excel then reads UTF-8) and \`--separator semicolon\` where the comma is the decimal sign.

| column | what stands in it | in JSON |
| --- | --- | --- |
${names.map((name) => `| ${name} | ${COLUMNS[name][0]} | \`${COLUMNS[name][1]}\` |`).join("\n")}

## Filters of --only

With a scan, \`merge\`, \`diff\` and \`report\`. A comma means "or"; a second \`--only\` means "and". What is not known matches
no filter. Days are counted from the time of the scan.

| filter | rows |
| --- | --- |
${Object.entries(FILTERS)
  .map(
    ([name, filter]) =>
      `| \`${"argument" in filter ? `${name}:${filter.argument}` : name}\` | ${filter.says} |`,
  )
  .join("\n")}
`;
};
