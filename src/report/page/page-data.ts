/**
 * What the HTML page is told: the results as columns, short enough for 50,000 of them. Every text is safe to print
 * (`safeText`) before it comes here, and the page writes texts as text nodes alone.
 */
import type { Remedy } from "../../verdict/remedies/remedy.ts";

export const PAGE_SCHEMA = "rdprobe.page/1";

/** Stands in the head of every page, by which a file is known as one. */
export const PAGE_MARK = '<meta name="generator" content="rdprobe">';

/** Of a block that holds the data as JSON, raw DEFLATE (RFC 1951) and base64. */
export const DEFLATED_TYPE = "application/vnd.rdprobe.page+deflate";

/** Of a block that holds the certificates' digests as packed-digests.ts has them. */
export const DIGESTS_TYPE = "application/vnd.rdprobe.digests";

/** A text of each row. */
export interface TextColumn {
  /** Each text once. */
  readonly values: readonly string[];
  /** Of each row its place in `values`, -1 for none; null where row n has the value n. */
  readonly at: readonly number[] | null;
}

/** The texts that every row has; named as the columns of our CSV where they are the same. */
export const TEXT_COLUMNS = [
  "host",
  "address",
  "severity",
  "verdict",
  "stage",
  "title",
  "summary",
  "nla",
  "layers",
  "tls_version",
  "tls_versions",
  "cipher",
  "name",
  "domain",
  "os",
  "os_version",
  "server",
  "mstsc",
  "cause",
  /** Codes of all findings, a space between. */
  "findings",
  /** What is wrong: `c:reset@tls` of the verdict, `w:certificate-expires-soon` of a finding, a space between. */
  "problems",
] as const;

export type TextColumnName = (typeof TEXT_COLUMNS)[number];

export interface PageData {
  readonly schema: typeof PAGE_SCHEMA;
  /** Of rdprobe. */
  readonly version: string;
  /** RFC 3339, UTC: what days are counted from. */
  readonly madeAt: string;
  /** The file that the results come from; null for a probe's own. */
  readonly source: string | null;
  /** RFC 3339, UTC: the first and the last result; null where no row says when. */
  readonly firstAt: string | null;
  readonly lastAt: string | null;
  /** Rows of the scan that the page has no room for. */
  readonly leftOut: number;
  /** Rows, in the order of their addresses. */
  readonly count: number;
  /** Verdicts that say that nobody listens: in a scan they are counted and not told. */
  readonly folded: readonly string[];
  /** In the order of TEXT_COLUMNS. */
  readonly text: readonly TextColumn[];
  readonly port: readonly number[];
  /** Of each row its TCP stream in the capture that it is of; null where no row is of one. */
  readonly stream: readonly (number | null)[] | null;
  /** Seconds since 1970 of each row; null where it does not say. */
  readonly startedAt: readonly (number | null)[];
  readonly durationMs: readonly (number | null)[];
  /** Of each row its place in `certificates`, -1 for none. */
  readonly certificate: readonly number[];
  readonly certificates: CertificateColumns;
  /** What is in the column `problems`, by what stands behind the colon. */
  readonly problems: Readonly<Record<string, ProblemText>>;
  readonly details: readonly (HostDetails | null)[];
  /** Of all details. */
  readonly texts: readonly string[];
  /** Those that details and problems name; what a file says of its own is not among them. */
  readonly remedies: readonly Remedy[];
  readonly changes: readonly ChangesSince[];
}

/** Each certificate once. */
export interface CertificateColumns {
  readonly subject: TextColumn;
  /** -1 where it is the subject. */
  readonly issuer: TextColumn;
  /** Seconds since 1970. */
  readonly notBefore: readonly (number | null)[];
  readonly notAfter: readonly (number | null)[];
  readonly key: TextColumn;
  readonly signature: TextColumn;
  /** 1 for one that looks like Windows' own, which Windows replaces. */
  readonly byWindows: readonly (0 | 1)[];
  /** Of each the place of the first one with its key; null where no key has two certificates. */
  readonly sameKey: readonly number[] | null;
  /** Hex; empty where the page has them in a block of their own. */
  readonly sha256: readonly (string | null)[];
}

export interface ProblemText {
  /** Lower case, no full stop. */
  readonly title: string;
  /** A sentence or two; null where there is nothing to add. */
  readonly about: string | null;
  /** Places in `remedies`: what to look at first, which changes nothing; and what mends it. -1 for none. */
  readonly check: number;
  readonly fix: number;
}

/** How a stage ended: ok, failed, skipped. */
export type StageMark = "o" | "f" | "-";

/** Texts are places in `texts`, remedies in `remedies`. */
export type HostDetails = readonly [
  /** place in STAGE_NAMES, how it ended, milliseconds, note (-1 for none) */
  stages: readonly (readonly [number, StageMark, number | null, number])[],
  /** code, severity, summary */
  findings: readonly (readonly [number, ProblemSeverity, number])[],
  /** code, title, likelihood, why (-1 for none) */
  causes: readonly (readonly [number, number, number, number])[],
  remedies: readonly number[],
  /** Popular advice that is wrong here: advice, why, instead. */
  refused: readonly (readonly [number, number, number])[],
  /** What else was seen: label, value. */
  facts: readonly (readonly [number, number])[],
];

/** info, warning, critical */
export type ProblemSeverity = "i" | "w" | "c";

export interface ChangesSince {
  /** The older file. */
  readonly name: string;
  /** RFC 3339, UTC: its last result; null where no row says when. */
  readonly at: string | null;
  readonly same: number;
  readonly changes: readonly HostChange[];
  /** Changes that the page has no room for. */
  readonly leftOut: number;
}

export interface HostChange {
  /** `host:port`, as the row of it is called. */
  readonly place: string;
  readonly kind: "new" | "gone" | "changed";
  readonly severity: ProblemSeverity;
  /** What changed, in words. */
  readonly what: readonly string[];
}
