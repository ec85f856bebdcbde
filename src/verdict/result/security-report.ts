/**
 * Which security layers a server takes and whether it requires NLA: the matrix of facts 2.2, as far as the
 * connections that were made fill it.
 */

import { failureCodeOf, layerAnswers, requestedProtocols } from "../../handshake/facts/layer-states.ts";
import { type ProbeConnection, selectedProtocol, selectsCredSsp } from "../../handshake/plan/probe-plan.ts";
import { failureName } from "../../x224/negotiation-failure.ts";
import { responseFlagIds } from "../../x224/negotiation-response.ts";
import { PROTOCOL, PROTOCOLS, type ProtocolId } from "../../x224/protocols.ts";
import type { FailureReport, SecurityReport } from "./result.ts";

const HYBRID_REQUIRED = 5;

/** Failure codes that refuse TLS as such, whatever runs inside it. */
const REFUSES_TLS: ReadonlySet<number> = new Set([2, 3]);

/** The layers and NLA, from all connections of a probe. */
export const securityReport = (connections: readonly ProbeConnection[]): SecurityReport => {
  const answers = layerAnswers(connections);
  const codes = PROTOCOLS.flatMap(({ id }): [ProtocolId, FailureReport][] => {
    const code = answers[id].failureCode;
    return code === null ? [] : [[id, { code, name: failureName(code) }]];
  });
  return {
    rdp: answers.rdp.state,
    ssl: answers.ssl.state,
    hybrid: answers.hybrid.state,
    "hybrid-ex": answers["hybrid-ex"].state,
    rdstls: answers.rdstls.state,
    rdsaad: answers.rdsaad.state,
    nla: nlaState(connections),
    codes: Object.fromEntries(codes),
    flags: flagsOf(connections),
  };
};

/** It rests on the request for TLS alone: only its answer tells an offer from a requirement. */
const nlaState = (connections: readonly ProbeConnection[]): SecurityReport["nla"] => {
  const negotiated = connections.filter(({ facts }) => facts.negotiation !== null);
  const isCredSspTaken = negotiated.some(({ facts }) => selectsCredSsp(facts));
  for (const { facts } of negotiated) {
    if (requestedProtocols(facts) !== PROTOCOL.ssl) continue;
    if (failureCodeOf(facts.negotiation) === HYBRID_REQUIRED) return "required";
    const selected = selectedProtocol(facts);
    if (isCredSspTaken && (selected === PROTOCOL.ssl || selected === PROTOCOL.rdp)) return "optional";
  }
  for (const { facts } of negotiated) {
    const failure = failureCodeOf(facts.negotiation);
    const asksCredSsp = (requestedProtocols(facts) & PROTOCOL.hybrid) !== 0;
    if (asksCredSsp && failure === HYBRID_REQUIRED) return "required";
    const isPassedOver = asksCredSsp && selectedProtocol(facts) !== null;
    if (!isCredSspTaken && (isPassedOver || REFUSES_TLS.has(failure ?? 0))) return "unsupported";
  }
  return "unknown";
};

/** Of the first answer that selects a protocol: a failure carries none. */
const flagsOf = (connections: readonly ProbeConnection[]): readonly string[] | null => {
  for (const { facts } of connections) {
    const answer = facts.negotiation?.answer;
    if (answer?.kind !== "tpdu" || answer.tpdu.kind !== "connection-confirm") continue;
    const { negotiation } = answer.tpdu;
    if (negotiation?.type === "response") return responseFlagIds(negotiation.flags);
  }
  return null;
};
