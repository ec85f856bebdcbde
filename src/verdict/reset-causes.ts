/** Who reset a captured connection: the host itself or a device on the way, ranked by the clues and never as a fact. */
import type { ResetEvidence } from "../handshake/reset-evidence.ts";
import { cause } from "./causes.ts";
import { type ClueDirection, RESET_CLUES, type ResetClue } from "./reset-clues.ts";
import type { Cause, Evidence } from "./result.ts";
import type { Ruling } from "./ruling.ts";

/** By this much the clues for one must outweigh those for the other before it is called likely. */
const CLEAR_LEAD = 3;

/** The ruling on a reset, with who may have sent it. */
export const withResetCauses = (ruling: Ruling, reset: ResetEvidence): Ruling => ({
  ...ruling,
  evidence: { ...ruling.evidence, ...measured(reset) },
  causes: resetCauses(reset),
});

/** Both causes, the likelier one first. */
export const resetCauses = (reset: ResetEvidence): readonly Cause[] => {
  const clues = RESET_CLUES.filter(({ applies }) => applies(reset));
  const host = causeOf("host", clues, reset);
  const device = causeOf("device", clues, reset);
  return weightOf("device", clues) > weightOf("host", clues) ? [device, host] : [host, device];
};

const causeOf = (towards: ClueDirection, clues: readonly ResetClue[], reset: ResetEvidence): Cause => {
  const own = clues.filter((clue) => clue.towards === towards);
  const lead = weightOf(towards, clues) - weightOf(towards === "host" ? "device" : "host", clues);
  const likelihood = lead >= CLEAR_LEAD ? "likely" : lead <= -CLEAR_LEAD ? "unlikely" : "possible";
  const who =
    towards === "host" ? `the ${reset.side} itself sent the reset` : "a device on the way sent the reset";
  const why =
    own.length === 0
      ? `${who}: nothing in the capture points to it`
      : `${who}: ${own.map(({ text }) => text(reset, reset.side)).join("; ")}`;
  const evidence = { clues: own.map(({ id }) => id).join(" "), ...measured(reset) };
  if (towards === "device") return cause("reset-on-the-way", likelihood, why, evidence);
  return cause(reset.side === "server" ? "reset-by-server" : "reset-by-client", likelihood, why, evidence);
};

const weightOf = (towards: ClueDirection, clues: readonly ResetClue[]): number =>
  clues.filter((clue) => clue.towards === towards).reduce((sum, { weight }) => sum + weight, 0);

/** What was held against each other, null where it was not captured. */
const measured = ({
  reset,
  opening,
  data,
  distance,
  roundTripMs,
  sinceProvokedMs,
  resets,
}: ResetEvidence): Evidence => ({
  resetPacket: reset.number,
  resetHopLimit: reset.hopLimit,
  openingHopLimit: opening?.hopLimit ?? null,
  dataHopLimit: data?.hopLimit ?? null,
  resetIpId: reset.ipId,
  openingIpId: opening?.ipId ?? null,
  dataIpId: data?.ipId ?? null,
  resetWindow: reset.window,
  dataWindow: data?.window ?? null,
  sequenceDistance: distance,
  roundTripMs: rounded(roundTripMs),
  sinceProvokedMs: rounded(sinceProvokedMs),
  resets,
});

const rounded = (ms: number | null): number | null => (ms === null ? null : Math.round(ms * 1000) / 1000);
