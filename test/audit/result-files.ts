/** The same results as each of our files, and as others save them again. */
import { CSV_HEAD, csvRecord } from "../../src/report/csv/csv.ts";
import { jsonDocument, jsonLine } from "../../src/report/json/json.ts";
import type { Result } from "../../src/verdict/result/result.ts";
import { hostile, RESULTS } from "../report/results.ts";

const REFUSED = {
  accepted: [],
  serverPreference: null,
  notUsableWithCertificate: [],
  groups: [],
  groupsComplete: true,
  dhBits: [],
  complete: true,
} as const;
const TAKEN = { ...REFUSED, accepted: ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"] } as const;

/** A result with something in every part that a row has. */
const FULL: Result = {
  ...RESULTS.noCertificate,
  target: { input: "ts01", host: "ts01", address: "192.0.2.8", port: 3390, family: 4 },
  durationMs: 12.34,
  server: { implementation: "windows", version: "10.0.20348", confidence: "observed", evidence: [] },
  severity: "warning",
  findings: ["certificate-expires-soon", "certificate-weak-key"].map((code) => ({
    code,
    severity: "warning",
    stage: "certificate",
    summary: code,
    evidence: {},
    remedies: [],
  })),
  security: { ...RESULTS.noCertificate.security, nla: "optional", hybrid: "accepted", rdp: "refused" },
  tls: {
    version: "1.2",
    cipher: { name: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", openssl: null, code: "0xc02f" },
    group: "x25519",
    alert: null,
    offeredAs: null,
  },
  certificate: {
    subject: 'CN=ts01, O="A, B", OU=x\u202e',
    commonName: "ts01",
    issuer: `CN=${"long ".repeat(100)}`,
    serial: "01",
    notBefore: "2026-01-01T00:00:00.000Z",
    notAfter: "2026-12-20T00:00:00.000Z",
    daysLeft: -22.5,
    selfSigned: false,
    subjectAltNames: [],
    key: { type: "rsa", bits: 1024, curve: null },
    keySha256: "22".repeat(32),
    signature: "sha1WithRSAEncryption",
    extendedKeyUsage: null,
    sha1: "00".repeat(20),
    sha256: "11".repeat(32),
    matchesTarget: null,
    chain: [],
  },
  ntlm: {
    targetName: "CORP",
    netbiosComputer: "TS01",
    netbiosDomain: "CORP",
    dnsComputer: "ts01.corp.example",
    dnsDomain: "corp.example",
    dnsTree: null,
    osVersion: "10.0.20348",
    os: ["Windows Server 2022", "Windows 11"],
    serverTime: null,
    clockSkewMs: -120,
  },
  tlsSupport: { ssl3: REFUSED, "1.0": TAKEN, "1.1": REFUSED, "1.2": TAKEN, "1.3": REFUSED },
};

const ELLIPTIC: Result = {
  ...FULL,
  target: { ...FULL.target, host: "2001:db8::7", address: "2001:db8::7", family: 6 },
  certificate:
    FULL.certificate === null
      ? null
      : { ...FULL.certificate, selfSigned: true, key: { type: "ec", bits: null, curve: "secp256r1" } },
  ntlm: null,
};

/** The first two have a certificate. */
export const MANY_RESULTS: readonly Result[] = [
  FULL,
  ELLIPTIC,
  ...Object.values(RESULTS),
  ...Object.values(RESULTS).map(hostile),
];

export const CSV_OF = (results: readonly Result[]): string =>
  CSV_HEAD + results.map((result) => csvRecord(result)).join("");

export const NDJSON_OF = (results: readonly Result[]): string =>
  results.map((result) => jsonLine(result)).join("");

/** Each form of the same results; `knows` is "all" where nothing is lost. */
export const FORMS: readonly {
  readonly name: string;
  readonly text: (results: readonly Result[]) => string;
  readonly format: "csv" | "json";
}[] = [
  { name: "NDJSON", format: "json", text: NDJSON_OF },
  { name: "JSON", format: "json", text: jsonDocument },
  { name: "JSON in one line", format: "json", text: (results) => JSON.stringify(results) },
  { name: "JSON with four spaces", format: "json", text: (results) => JSON.stringify(results, null, 4) },
  {
    name: "JSON with a bracket on the first line",
    format: "json",
    text: (results) => JSON.stringify(results, null, 1).replace(/^\[\s*/, "["),
  },
  {
    name: "JSON values one behind the other, as jq prints them",
    format: "json",
    text: (results) => results.map((result) => `${JSON.stringify(result, null, 2)}\n`).join(""),
  },
  { name: "CSV", format: "csv", text: CSV_OF },
  { name: "CSV behind Excel's sep", format: "csv", text: (results) => `sep=,\r\n${CSV_OF(results)}` },
  {
    name: "CSV behind PowerShell's type",
    format: "csv",
    text: (results) => `#TYPE System.Object\r\n${CSV_OF(results)}`,
  },
  { name: "CSV twice joined by cat", format: "csv", text: (results) => CSV_OF(results) + CSV_OF([]) },
];

/** How programs write the same text. */
export const ENCODINGS: readonly (readonly [string, (text: string) => Uint8Array])[] = [
  ["UTF-8", (text) => Buffer.from(text)],
  ["UTF-8 with a mark", (text) => Buffer.from(`\uFEFF${text}`)],
  ["UTF-16LE, as PowerShell 5 writes it", (text) => Buffer.from(`\uFEFF${text}`, "utf16le")],
  ["UTF-16BE", (text) => Buffer.from(`\uFEFF${text}`, "utf16le").swap16()],
  ["CRLF", (text) => Buffer.from(text.replaceAll(/\r?\n/g, "\r\n"))],
  ["LF", (text) => Buffer.from(text.replaceAll("\r\n", "\n"))],
];
