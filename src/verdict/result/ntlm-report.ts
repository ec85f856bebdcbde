/** The parts of a result that CredSSP gave: its version, and what the NTLM challenge tells of the server. */
import { challengeReport } from "../../credssp/challenge-report.ts";
import type { ConnectionFacts } from "../../handshake/facts/connection-facts.ts";
import { type CredSspWitness, challengeOf } from "../../handshake/facts/credssp-facts.ts";
import type { ProbeConnection } from "../../handshake/plan/probe-plan.ts";
import type { CredSspReport, NtlmReport } from "./result.ts";

/** The connection whose CredSSP went furthest: one with a witness, else the first that began it, else null. */
export const credSspConnection = (connections: readonly ProbeConnection[]): ConnectionFacts | null => {
  const begun = connections.map(({ facts }) => facts).filter(({ credssp }) => credssp !== null);
  return begun.find(({ credssp }) => credssp?.answer.kind === "witnessed") ?? begun[0] ?? null;
};

/** What shows that CredSSP works, or null. */
export const credSspWitness = (facts: ConnectionFacts | null): CredSspWitness | null => {
  const answer = facts?.credssp?.answer;
  return answer?.kind === "witnessed" ? answer.witness : null;
};

/**
 * CredSSP's version and error, or null where no TSRequest came.
 * @param laterError of the logon that a capture shows behind the first answer; null where there is none.
 */
export const credSspReport = (
  facts: ConnectionFacts | null,
  laterError: number | null = null,
): CredSspReport | null => {
  const credssp = facts?.credssp ?? null;
  if (credssp === null || credssp.version === null) return null;
  const { answer, version } = credssp;
  return { version, errorCode: answer.kind === "error" ? answer.errorCode : laterError };
};

/** What the challenge says, or null where none came. `startedAt` is the origin of the transcript's times. */
export const ntlmReport = (facts: ConnectionFacts | null, startedAt: Date): NtlmReport | null => {
  const credssp = facts?.credssp ?? null;
  const challenge = challengeOf(credssp);
  if (credssp === null || challenge === null) return null;
  const { unread } = challenge;
  return {
    ...challengeReport(challenge, startedAt, credssp.sentAtMs, credssp.answeredAtMs),
    ...(unread.length === 0 ? {} : { unread: unread.map(({ field, reason }) => ({ field, reason })) }),
  };
};
