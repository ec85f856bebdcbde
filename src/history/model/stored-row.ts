/** A row as a history keeps it: what differs from probe to probe apart from what is the same for many. */
import { createHash } from "node:crypto";
import type { CertificateRow, ResultRow } from "../../audit/result-row.ts";
import { daysBetween } from "../../verdict/days-left.ts";
import { PROTOCOLS } from "../../x224/protocols.ts";

/** What a probe saw of a server; two probes that saw the same have the same text. */
export interface Facts {
  readonly verdict: string;
  readonly stage: string | null;
  readonly severity: ResultRow["severity"];
  readonly summary: string | null;
  readonly nla: ResultRow["nla"];
  readonly layers: ResultRow["layers"];
  readonly tlsVersion: string | null;
  readonly cipher: string | null;
  readonly computerName: string | null;
  readonly dnsName: string | null;
  readonly domain: string | null;
  readonly osVersion: string | null;
  readonly os: readonly string[];
  readonly mstsc: string | null;
  readonly likelyCause: string | null;
  readonly findings: readonly string[] | null;
  readonly tlsVersions: readonly string[] | null;
  readonly server: string | null;
  readonly serverVersion: string | null;
}

/** What is a certificate's own; the days that are left are not. */
export type StoredCertificate = Omit<CertificateRow, "daysLeft">;

/** What is a probe's own. */
export interface ProbePart {
  readonly host: string;
  readonly address: string | null;
  readonly port: number;
  readonly startedAt: string;
  readonly durationMs: number | null;
  readonly clockSkewMs: number | null;
  readonly connections: number | null;
}

/** In one order of names, so that the same facts are the same text. */
export const factsOf = (row: ResultRow): Facts => ({
  verdict: row.verdict,
  stage: row.stage,
  severity: row.severity,
  summary: row.summary === null ? null : row.summary.replaceAll(/\d+(?:\.\d+)? days?/g, "some days"),
  nla: row.nla,
  layers: Object.fromEntries(
    PROTOCOLS.flatMap(({ id }) => (row.layers[id] === undefined ? [] : [[id, row.layers[id]]])),
  ),
  tlsVersion: row.tlsVersion,
  cipher: row.cipher,
  computerName: row.computerName,
  dnsName: row.dnsName,
  domain: row.domain,
  osVersion: row.osVersion,
  os: row.os,
  mstsc: row.mstsc,
  likelyCause: row.likelyCause,
  findings: row.findings,
  tlsVersions: row.tlsVersions,
  server: row.server,
  serverVersion: row.serverVersion,
});

/** Names the facts, in hex. Peers write parts of them: two texts of one digest would lend a host the other's verdict. */
export const digestOf = (text: string): string =>
  createHash("sha256").update(text).digest("hex").slice(0, DIGEST_DIGITS);

/** 16 bytes. */
const DIGEST_DIGITS = 32;

/** The row again; what it was made of is given. */
export const rowOf = (probe: ProbePart, facts: Facts, certificate: StoredCertificate | null): ResultRow => ({
  ...facts,
  ...probe,
  certificate:
    certificate === null
      ? null
      : { ...certificate, daysLeft: daysLeftAt(probe.startedAt, certificate.notAfter) },
  json: null,
});

const daysLeftAt = (at: string, notAfter: string | null): number | null =>
  notAfter === null ? null : daysBetween(new Date(at), new Date(notAfter));
