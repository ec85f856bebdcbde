/**
 * What a monitor is told of a result: OK, WARNING, CRITICAL or UNKNOWN, and why. The verdict's severity comes
 * first; what a site requires, forbids or sees otherwise comes on top. The worst of all counts.
 */
import type { CertificateReport, Result } from "./result.ts";
import type { Severity, VerdictCode, VerdictStage } from "./verdicts.ts";

/** The states of the Monitoring Plugins guidelines; their exit codes are 0 to 3 in this order. */
export const CHECK_STATES = ["ok", "warning", "critical", "unknown"] as const;

export type CheckState = (typeof CHECK_STATES)[number];

export const REQUIREMENTS = ["nla", "tls", "tls1.2", "tls1.3"] as const;

type Requirement = (typeof REQUIREMENTS)[number];

export const PROHIBITIONS = ["standard-security", "tls1.0", "tls1.1", "self-signed", "sha1"] as const;

export type Prohibition = (typeof PROHIBITIONS)[number];

/** Whether a server takes what it was asked for on a connection of its own. */
export type OfferState = "accepted" | "refused" | "unknown";

/** Values to alert on, and how they are written. */
export interface Alert {
  readonly text: string;
  readonly holds: (value: number) => boolean;
}

export interface AlertLevels {
  readonly warning: Alert | null;
  readonly critical: Alert | null;
}

/** A site's policy. */
export interface CheckPolicy {
  /** On whole days left of the certificate. */
  readonly daysLeft: AlertLevels;
  /** On milliseconds of the whole probe. */
  readonly latencyMs: AlertLevels;
  readonly required: readonly Requirement[];
  readonly forbidden: readonly Prohibition[];
  /** The verdicts that are wanted, whatever their severity; empty where the severity counts. */
  readonly expected: readonly VerdictCode[];
  /** SHA-256 digests, lower-case hex, of the certificates that may stand there; empty for any. */
  readonly pins: readonly string[];
  /** States of verdicts where the site sees them otherwise. */
  readonly states: ReadonlyMap<VerdictCode, CheckState>;
}

/** One reason for a state that is not OK. */
export interface CheckReason {
  readonly state: Exclude<CheckState, "ok">;
  /** Text of a peer may stand in it, as it came. */
  readonly text: string;
}

export interface CheckOutcome {
  readonly state: CheckState;
  /** The gravest first; empty where all is well. */
  readonly reasons: readonly CheckReason[];
}

/** What is judged: the result, and the answers to the questions that prohibitions make necessary. */
export interface CheckedResult {
  readonly result: Result;
  readonly offers: ReadonlyMap<Prohibition, OfferState>;
}

/** The state of one result under a policy. */
export const checkOutcome = (checked: CheckedResult, policy: CheckPolicy): CheckOutcome => {
  const reasons = [
    ...verdictReasons(checked.result, policy),
    ...certificateReasons(checked.result, policy),
    ...policy.required.flatMap((requirement) => asReasons(REQUIRED[requirement](checked))),
    ...policy.forbidden.flatMap((prohibition) => asReasons(FORBIDDEN[prohibition](checked))),
    ...latencyReasons(checked.result, policy),
  ].toSorted((a, b) => GRAVITY[b.state] - GRAVITY[a.state]);
  return { state: reasons[0]?.state ?? "ok", reasons };
};

/** The gravest of several; what is not known weighs less than what is known to be bad. */
export const gravestState = (states: readonly CheckState[]): CheckState =>
  states.toSorted((a, b) => GRAVITY[b] - GRAVITY[a])[0] ?? "unknown";

/** The whole days that a certificate has left, below 0 when it is over; null where there is none to say it of. */
export const wholeDaysLeft = ({ certificate }: Result): number | null =>
  certificate?.daysLeft == null ? null : Math.floor(certificate.daysLeft);

const GRAVITY: Readonly<Record<CheckState, number>> = { ok: 0, unknown: 1, warning: 2, critical: 3 };

const OF_SEVERITY: Readonly<Record<Severity, CheckState>> = {
  ok: "ok",
  warning: "warning",
  critical: "critical",
};

const reason = (state: CheckState, text: string): readonly CheckReason[] =>
  state === "ok" ? [] : [{ state, text }];

const verdictReasons = (
  { verdict: { code, stage, severity, summary, mstsc } }: Result,
  { expected, states }: CheckPolicy,
): readonly CheckReason[] => {
  if (expected.includes(code)) return [];
  const shown = mstsc === null ? "" : ` (${[mstsc.code, mstsc.extended].filter(Boolean).join("/")})`;
  const text = `${placeOf(code, stage)}${shown}: ${summary}`;
  if (expected.length > 0) return reason("critical", `not ${expected.join(" or ")} but ${text}`);
  return reason(states.get(code) ?? OF_SEVERITY[severity], text);
};

const placeOf = (code: VerdictCode, stage: VerdictStage): string =>
  stage === "done" ? code : `${code} at ${stage}`;

const certificateReasons = (result: Result, { daysLeft, pins }: CheckPolicy): readonly CheckReason[] => {
  const days = wholeDaysLeft(result);
  const { certificate } = result;
  return [
    ...(days === null
      ? []
      : levelReasons(daysLeft, days, `the certificate has ${days} ${days === 1 ? "day" : "days"} left`)),
    ...(pins.length === 0 ? [] : asReasons(pinned(result, certificate, pins))),
  ];
};

const latencyReasons = ({ durationMs }: Result, { latencyMs }: CheckPolicy): readonly CheckReason[] =>
  levelReasons(latencyMs, durationMs, `the probe took ${Math.round(durationMs)} ms`);

const levelReasons = (
  { warning, critical }: AlertLevels,
  value: number,
  text: string,
): readonly CheckReason[] => {
  if (critical?.holds(value) === true) return reason("critical", `${text} (alert range ${critical.text})`);
  if (warning?.holds(value) === true) return reason("warning", `${text} (alert range ${warning.text})`);
  return [];
};

/** Met, broken, or not to be told from what was seen; the text says what is not as it should be. */
type Finding = { readonly kind: "met" } | { readonly kind: "broken" | "untold"; readonly text: string };

const MET: Finding = { kind: "met" };
const broken = (text: string): Finding => ({ kind: "broken", text });
const untold = (text: string): Finding => ({ kind: "untold", text });

const asReasons = (finding: Finding): readonly CheckReason[] => {
  if (finding.kind === "met") return [];
  return reason(finding.kind === "broken" ? "critical" : "unknown", finding.text);
};

/** The server said that it does no TLS: what needs TLS is not there, and not only unseen. */
const isWithoutTls = ({ verdict, negotiation, tls }: Result): boolean =>
  tls === null && (verdict.code === "standard-security-only" || negotiation?.selected === "rdp");

const pinned = (result: Result, certificate: CertificateReport | null, pins: readonly string[]): Finding => {
  if (certificate === null) {
    return isWithoutTls(result)
      ? broken("no certificate, since the server does no TLS")
      : untold("no certificate was seen to hold against --cert-sha256");
  }
  return pins.includes(certificate.sha256)
    ? MET
    : broken(`another certificate than the pinned one: SHA-256 ${certificate.sha256}`);
};

type Rule = (checked: CheckedResult) => Finding;

/** A version that no RFC knows is older than all of them. */
const VERSIONS: readonly string[] = ["ssl3", "1.0", "1.1", "1.2", "1.3"];

const tlsFrom =
  (oldest: "ssl3" | "1.2" | "1.3", what: string): Rule =>
  ({ result }) => {
    if (isWithoutTls(result)) return broken(`${what} is required, and the server does no TLS`);
    const version = result.tls?.version ?? null;
    if (version === null) return untold(`${what} is required, and no TLS version was agreed on`);
    const isNewEnough = VERSIONS.indexOf(version) >= VERSIONS.indexOf(oldest);
    return isNewEnough ? MET : broken(`${what} is required, and the server chose TLS ${version}`);
  };

const REQUIRED: Readonly<Record<Requirement, Rule>> = {
  nla: ({ result: { security } }) => {
    if (security.nla === "required") return MET;
    return security.nla === "unknown"
      ? untold("NLA must be required, and whether it is was not seen")
      : broken(`NLA must be required, and is ${security.nla}`);
  },
  tls: tlsFrom("ssl3", "TLS"),
  "tls1.2": tlsFrom("1.2", "TLS 1.2"),
  "tls1.3": tlsFrom("1.3", "TLS 1.3"),
};

/** A version is taken where it was chosen, or where the question about it alone says so. */
const tlsVersion =
  (prohibition: "tls1.0" | "tls1.1", version: "1.0" | "1.1"): Rule =>
  ({ result, offers }) => {
    const state = result.tls?.version === version ? "accepted" : offers.get(prohibition);
    if (state === "accepted") return broken(`TLS ${version} is accepted`);
    if (state === "refused" || isWithoutTls(result)) return MET;
    return untold(`whether TLS ${version} is accepted was not seen`);
  };

const BROKEN_HASHES = /sha-?1(?!\d)|md[245]/i;

const ofCertificate =
  (what: string, isBroken: (certificate: CertificateReport) => boolean | null, text: string): Rule =>
  ({ result }) => {
    if (isWithoutTls(result)) return MET;
    const answer = result.certificate === null ? null : isBroken(result.certificate);
    if (answer === null) return untold(`whether the certificate is ${what} was not seen`);
    return answer ? broken(text) : MET;
  };

const FORBIDDEN: Readonly<Record<Prohibition, Rule>> = {
  "standard-security": ({ result, offers }) => {
    const { security, verdict } = result;
    const seen = verdict.code === "standard-security-only" ? "accepted" : security.rdp;
    const state = seen === "unknown" ? (offers.get("standard-security") ?? "unknown") : seen;
    if (state === "accepted") return broken("Standard RDP Security is accepted");
    return state === "refused" ? MET : untold("whether Standard RDP Security is accepted was not seen");
  },
  "tls1.0": tlsVersion("tls1.0", "1.0"),
  "tls1.1": tlsVersion("tls1.1", "1.1"),
  "self-signed": ofCertificate(
    "self-signed",
    ({ selfSigned }) => selfSigned,
    "the certificate is self-signed",
  ),
  sha1: ofCertificate(
    "signed with SHA-1",
    ({ signature }) => (signature === null ? null : BROKEN_HASHES.test(signature)),
    "the certificate is signed with SHA-1 or worse",
  ),
};
