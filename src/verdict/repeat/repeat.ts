/** The `repeat` part of a result: what many probes of the same place show together. */
import type { Spread } from "./spread.ts";
import type { Severity, StageName, VerdictCode, VerdictStage } from "../verdicts.ts";

export interface RepeatReport {
  /** Probes made. */
  readonly count: number;
  /** TCP connections of all of them. */
  readonly connections: number;
  readonly verdicts: Readonly<Partial<Record<VerdictCode, number>>>;
  /** Probes of which something was lost: broken off, unanswered, or connected with a second SYN only. */
  readonly lossPercent: number;
  readonly loss: LossReport;
  /** Of the TCP connect, a round trip, where the first SYN was answered; null where none was. */
  readonly latencyMs: Spread | null;
  readonly jitterMs: number | null;
  /** The stages that went well, each with the time that it took. */
  readonly stages: Readonly<Partial<Record<StageName, StageSpread>>>;
  /** SHA-256 of each certificate that was seen, in the order of first sight. */
  readonly certificates: readonly string[];
  readonly members: readonly MemberReport[];
  readonly probes: readonly RepeatedProbe[];
}

interface StageSpread extends Spread {
  readonly count: number;
  readonly jitterMs: number | null;
}

export interface LossReport {
  /** The TCP connection stands, but only after its SYN had to be sent again. */
  readonly repeatedSyns: number;
  /** No answer in time, or the connection broke off. */
  readonly brokenOff: number;
  /** The interval that holds the true share in 95 of 100 such runs (Wilson), percent. */
  readonly lowPercent: number;
  readonly highPercent: number;
}

export interface MemberReport {
  /** SHA-256 of the certificate. */
  readonly certificate: string;
  readonly subject: string | null;
  /** What the machine calls itself in NTLM; null where that was not asked or not told. */
  readonly computer: string | null;
  /** Probes that it answered. */
  readonly count: number;
  readonly verdicts: Readonly<Partial<Record<VerdictCode, number>>>;
  /** None of its answers was good. */
  readonly bad: boolean;
}

/** One of the probes: the little that is kept of it. */
export interface RepeatedProbe {
  readonly code: VerdictCode;
  readonly stage: VerdictStage;
  /** Of the verdict: what comes and goes is the handshake, and not what is worth saying beside it. */
  readonly severity: Severity;
  /** From the start of the first probe to that of this one. */
  readonly atMs: number;
  /** What was waited since the probe before; null for the first. */
  readonly pauseMs: number | null;
  readonly durationMs: number;
  /** The stages that went well, with what each took. */
  readonly stageMs: Readonly<Partial<Record<StageName, number>>>;
  /** Who answered, as far as it was seen. */
  readonly certificate: { readonly sha256: string; readonly subject: string | null } | null;
  readonly computer: string | null;
}
