/**
 * What a monitor is told of a result: OK, WARNING, CRITICAL or UNKNOWN, and why. The state follows the verdict,
 * the critical findings, and what a site requires, forbids or sees otherwise; the worst of all counts. What was
 * not seen is UNKNOWN, and never OK.
 */
import {
  type CheckedResult,
  type Demands,
  type DemandState,
  demandOutcomes,
  isTlsFinished,
  isWithoutTls,
  MET,
  unknown,
  violated,
} from "./requirements.ts";
import type { Finding, Result } from "./result.ts";
import type { Severity, VerdictCode, VerdictStage } from "./verdicts.ts";

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
  const reasons = [
    ...verdictReasons(result, policy),
    ...findingReasons(result, policy),
    ...expiryReasons(result, policy),
    ...(policy.pins.length === 0 ? [] : asReasons(pinned(result, policy.pins))),
    ...demandOutcomes(checked, policy).flatMap(({ state }) => asReasons(state)),
    ...levelReasons(
      policy.latencyMs,
      result.durationMs,
      `the probe took ${Math.round(result.durationMs)} ms`,
    ),
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

const reason = (state: CheckState, text: string): readonly CheckReason[] =>
  state === "ok" ? [] : [{ state, text }];

const asReasons = (state: DemandState): readonly CheckReason[] => {
  if (state.kind === "met") return [];
  return reason(state.kind === "violated" ? "critical" : "unknown", state.text);
};

const verdictReasons = (
  { verdict: { code, stage, severity, summary, mstsc } }: Result,
  { expected, states }: CheckPolicy,
): readonly CheckReason[] => {
  if (expected.includes(code)) return [];
  const shown = mstsc === null ? "" : ` (${[mstsc.code, mstsc.extended].filter(Boolean).join("/")})`;
  const text = `${placeOf(code, stage)}${shown}: ${summary}`;
  const reasons =
    expected.length > 0
      ? reason("critical", `not ${expected.join(" or ")} but ${text}`)
      : reason(states.get(code) ?? stateOf(code, severity), text);
  return reasons.map((one) => ({ ...one, isVerdict: true }));
};

/** A probe that could not tell is no warning about the server. */
const stateOf = (code: VerdictCode, severity: Severity): CheckState =>
  code === "inconclusive" ? "unknown" : severity;

const placeOf = (code: VerdictCode, stage: VerdictStage): string =>
  stage === "done" ? code : `${code} at ${stage}`;

/** Critical findings; those of which the policy has a rule of its own are its to judge. */
const findingReasons = ({ findings }: Result, policy: CheckPolicy): readonly CheckReason[] =>
  findings
    .filter((finding) => finding.severity === "critical" && !isJudgedByPolicy(finding, policy))
    .flatMap(({ summary }) => reason("critical", summary));

const isJudgedByPolicy = ({ code }: Finding, { forbidden }: CheckPolicy): boolean =>
  code === "certificate-expires-soon" || (code === "certificate-hash-weak" && forbidden.includes("sha1"));

const expiryReasons = (result: Result, policy: CheckPolicy): readonly CheckReason[] => {
  const { daysLeft } = policy;
  if (daysLeft.warning === null && daysLeft.critical === null) return [];
  const days = wholeDaysLeft(result);
  const alerts =
    days === null
      ? []
      : levelReasons(daysLeft, days, `the certificate has ${days} ${days === 1 ? "day" : "days"} left`);
  if (alerts.length > 0 || isAcceptedFailure(result, policy)) return alerts;
  if (result.certificate === null) {
    return reason("unknown", "no certificate was seen whose days left could be told");
  }
  if (days === null) return reason("unknown", "the certificate's end, and so its days left, cannot be read");
  return isTlsFinished(result)
    ? []
    : reason("unknown", "the handshake that showed the certificate and its days left did not end");
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
  text: string,
): readonly CheckReason[] => {
  if (critical?.holds(value) === true) return reason("critical", `${text} (alert range ${critical.text})`);
  if (warning?.holds(value) === true) return reason("warning", `${text} (alert range ${warning.text})`);
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
