/** One result as an audit reads it, from whichever of our files: what the file does not say is null, and never "no". */
import type { LayerState } from "../handshake/facts/layer-states.ts";
import type { SecurityReport } from "../verdict/result/result.ts";
import type { Severity } from "../verdict/verdicts.ts";
import type { ProtocolId } from "../x224/protocols.ts";

/**
 * All texts are safe to print (`safeText`), and no longer than that lets them be. CSV knows less than JSON: of the
 * layers only those that are accepted, of the findings their codes, of the certificate what has a column.
 */
export interface ResultRow {
  /** As the user typed it, without the port. */
  readonly host: string;
  /** Null where the name had no address. */
  readonly address: string | null;
  readonly port: number;
  /** A code of VERDICTS, or of a later release. */
  readonly verdict: string;
  readonly stage: string | null;
  readonly severity: Severity;
  readonly summary: string | null;
  readonly nla: SecurityReport["nla"];
  /** Those that are known of. */
  readonly layers: Readonly<Partial<Record<ProtocolId, Exclude<LayerState, "unknown">>>>;
  /** `1.2`: the one that was negotiated. */
  readonly tlsVersion: string | null;
  readonly cipher: string | null;
  /** Null where none was seen. */
  readonly certificate: CertificateRow | null;
  /** NetBIOS. */
  readonly computerName: string | null;
  readonly dnsName: string | null;
  readonly domain: string | null;
  /** `10.0.20348`. */
  readonly osVersion: string | null;
  /** Every release that reports this build. */
  readonly os: readonly string[];
  readonly clockSkewMs: number | null;
  /** `0x904 0x7`: code and extended code. */
  readonly mstsc: string | null;
  /** Code of the first cause. */
  readonly likelyCause: string | null;
  readonly connections: number | null;
  readonly durationMs: number | null;
  /** RFC 3339, UTC. */
  readonly startedAt: string | null;
  /** Codes; null where the file has no place for them. */
  readonly findings: readonly string[] | null;
  /** Those that the server accepts; null where not all of them were asked for. */
  readonly tlsVersions: readonly string[] | null;
  readonly server: string | null;
  readonly serverVersion: string | null;
  /** The whole result as it stands in the file, unchecked; null for a row of CSV. */
  readonly json: JsonObject | null;
}

export interface CertificateRow {
  readonly subject: string | null;
  readonly issuer: string | null;
  /** RFC 3339, UTC, as the next one. */
  readonly notBefore: string | null;
  readonly notAfter: string | null;
  /** When the result was made. */
  readonly daysLeft: number | null;
  readonly selfSigned: boolean | null;
  readonly key: { readonly type: string; readonly bits: number | null; readonly curve: string | null } | null;
  /** Of the public key, hex; null where the file does not say it. */
  readonly keySha256: string | null;
  readonly signature: string | null;
  /** Hex, as the next one. */
  readonly sha1: string | null;
  readonly sha256: string | null;
}

export type JsonObject = Readonly<Record<string, unknown>>;
