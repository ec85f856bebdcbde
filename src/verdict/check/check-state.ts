/**
 * What a monitor is told of a result: OK, WARNING, CRITICAL or UNKNOWN, and why. The state follows the verdict,
 * the critical findings, and what a site requires, forbids or sees otherwise; the worst of all counts. What was
 * not seen is UNKNOWN, and never OK.
 */

import { wholeDays } from "../days-left.ts";
import {
  CERTIFICATE_REMEDIES,
  type CheckedResult,
  type DemandState,
  type Demands,
  demandOutcomes,
  firstStepOf,
  isTlsFinished,
  isWithoutTls,
  MET,
  unknown,
  violated,
} from "./requirements.ts";
import type { Finding, Result } from "../result/result.ts";
import { remediesFitting } from "../server/fitting.ts";
import { verdictTitle } from "../verdict-titles.ts";
import type { Severity, VerdictCode, VerdictStage } from "../verdicts.ts";
import { looksMadeByWindows } from "../server/windows-certificate.ts";

/** The states of the Monitoring Plugins guidelines; their exit codes are 0 to 3 in this order. */
export const CHECK_STATES = ["ok", "warning", "critical", "unknown"] as const;

export type CheckState = (typeof CHECK_STATES)[number];

/** Values to alert on, and how they are written. */
export interface Alert {
  readonly text: string;
  readonly holds: (value: number) => boolean;
}

/** Null for no alert at all. */
export interface AlertLevels {
  readonly warning: Alert | null;
  readonly critical: Alert | null;
}

/** A site's policy. */
export interface CheckPolicy extends Demands {
  /** On whole days left of the certificate. */
  readonly daysLeft: AlertLevels;
  /** On milliseconds of the whole probe. */
  readonly latencyMs: AlertLevels;
  /** Whether the days left count for the certificate that Windows makes and replaces by itself as well. */
  readonly strictExpiry: boolean;
  /** What the certificate's issuer must hold, in any case; null for any issuer. */
  readonly issuer: string | null;
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
  /** The problem in a few words. Text of a peer may stand in it, as it came. */
  readonly text: string;
  /** The same with all that was seen; absent where there is no more. */
  readonly detail?: string;
  /** What helps, the first first: ids of remedies. */
  readonly remedies?: readonly string[];
  /** What to do first where no remedy says it. */
  readonly step?: string;
  /** It is the verdict: where that is a failure, what was not seen follows from it. */
  readonly isVerdict?: true;
}

export interface CheckOutcome {
  readonly state: CheckState;
  /** The gravest first; empty where all is well. */
  readonly reasons: readonly CheckReason[];
}

/** The state of one result under a policy. */
export const checkOutcome = (checked: CheckedResult, policy: CheckPolicy): CheckOutcome => {
  const { result } = checked;
  const verdict = verdictReasons(result, policy);
  const expiry = expiryReasons(result, policy).filter((one) => !isSaidByVerdict(one, verdict, result));
  const reasons = [
    ...verdict,
    ...findingReasons(result, policy),
    ...expiry,
    ...(policy.pins.length === 0 ? [] : asReasons(pinned(result, policy.pins), "cert-sha256")),
    ...(policy.issuer === null ? [] : asReasons(issuedBy(result, policy.issuer), issuerDemand(result))),
    ...demandOutcomes(checked, policy).flatMap(({ demand, state }) => asReasons(state, demand)),
    ...levelReasons(policy.latencyMs, result.durationMs, {
      text: `the probe took ${Math.round(result.durationMs)} ms`,
      step: "see in the performance data which stage takes the time",
    }),
  ]
    .map((one) => forServer(one, result.server))
    .toSorted(byGravity);
  return { state: reasons[0]?.state ?? "ok", reasons };
};

/** What a site demands is broken on any server; what helps is that server's. */
const forServer = (told: CheckReason, server: Result["server"]): CheckReason =>
  told.remedies === undefined ? told : { ...told, remedies: remediesFitting(told.remedies, server) };

/** The gravest first; of those that weigh the same the verdict, then whatever takes the fewest words. */
const byGravity = (a: CheckReason, b: CheckReason): number =>
  GRAVITY[b.state] - GRAVITY[a.state] ||
  Number(b.isVerdict ?? false) - Number(a.isVerdict ?? false) ||
  a.text.length - b.text.length;

/** The gravest of several; what is not known weighs less than what is known to be bad. */
export const gravestState = (states: readonly CheckState[]): CheckState =>
  states.toSorted((a, b) => GRAVITY[b] - GRAVITY[a])[0] ?? "unknown";

/** The whole days that a certificate has left, below 0 when it is over; null where there is none to say it of. */
export const wholeDaysLeft = ({ certificate }: Result): number | null =>
  certificate?.daysLeft == null ? null : wholeDays(certificate.daysLeft);

const GRAVITY: Readonly<Record<CheckState, number>> = { ok: 0, unknown: 1, warning: 2, critical: 3 };

type Told = Omit<CheckReason, "state">;

const reason = (state: CheckState, told: Told): readonly CheckReason[] =>
  state === "ok" ? [] : [{ state, ...told }];

const asReasons = (state: DemandState, demand: string): readonly CheckReason[] => {
  if (state.kind === "met") return [];
  const first = state.kind === "violated" ? firstStepOf(demand) : {};
  return reason(state.kind === "violated" ? "critical" : "unknown", { text: state.text, ...first });
};

/** An expired certificate is one problem, and not one of its verdict and another of its days. */
const isSaidByVerdict = (
  { state }: CheckReason,
  [verdict]: readonly CheckReason[],
  { verdict: { code } }: Result,
): boolean =>
  code === "certificate-expired" && verdict !== undefined && GRAVITY[verdict.state] >= GRAVITY[state];

const verdictReasons = (
  { verdict: { code, stage, severity, summary, mstsc, causes }, remedies }: Result,
  { expected, states }: CheckPolicy,
): readonly CheckReason[] => {
  if (expected.includes(code)) return [];
  const shown = mstsc === null ? "" : ` (mstsc ${[mstsc.code, mstsc.extended].filter(Boolean).join("/")})`;
  const detail = `${placeOf(code, stage)}${shown}: ${summary}`;
  const ids = causes[0]?.remedies ?? remedies.map(({ id }) => id);
  const told = { detail, isVerdict: true, remedies: ids } as const;
  if (expected.length > 0) {
    return reason("critical", { text: `not ${expected.join(" or ")} but ${placeOf(code, stage)}`, ...told });
  }
  const text = `${verdictTitle(code, stage, severity)}${shown}`;
  return reason(states.get(code) ?? stateOf(code, severity), { text, ...told });
};

/** A probe that could not tell is no warning about the server. */
const stateOf = (code: VerdictCode, severity: Severity): CheckState =>
  code === "inconclusive" ? "unknown" : severity;

const placeOf = (code: VerdictCode, stage: VerdictStage): string =>
  stage === "done" ? code : `${code} at ${stage}`;

/** Critical findings; those of which the policy has a rule of its own are its to judge. */
const findingReasons = (result: Result, policy: CheckPolicy): readonly CheckReason[] =>
  result.findings
    .filter((finding) => finding.severity === "critical" && !isJudgedElsewhere(finding, result, policy))
    .flatMap(({ summary, remedies }) =>
      reason("critical", { text: clauseOf(summary), detail: summary, remedies }),
    );

/** The first clause. */
const clauseOf = (summary: string): string => summary.split(/[;:(]/, 1)[0]?.trim() ?? "";

const isJudgedElsewhere = ({ code }: Finding, { verdict }: Result, { forbidden }: CheckPolicy): boolean => {
  switch (code) {
    case "certificate-expires-soon":
      return true;
    case "certificate-hash-weak":
      return forbidden.includes("sha1");
    // That it has expired is said already, and its remedies are there.
    case "windows-certificate-not-renewed":
      return verdict.code === "certificate-expired";
    default:
      return false;
  }
};

const expiryReasons = (result: Result, policy: CheckPolicy): readonly CheckReason[] => {
  const { daysLeft } = policy;
  if (daysLeft.warning === null && daysLeft.critical === null) return [];
  const days = wholeDaysLeft(result);
  const isReplaced = !policy.strictExpiry && isReplacedByWindows(result);
  const alerts =
    days === null || isReplaced
      ? []
      : levelReasons(daysLeft, days, { text: daysText(days), remedies: CERTIFICATE_REMEDIES });
  if (alerts.length > 0 || isAcceptedFailure(result, policy)) return alerts;
  if (result.certificate === null) {
    return reason("unknown", { text: "no certificate was seen whose days left could be told" });
  }
  if (days === null) {
    return reason("unknown", { text: "the certificate's end, and so its days left, cannot be read" });
  }
  return isTlsFinished(result)
    ? []
    : reason("unknown", { text: "the handshake that showed the certificate and its days left did not end" });
};

const daysText = (days: number): string =>
  days < 0 ? `the certificate ended ${counted(-days)} ago` : `the certificate has ${counted(days)} left`;

const counted = (days: number): string => `${days} ${days === 1 ? "day" : "days"}`;

/** Whether the certificate looks like the one that Windows makes itself, and is not over: it will make the next. */
export const isReplacedByWindows = ({ certificate }: Result): boolean => {
  if (certificate === null || certificate.daysLeft === null || certificate.daysLeft < 0) return false;
  const { notBefore, notAfter, selfSigned, subject, commonName, subjectAltNames } = certificate;
  const timeOf = (text: string | null): Date | null => (text === null ? null : new Date(text));
  return looksMadeByWindows({
    ...{ notBefore: timeOf(notBefore), notAfter: timeOf(notAfter), selfSigned, subjectAltNames },
    singleCommonName: commonName !== null && subject === `CN=${commonName}`,
  });
};

/** A handshake that does not come so far, as the site says that it should be: it owes no certificate. */
const isAcceptedFailure = (result: Result, { expected, states }: CheckPolicy): boolean => {
  const { code, severity } = result.verdict;
  const isAccepted = expected.includes(code) || states.get(code) === "ok";
  return isAccepted && severity !== "ok" && code !== "inconclusive" && !isTlsFinished(result);
};

const levelReasons = (
  { warning, critical }: AlertLevels,
  value: number,
  told: Told,
): readonly CheckReason[] => {
  const ranged = (alert: Alert): Told => ({ ...told, text: `${told.text} (alert range ${alert.text})` });
  if (critical?.holds(value) === true) return reason("critical", ranged(critical));
  if (warning?.holds(value) === true) return reason("warning", ranged(warning));
  return [];
};

const pinned = (result: Result, pins: readonly string[]): DemandState => {
  const { certificate } = result;
  if (certificate === null) {
    return isWithoutTls(result)
      ? violated("no certificate, since the server does no TLS")
      : unknown("no certificate was seen to hold against --cert-sha256");
  }
  if (!pins.includes(certificate.sha256)) {
    return violated(`another certificate than the pinned one: SHA-256 ${certificate.sha256}`);
  }
  return isTlsFinished(result)
    ? MET
    : unknown("the pinned certificate was shown, and the handshake did not end");
};

/** Windows answers with its own certificate where the issued one cannot be used. */
const issuerDemand = ({ certificate }: Result): string =>
  certificate?.selfSigned === true ? "issuer, self-signed" : "issuer";

/** Part of the issuer's name, in any case: what the certificate says, and no proof of a chain. */
const issuedBy = (result: Result, wanted: string): DemandState => {
  const { certificate } = result;
  if (certificate === null) {
    return isWithoutTls(result)
      ? violated("no certificate, since the server does no TLS")
      : unknown("no certificate was seen whose issuer could be told");
  }
  const { issuer } = certificate;
  if (issuer === null) return unknown("the certificate's issuer cannot be read");
  if (!issuer.toLowerCase().includes(wanted.toLowerCase())) {
    const from = certificate.selfSigned === true ? "self-signed" : `from ${issuer}`;
    return violated(`the certificate is not from ${wanted} but ${from}`);
  }
  return isTlsFinished(result)
    ? MET
    : unknown("the certificate of that issuer was shown, and the handshake did not end");
};
