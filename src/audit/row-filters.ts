/** The filters of `--only`, as a table: which rows each one keeps. What a row does not know matches none of them. */
import { severityIn } from "./row-of-json.ts";
import type { ResultRow } from "./result-row.ts";

/** Kinds of changes of the row's target since an older scan, by their names in a diff; null where none was compared. */
export type RowChanges = ReadonlySet<string> | null;

export type RowTest = (row: ResultRow, changes: RowChanges) => boolean;

interface Filter {
  /** What its rows are, as the end of "rows ...". */
  readonly says: string;
  /** What stands behind the colon; absent where nothing does. */
  readonly argument?: string;
  /** Null where the argument is none. */
  readonly test: (argument: string) => RowTest | null;
}

const always =
  (test: RowTest) =>
  (argument: string): RowTest | null =>
    argument === "" ? test : null;

const hasFinding = (...codes: readonly string[]) =>
  always(({ findings }) => findings?.some((code) => codes.includes(code)) === true);

const accepts = (version: string) =>
  always(({ tlsVersion, tlsVersions }) => tlsVersion === version || tlsVersions?.includes(version) === true);

/** The verdicts of TCP and DNS: no port answered. */
const UNANSWERED: ReadonlySet<string> = new Set(["dns", "tcp"]);

const MIN_RSA_BITS = 2048;
const RSA_LIKE: ReadonlySet<string> = new Set(["rsa", "rsa-pss", "dsa"]);
const BROKEN_HASH = /sha-?1(?!\d)|md[245]/i;

export const FILTERS = {
  "no-nla": {
    says: "whose server does not require NLA",
    test: always(({ nla }) => nla === "optional" || nla === "unsupported"),
  },
  nla: { says: "whose server requires NLA", test: always(({ nla }) => nla === "required") },
  "nla-unknown": {
    says: "whose port answered, and where it is not known whether NLA is required",
    test: always(({ nla, stage }) => nla === "unknown" && stage !== null && !UNANSWERED.has(stage)),
  },
  "no-tls": {
    says: "whose server does no TLS",
    test: always(({ verdict }) => verdict === "standard-security-only"),
  },
  "standard-security": {
    says: "whose server accepts Standard RDP Security",
    test: always(({ layers, verdict }) => layers.rdp === "accepted" || verdict === "standard-security-only"),
  },
  ssl3: { says: "whose server accepts SSL 3", test: accepts("ssl3") },
  "tls1.0": { says: "whose server accepts TLS 1.0", test: accepts("1.0") },
  "tls1.1": { says: "whose server accepts TLS 1.1", test: accepts("1.1") },
  "tls1.2": { says: "whose server accepts TLS 1.2", test: accepts("1.2") },
  "tls1.3": { says: "whose server accepts TLS 1.3", test: accepts("1.3") },
  expired: {
    says: "whose certificate had ended when it was seen",
    test: always(({ certificate }) => isBelow(certificate?.daysLeft, 0)),
  },
  expiring: {
    says: "whose certificate ends within so many days of the scan, and has not ended",
    argument: "30d",
    test: (argument) => {
      const days = /^(\d{1,5})d?$/.exec(argument)?.[1];
      if (days === undefined) return null;
      return ({ certificate }) =>
        isBelow(certificate?.daysLeft, Number(days)) && !isBelow(certificate?.daysLeft, 0);
    },
  },
  "self-signed": {
    says: "whose certificate is self-signed",
    test: always(({ certificate }) => certificate?.selfSigned === true),
  },
  "weak-key": {
    says: "whose certificate has an RSA key of less than 2048 bits, or one that clients refuse",
    test: always(
      ({ certificate, findings }) =>
        (RSA_LIKE.has(certificate?.key?.type ?? "") && isBelow(certificate?.key?.bits, MIN_RSA_BITS)) ||
        findings?.some((code) => WEAK_KEYS.has(code)) === true,
    ),
  },
  "weak-hash": {
    says: "whose certificate is signed with SHA-1 or MD5",
    test: always(({ certificate }) => BROKEN_HASH.test(certificate?.signature ?? "")),
  },
  "weak-suite": {
    says: "whose server chooses or accepts a weak cipher suite",
    test: hasFinding("cipher-suite-weak", "cipher-suite-weak-accepted"),
  },
  "name-mismatch": {
    says: "whose certificate has another name",
    test: hasFinding("certificate-name-mismatch", "certificate-not-for-this-computer"),
  },
  open: {
    says: "whose port answered",
    test: always(({ stage }) => stage !== null && !UNANSWERED.has(stage)),
  },
  severity: {
    says: "of this severity",
    argument: "critical",
    test: (argument) => {
      const wanted = severityIn(argument);
      return wanted === null ? null : ({ severity }) => severity === wanted;
    },
  },
  verdict: {
    says: "with this verdict",
    argument: "reset",
    test: (argument) =>
      word(
        argument,
        (code) =>
          ({ verdict }) =>
            verdict === code,
      ),
  },
  finding: {
    says: "with this finding",
    argument: "clock-skew",
    test: (argument) =>
      word(
        argument,
        (code) =>
          ({ findings }) =>
            findings?.includes(code) === true,
      ),
  },
  server: {
    says: "that this program answered",
    argument: "xrdp",
    test: (argument) =>
      word(
        argument,
        (name) =>
          ({ server }) =>
            server === name,
      ),
  },
  os: {
    says: "whose Windows has this in its name or build",
    argument: "2012",
    test: (argument) =>
      argument === ""
        ? null
        : ({ os, osVersion }) =>
            [...os, osVersion ?? ""].some((name) => name.toLowerCase().includes(argument)),
  },
  changed: {
    says: "that changed so since the older scan (diff and report)",
    argument: "certificate",
    test: (argument) => word(argument, (kind) => (_, changes) => changes?.has(kind) === true),
  },
} as const satisfies Readonly<Record<string, Filter>>;

const WEAK_KEYS: ReadonlySet<string> = new Set(["certificate-key-short", "certificate-key-refused"]);

const isBelow = (value: number | null | undefined, bound: number): boolean =>
  value !== null && value !== undefined && value < bound;

const word = (argument: string, test: (argument: string) => RowTest): RowTest | null =>
  /^[a-z0-9-]+$/.test(argument) ? test(argument) : null;
