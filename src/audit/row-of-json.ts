/** A result's JSON as a row. */
import { RESULT_SCHEMA, type Result } from "../verdict/result/result.ts";
import { type Severity, VERDICTS } from "../verdict/verdicts.ts";
import { TLS_VERSIONS } from "../tls/tables/versions.ts";
import { PROTOCOLS } from "../x224/protocols.ts";
import { booleanAt, entriesAt, numberAt, objectOf, partAt, textAt } from "./json-parts.ts";
import type { CertificateRow, ResultRow } from "./result-row.ts";

/** Null where the value is no result of rdprobe. */
export const rowOfJson = (value: unknown): ResultRow | null => {
  const json = objectOf(value);
  const host = textAt(json, "target", "host");
  const port = portOf(partAt(json, "target", "port"));
  const verdict = textAt(json, "verdict", "code");
  const isResult = partAt(json, "schema") === RESULT_SCHEMA;
  if (!isResult || json === null || host === null || port === null || verdict === null) return null;
  return {
    host,
    address: textAt(json, "target", "address"),
    port,
    verdict,
    stage: textAt(json, "verdict", "stage"),
    severity:
      severityIn(partAt(json, "severity")) ??
      severityIn(partAt(json, "verdict", "severity")) ??
      severityOfVerdict(verdict),
    summary: textAt(json, "verdict", "summary"),
    nla: nlaIn(partAt(json, "security", "nla")),
    layers: Object.fromEntries(
      PROTOCOLS.flatMap(({ id }) => {
        const state = partAt(json, "security", id);
        return state === "accepted" || state === "refused" ? [[id, state] as const] : [];
      }),
    ),
    tlsVersion: textAt(json, "tls", "version"),
    cipher: textAt(json, "tls", "cipher", "name"),
    certificate: certificateOf(partAt(json, "certificate")),
    computerName: textAt(json, "ntlm", "netbiosComputer"),
    dnsName: textAt(json, "ntlm", "dnsComputer"),
    domain: textAt(json, "ntlm", "dnsDomain") ?? textAt(json, "ntlm", "netbiosDomain"),
    osVersion: textAt(json, "ntlm", "osVersion"),
    os: (entriesAt(json, "ntlm", "os") ?? []).flatMap((name) => textAt({ name }, "name") ?? []),
    clockSkewMs: numberAt(json, "ntlm", "clockSkewMs"),
    mstsc: mstscOf(partAt(json, "verdict", "mstsc")),
    likelyCause: textAt(entriesAt(json, "verdict", "causes")?.[0], "code"),
    connections: numberAt(json, "connections"),
    durationMs: numberAt(json, "durationMs"),
    startedAt: textAt(json, "startedAt"),
    findings: entriesAt(json, "findings")?.flatMap((finding) => textAt(finding, "code") ?? []) ?? [],
    tlsVersions: acceptedVersions(partAt(json, "tlsSupport"), partAt(json, "tlsVersions")),
    server: textAt(json, "server", "implementation"),
    serverVersion: textAt(json, "server", "version"),
    json,
  };
};

/** The row of a result that was just made. */
export const rowOfResult = (result: Result): ResultRow => {
  const row = rowOfJson(result);
  if (row === null) throw new TypeError("result: it has no target or no verdict");
  return row;
};

const MAX_PORT = 65_535;

/** Null for what is no port. */
export const portOf = (value: unknown): number | null =>
  typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= MAX_PORT ? value : null;

/** Null for what is no severity. */
export const severityIn = (value: unknown): Severity | null =>
  value === "ok" || value === "warning" || value === "critical" ? value : null;

/** Of a row that does not say it: that of its verdict, and a warning where that is not known. */
export const severityOfVerdict = (code: string): Severity =>
  Object.entries(VERDICTS).find(([known]) => known === code)?.[1].severity ?? "warning";

export const nlaIn = (value: unknown): ResultRow["nla"] =>
  value === "required" || value === "optional" || value === "unsupported" ? value : "unknown";

const certificateOf = (value: unknown): CertificateRow | null => {
  const certificate = objectOf(value);
  if (certificate === null) return null;
  const type = textAt(certificate, "key", "type");
  return {
    subject: textAt(certificate, "subject"),
    issuer: textAt(certificate, "issuer"),
    notBefore: textAt(certificate, "notBefore"),
    notAfter: textAt(certificate, "notAfter"),
    daysLeft: numberAt(certificate, "daysLeft"),
    selfSigned: booleanAt(certificate, "selfSigned"),
    key:
      type === null
        ? null
        : { type, bits: numberAt(certificate, "key", "bits"), curve: textAt(certificate, "key", "curve") },
    keySha256: textAt(certificate, "keySha256"),
    signature: textAt(certificate, "signature"),
    sha1: textAt(certificate, "sha1"),
    sha256: textAt(certificate, "sha256"),
  };
};

/** The code, and the extended one behind it where there is one: `0x904 0x7`. */
const mstscOf = (value: unknown): string | null => {
  const parts = [textAt(value, "code"), textAt(value, "extended")].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(" ");
};

/** By full depth, or by `--ask tls-versions`; null where nobody asked for all versions. */
const acceptedVersions = (full: unknown, asked: unknown): readonly string[] | null => {
  const [support, states] = [objectOf(full), objectOf(asked)];
  if (support === null && states === null) return null;
  const isTaken = (name: string): boolean =>
    support === null
      ? partAt(states, name) === "accepted"
      : (entriesAt(support, name, "accepted") ?? []).length > 0;
  return TLS_VERSIONS.map(({ name }) => name).filter(isTaken);
};
