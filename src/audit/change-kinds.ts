/** What can change between two scans of a target, as a table: which fields say it, how bad it is, and in which words. */
import type { Severity } from "../verdict/verdicts.ts";
import { PROTOCOLS } from "../x224/protocols.ts";
import type { CertificateRow, ResultRow } from "./result-row.ts";

export interface ChangeKind {
  readonly severity: Severity;
  /** What happened, in front of the old and the new value. */
  readonly text: string;
}

export const CHANGE_KINDS = {
  "certificate-expired": { severity: "critical", text: "the certificate has expired" },
  "nla-off": { severity: "critical", text: "NLA is no longer required" },
  "verdict-worse": { severity: "critical", text: "the verdict is worse" },
  "tls-weakened": { severity: "warning", text: "TLS is weaker" },
  "security-weakened": { severity: "warning", text: "Standard RDP Security is accepted now" },
  "certificate-ending": { severity: "warning", text: "the certificate ends within 30 days" },
  "certificate-fell-back": { severity: "warning", text: "a self-signed certificate, not the issued one" },
  "certificate-again": {
    severity: "warning",
    text: "renewed within days of its making, as by a template whose display name is another",
  },
  "certificate-replaced": { severity: "warning", text: "another certificate" },
  "key-shared": { severity: "warning", text: "the key is shared with other hosts now" },
  "name-changed": { severity: "warning", text: "another computer answers" },
  "server-changed": { severity: "warning", text: "another program answers" },
  "certificate-renewed": { severity: "ok", text: "the certificate was renewed" },
  "verdict-better": { severity: "ok", text: "the verdict is better" },
  "verdict-other": { severity: "ok", text: "another verdict" },
  "nla-on": { severity: "ok", text: "NLA is required now" },
  "nla-other": { severity: "ok", text: "NLA" },
  "tls-strengthened": { severity: "ok", text: "TLS is stronger" },
  "tls-other": { severity: "ok", text: "another cipher suite" },
  "security-other": { severity: "ok", text: "another security layer" },
  "os-changed": { severity: "ok", text: "another build of Windows" },
  "address-changed": { severity: "ok", text: "another address" },
} as const satisfies Readonly<Record<string, ChangeKind>>;

export type ChangeKindId = keyof typeof CHANGE_KINDS;

export interface RowChange {
  readonly kind: ChangeKindId;
  readonly old: string | null;
  readonly new: string | null;
}

/** Days before a certificate's end from which it is near. */
const NEAR_DAYS = 30;

const RANKS = { ok: 0, warning: 1, critical: 2 } as const;

/** A version that no RFC knows is older than all. */
const VERSIONS: readonly string[] = ["ssl3", "1.0", "1.1", "1.2", "1.3"];

type Rule = (old: ResultRow, now: ResultRow) => readonly RowChange[];

/** Both sides must know a value: what one did not come to is what its verdict says. */
const differ = (
  old: string | null,
  now: string | null,
  kindOf: (old: string, now: string) => ChangeKindId,
): readonly RowChange[] =>
  old === null || now === null || old === now ? [] : [{ kind: kindOf(old, now), old, new: now }];

const verdict: Rule = (old, now) => {
  const [before, after] = [verdictText(old), verdictText(now)];
  if (before === after) return [];
  const step = RANKS[now.severity] - RANKS[old.severity];
  const kind = step > 0 ? "verdict-worse" : step < 0 ? "verdict-better" : "verdict-other";
  return [{ kind, old: before, new: after }];
};

/** `reset at tls`. */
export const verdictText = ({ verdict: code, stage }: Pick<ResultRow, "verdict" | "stage">): string =>
  stage === null || stage === "done" ? code : `${code} at ${stage}`;

const address: Rule = (old, now) =>
  old.address === now.address ? [] : [{ kind: "address-changed", old: old.address, new: now.address }];

const nla: Rule = (old, now) =>
  differ(known(old.nla), known(now.nla), (before, after) => {
    if (before === "required") return "nla-off";
    return after === "required" ? "nla-on" : "nla-other";
  });

const known = (state: ResultRow["nla"]): string | null => (state === "unknown" ? null : state);

const layers: Rule = (old, now) =>
  PROTOCOLS.flatMap(({ id }) =>
    differ(stateText(id, old), stateText(id, now), () =>
      id === "rdp" && now.layers.rdp === "accepted" ? "security-weakened" : "security-other",
    ),
  );

const stateText = (id: (typeof PROTOCOLS)[number]["id"], { layers: states }: ResultRow): string | null => {
  const state = states[id];
  return state === undefined ? null : `${id} ${state}`;
};

const tls: Rule = (old, now) => {
  const chosen = differ(old.tlsVersion, now.tlsVersion, (before, after) =>
    VERSIONS.indexOf(after) < VERSIONS.indexOf(before) ? "tls-weakened" : "tls-strengthened",
  );
  const accepted =
    old.tlsVersions === null || now.tlsVersions === null
      ? []
      : differ(versionsText(old.tlsVersions), versionsText(now.tlsVersions), () =>
          oldest(now.tlsVersions) < oldest(old.tlsVersions) ? "tls-weakened" : "tls-strengthened",
        );
  if (chosen.length + accepted.length > 0) return [...chosen, ...accepted];
  return differ(old.cipher, now.cipher, () => "tls-other");
};

const versionsText = (versions: readonly string[]): string =>
  versions.length === 0 ? "none" : versions.join(" ");

const oldest = (versions: readonly string[] | null): number =>
  (versions ?? []).reduce((least, version) => Math.min(least, VERSIONS.indexOf(version)), VERSIONS.length);

const certificate: Rule = (old, now) => {
  const [before, after] = [old.certificate, now.certificate];
  if (before === null || after === null) return [];
  const isRenewed =
    before.subject === after.subject &&
    before.issuer === after.issuer &&
    Date.parse(after.notAfter ?? "") > Date.parse(before.notAfter ?? "");
  const changed = differ(before.sha256, after.sha256, () => {
    if (before.selfSigned === false && after.selfSigned === true) return "certificate-fell-back";
    if (!isRenewed) return "certificate-replaced";
    return isTooSoon(before, after) ? "certificate-again" : "certificate-renewed";
  }).map(({ kind }) => ({ kind, old: certificateText(old), new: certificateText(now) }));
  const crossed = (bound: number): boolean =>
    before.daysLeft !== null && after.daysLeft !== null && before.daysLeft >= bound && after.daysLeft < bound;
  const days = { old: daysText(before.daysLeft), new: daysText(after.daysLeft) };
  if (crossed(0)) return [...changed, { kind: "certificate-expired", ...days }];
  return crossed(NEAR_DAYS) ? [...changed, { kind: "certificate-ending", ...days }] : changed;
};

const DAY_MS = 86_400_000;
const SOON_DAYS = 3;

/** An issued one that was made anew within days of its making, with most of its life to come (KB2531138). */
const isTooSoon = (before: CertificateRow, after: CertificateRow): boolean => {
  const days = (Date.parse(after.notBefore ?? "") - Date.parse(before.notBefore ?? "")) / DAY_MS;
  const isEarly = days > 0 && days < SOON_DAYS && (before.daysLeft ?? 0) > NEAR_DAYS;
  return isEarly && after.selfSigned === false;
};

const FINGERPRINT_LENGTH = 16;

/** Subject, end and the start of the fingerprint. */
const certificateText = ({ certificate: one }: ResultRow): string =>
  [
    one?.subject ?? "no name",
    ...(one?.notAfter == null ? [] : [`to ${one.notAfter.slice(0, 10)}`]),
    one?.sha256?.slice(0, FINGERPRINT_LENGTH) ?? "",
  ].join(" ");

const daysText = (days: number | null): string | null =>
  days === null ? null : `${Math.floor(days)} days left`;

const names: Rule = (old, now) => {
  const computer = differ(
    old.dnsName ?? old.computerName,
    now.dnsName ?? now.computerName,
    () => "name-changed",
  );
  return computer.length > 0 ? computer : differ(old.domain, now.domain, () => "name-changed");
};

const os: Rule = (old, now) => differ(old.osVersion, now.osVersion, () => "os-changed");

const UNNAMED: ReadonlySet<string | null> = new Set([null, "unknown"]);

const server: Rule = (old, now) =>
  UNNAMED.has(old.server) || UNNAMED.has(now.server)
    ? []
    : differ(old.server, now.server, () => "server-changed");

/** What differs between two rows of one target; times, latencies and order are never in it. */
export const changesOfRows: Rule = (old, now) =>
  [verdict, address, nla, layers, tls, certificate, names, server, os].flatMap((rule) => rule(old, now));
