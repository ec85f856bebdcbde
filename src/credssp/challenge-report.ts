/** What an NTLM CHALLENGE tells of its server, as a result says it. */
import type { NtlmChallenge } from "./ntlm-challenge.ts";
import { osNames } from "./windows-builds.ts";

export interface ChallengeReport {
  readonly targetName: string | null;
  readonly netbiosComputer: string | null;
  readonly netbiosDomain: string | null;
  readonly dnsComputer: string | null;
  readonly dnsDomain: string | null;
  readonly dnsTree: string | null;
  /** `10.0.20348`. */
  readonly osVersion: string | null;
  /** Every release that reports this build; empty where none is known to. */
  readonly os: readonly string[];
  readonly serverTime: string | null;
  /** Positive where the server's clock is ahead of ours. */
  readonly clockSkewMs: number | null;
}

/**
 * The server wrote its time about half a round trip after our request had left.
 * @param startedAt the origin of the two times, which are in milliseconds; `answeredAtMs` is null where it is not known.
 */
export const challengeReport = (
  challenge: NtlmChallenge,
  startedAt: Date,
  sentAtMs: number,
  answeredAtMs: number | null,
): ChallengeReport => {
  const { version, serverTime } = challenge;
  const middleMs = startedAt.getTime() + (sentAtMs + (answeredAtMs ?? sentAtMs)) / 2;
  return {
    targetName: challenge.targetName,
    netbiosComputer: challenge.netbiosComputer,
    netbiosDomain: challenge.netbiosDomain,
    dnsComputer: challenge.dnsComputer,
    dnsDomain: challenge.dnsDomain,
    dnsTree: challenge.dnsTree,
    osVersion: version === null ? null : `${version.major}.${version.minor}.${version.build}`,
    os: version === null ? [] : osNames(version),
    serverTime: serverTime?.toISOString() ?? null,
    clockSkewMs: serverTime === null ? null : Math.round(serverTime.getTime() - middleMs),
  };
};
