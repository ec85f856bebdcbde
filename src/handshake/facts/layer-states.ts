/** What a probe's connections say of each security layer: accepted, refused and with which code, or unknown. */
import { PROTOCOL, PROTOCOLS, type ProtocolId } from "../../x224/protocols.ts";
import type { ConnectionFacts } from "./connection-facts.ts";
import { layerAskedBy } from "../plan/layer-questions.ts";
import type { NegotiationFacts } from "./negotiation-facts.ts";
import { type ProbeConnection, selectedProtocol } from "../plan/probe-plan.ts";

export type LayerState = "accepted" | "refused" | "unknown";

export interface LayerAnswer {
  readonly state: LayerState;
  /** The failure code that refused it; null where it was refused otherwise, or not at all. */
  readonly failureCode: number | null;
}

/**
 * Accepted anywhere stands above refused anywhere, and a refusal of the layer alone above one of several. Only a
 * layer that was taken back once is refused for good: elsewhere that may just not have been waited for.
 */
export const layerAnswers = (
  connections: readonly ProbeConnection[],
): Readonly<Record<ProtocolId, LayerAnswer>> => {
  const answer = (id: ProtocolId): LayerAnswer => layerAnswer(id, connections);
  return {
    rdp: answer("rdp"),
    ssl: answer("ssl"),
    hybrid: answer("hybrid"),
    rdstls: answer("rdstls"),
    "hybrid-ex": answer("hybrid-ex"),
    rdsaad: answer("rdsaad"),
  };
};

/** requestedProtocols of a connection's request; PROTOCOL_RDP where it carries none. */
export const requestedProtocols = (facts: ConnectionFacts): number =>
  facts.negotiation?.request?.negotiation?.requestedProtocols ?? PROTOCOL.rdp;

/** Failure code of a connection's Connection Confirm, or null. */
export const failureCodeOf = (negotiation: NegotiationFacts | null): number | null => {
  const answer = negotiation?.answer;
  if (answer?.kind !== "tpdu" || answer.tpdu.kind !== "connection-confirm") return null;
  const { negotiation: data } = answer.tpdu;
  return data?.type === "failure" ? data.failureCode : null;
};

/** Says that the request contradicts itself, and nothing of any layer. */
const INCONSISTENT_FLAGS = 4;

/** Codes that say that something stronger than Standard RDP Security is required, whatever was asked for. */
const REFUSES_RDP: ReadonlySet<number> = new Set([1, 5, 6, 7]);

const UNKNOWN: LayerAnswer = { state: "unknown", failureCode: null };
const ACCEPTED: LayerAnswer = { state: "accepted", failureCode: null };
const TAKEN_BACK: LayerAnswer = { state: "refused", failureCode: null };
const refused = (failureCode: number | null): LayerAnswer => ({ state: "refused", failureCode });

const layerAnswer = (id: ProtocolId, connections: readonly ProbeConnection[]): LayerAnswer => {
  const bit = PROTOCOLS.find((protocol) => protocol.id === id)?.bit ?? PROTOCOL.rdp;
  let best = UNKNOWN;
  let bestWeight = 0;
  for (const connection of connections) {
    const answer = answerFrom(id, bit, connection);
    const isAlone = requestedProtocols(connection.facts) === bit;
    const weight = weightOf(answer) + (isAlone ? ALONE : 0);
    if (weight <= bestWeight) continue;
    best = answer;
    bestWeight = weight;
  }
  return best;
};

/** Between two answers of one kind: the layer was the only one that was asked for. */
const ALONE = 0.5;

const weightOf = (answer: LayerAnswer): number => {
  if (answer === TAKEN_BACK) return 4;
  if (answer.state === "accepted") return 3;
  if (answer.state === "unknown") return 0;
  return answer.failureCode === null ? 1 : 2;
};

const answerFrom = (id: ProtocolId, bit: number, { purpose, facts }: ProbeConnection): LayerAnswer => {
  const { negotiation } = facts;
  if (negotiation?.answer.kind !== "tpdu") return UNKNOWN;
  if (negotiation.answer.tpdu.kind !== "connection-confirm") {
    // A disconnection names no layer; where one alone was asked about, it is that one.
    const refuses = negotiation.answer.tpdu.kind !== "unknown" && layerAskedBy(purpose) === id;
    return refuses ? refused(null) : UNKNOWN;
  }
  const asked = requestedProtocols(facts);
  const selected = selectedProtocol(facts);
  if (selected !== null) return fromSelection(bit, asked, selected, negotiation.takenBack);
  const failure = failureCodeOf(negotiation);
  return failure === null ? UNKNOWN : fromFailure(bit, asked, failure);
};

/**
 * A server picks the strongest layer that it takes (facts 2.1): one that was asked for, is stronger than
 * the selected one and was passed over is refused; a weaker one stays unknown. One that was not asked for
 * says nothing of itself.
 */
const fromSelection = (bit: number, asked: number, selected: number, takenBack: boolean): LayerAnswer => {
  const isAskedFor = isWithin(bit, asked);
  const isUnrequested = !isWithin(selected, asked);
  if (bit === selected) {
    if (takenBack) return TAKEN_BACK;
    return isUnrequested ? UNKNOWN : ACCEPTED;
  }
  return bit !== PROTOCOL.rdp && isAskedFor && (bit > selected || isUnrequested) ? refused(null) : UNKNOWN;
};

/** A failure means that nothing of what was asked for can be had ([MS-RDPBCGR] 3.3.5.3.2). */
const fromFailure = (bit: number, asked: number, failureCode: number): LayerAnswer => {
  if (failureCode === INCONSISTENT_FLAGS) return UNKNOWN;
  const isMeant = bit === PROTOCOL.rdp ? asked === bit || REFUSES_RDP.has(failureCode) : isWithin(bit, asked);
  return isMeant ? refused(failureCode) : UNKNOWN;
};

/** PROTOCOL_RDP is the absence of bits, and within every request. */
const isWithin = (protocol: number, asked: number): boolean => (protocol & ~asked) === 0;
