/** Who reset a captured connection: the host itself or a device on the way, ranked by the clues and never as a fact. */
import type { ResetEvidence } from "../../handshake/facts/reset-evidence.ts";
import { type CauseMaterial, resetOf } from "./cause.ts";
import { type ClueDirection, RESET_CLUES, type ResetClue } from "./reset-clues.ts";
import type { Evidence, Likelihood } from "../result/result.ts";
import type { Ruling } from "../rules/ruling.ts";

/** By this much the clues for one must outweigh those for the other before it is called likely. */
const CLEAR_LEAD = 3;

/** How far the clues speak for one sender. */
export interface ResetSender {
  readonly likelihood: Exclude<Likelihood, "certain">;
  readonly why: string;
  /** The clues that point to it. */
  readonly clues: readonly string[];
}

/** The ruling on a reset, with what was held against each other. */
export const withResetEvidence = (ruling: Ruling, reset: ResetEvidence): Ruling => ({
  ...ruling,
  evidence: { ...ruling.evidence, ...measured(reset) },
});

/** How likely the host, or a device on the way, sent the reset. */
export const resetSender = (reset: ResetEvidence, sender: ClueDirection): ResetSender => {
  const clues = RESET_CLUES.filter(({ applies }) => applies(reset));
  const own = clues.filter(({ towards }) => towards === sender);
  const lead = weightOf(sender, clues) - weightOf(sender === "host" ? "device" : "host", clues);
  return {
    likelihood: lead >= CLEAR_LEAD ? "likely" : lead <= -CLEAR_LEAD ? "unlikely" : "possible",
    why:
      own.length === 0
        ? "nothing in the capture points to it"
        : own.map(({ text }) => text(reset, reset.side)).join("; "),
    clues: own.map(({ id }) => id),
  };
};

/** The measurements behind the verdict on a captured reset; nothing where none was captured. */
export const resetEvidence =
  (sender: ClueDirection) =>
  (material: CauseMaterial): Evidence => {
    const reset = resetOf(material);
    return reset === null ? {} : { clues: resetSender(reset, sender).clues.join(" "), ...measured(reset) };
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
