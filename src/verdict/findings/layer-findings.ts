/** What the connections of full depth show beside the verdict: layers, Standard RDP Security, proxies, routing. */
import type { ConnectionEnd, ConnectionFacts } from "../../handshake/facts/connection-facts.ts";
import { layerAskedBy, WITHOUT_ROUTING } from "../../handshake/plan/layer-questions.ts";
import { requestedProtocols } from "../../handshake/facts/layer-states.ts";
import { isUnoffered, mcsExchanges, standardSecurityExchanges } from "../../handshake/facts/mcs-answers.ts";
import type { McsAnswer } from "../../handshake/facts/mcs-facts.ts";
import { type ProbeConnection, selectedProtocol } from "../../handshake/plan/probe-plan.ts";
import type { NegotiationFailure } from "../../x224/negotiation-failure.ts";
import type { NegotiationResponse } from "../../x224/negotiation-response.ts";
import { PROTOCOLS, type ProtocolId, protocolIds, selectedProtocolId } from "../../x224/protocols.ts";
import type { Finding, NtlmReport, RdpReport, SecurityReport } from "../result/result.ts";
import { WINDOWS_SOURCE_REFERENCE } from "../server/server-hints.ts";

export interface LayerMaterial {
  readonly connections: readonly ProbeConnection[];
  /** The connection that the verdict is for. */
  readonly main: ConnectionFacts;
  readonly security: SecurityReport;
  readonly rdp: RdpReport | null;
  readonly ntlm: NtlmReport | null;
}

/** All of them, in the order of the stages. */
export const layerFindings = (material: LayerMaterial): readonly Finding[] =>
  RULES.flatMap((rule) => rule(material));

type Rule = (material: LayerMaterial) => readonly Finding[];

const finding = (
  code: string,
  severity: Finding["severity"],
  stage: Finding["stage"],
  summary: string,
  evidence: Finding["evidence"] = {},
): readonly Finding[] => [{ code, severity, stage, summary, evidence, remedies: [] }];

const LAYER_NAMES: Readonly<Record<ProtocolId, string>> = {
  rdp: "Standard RDP Security",
  ssl: "TLS alone",
  hybrid: "CredSSP (HYBRID)",
  "hybrid-ex": "CredSSP (HYBRID_EX)",
  rdstls: "RDSTLS",
  rdsaad: "Entra ID (RDSAAD)",
};

/** Only questions about one layer: the offer that mstsc makes has a verdict of its own. */
const layerQuestions = (
  connections: readonly ProbeConnection[],
): readonly { readonly layer: ProtocolId; readonly facts: ConnectionFacts }[] =>
  connections.flatMap(({ purpose, facts }) => {
    const layer = layerAskedBy(purpose);
    return layer === null ? [] : [{ layer, facts }];
  });

const unrequestedProtocol: Rule = ({ connections }) =>
  layerQuestions(connections).flatMap(({ facts }) => {
    const selected = selectedProtocol(facts);
    const requested = requestedProtocols(facts);
    if (selected === null || (selected & ~requested) === 0) return [];
    const name = selectedProtocolId(selected) ?? `0x${selected.toString(16)}`;
    return finding(
      "unrequested-protocol",
      "warning",
      "negotiation",
      `asked for ${protocolIds(requested).join(", ")}, the server selects ${name}, which was not asked for`,
      { requested, selected },
    );
  });

/** What a device on the way drops, or a server has enough of, is reported and not guessed at. */
const unansweredQuestion: Rule = ({ connections, main }) =>
  main.negotiation?.answer.kind !== "tpdu"
    ? []
    : layerQuestions(connections).flatMap(({ layer, facts }) => {
        if (facts.negotiation?.answer.kind === "tpdu") return [];
        const how = facts.connect.outcome === "open" ? facts.end.kind : facts.connect.outcome;
        return finding(
          "layer-not-answered",
          "info",
          "negotiation",
          `a request for ${LAYER_NAMES[layer]} ended without an answer (${how}), while others are answered: a device on the way may drop it`,
          { layer, end: how },
        );
      });

const standardSecurityAccepted: Rule = ({ security }) => {
  const stronger = (["ssl", "hybrid", "hybrid-ex"] as const).some((id) => security[id] === "accepted");
  if (security.rdp !== "accepted" || !stronger) return [];
  return finding(
    "standard-security-accepted",
    "warning",
    "negotiation",
    "the server also takes Standard RDP Security, where nothing proves that it is the server",
  );
};

const rewrittenProtocols: Rule = ({ connections }) => {
  const rewritten = mcsExchanges(connections).find(
    ({ rdp, requestedProtocols: asked }) => (rdp.clientRequestedProtocols ?? asked) !== asked,
  );
  const seen = rewritten?.rdp.clientRequestedProtocols ?? null;
  if (rewritten === undefined || seen === null) return [];
  return finding(
    "requested-protocols-rewritten",
    "warning",
    "mcs",
    `something on the way rewrites the request: asked for ${protocolIds(rewritten.requestedProtocols).join(", ")}, the server was asked for ${textOf(seen)}`,
    { requested: rewritten.requestedProtocols, echoed: seen },
  );
};

/** `rdp`, `ssl, hybrid`, and numbers for bits that have no name. */
const textOf = (mask: number): string => {
  const known = PROTOCOLS.reduce((all, { bit }) => all | bit, 0);
  return (mask & ~known) === 0 ? protocolIds(mask).join(", ") : `0x${mask.toString(16)}`;
};

const mcsNotTaken: Rule = ({ connections }) =>
  layerQuestions(connections).flatMap(({ layer, facts: { mcs, end } }) => {
    if (mcs === null || (mcs.answer.kind === "response" && mcs.answer.rdp.result.code === 0)) return [];
    return finding(
      "mcs-not-answered",
      "warning",
      "mcs",
      `the server selects ${LAYER_NAMES[layer]} and then ${mcsEnding(mcs.answer, end)}`,
      { layer, answer: mcs.answer.kind, end: end.kind },
    );
  });

const ENDINGS: Readonly<Record<ConnectionEnd["kind"], string>> = {
  ours: "gives no answer to the Connect-Initial",
  fin: "closes the connection on the Connect-Initial",
  rst: "resets the connection on the Connect-Initial",
  timeout: "does not answer the Connect-Initial",
  overflow: "sends without end",
};

const mcsEnding = (answer: McsAnswer, end: ConnectionEnd): string => {
  switch (answer.kind) {
    case "none":
    case "partial":
      return ENDINGS[end.kind];
    case "response":
      return `refuses the Connect-Initial: ${answer.rdp.result.name ?? `result ${answer.rdp.result.code}`}`;
    case "disconnect":
      return `disconnects: ${answer.reason.name ?? `reason ${answer.reason.code}`}`;
    case "other":
      return "answers the Connect-Initial with another PDU";
    case "malformed":
      return `answers with what breaks the protocol: ${answer.fault.field} at byte ${answer.fault.offset}: ${answer.fault.reason}`;
  }
};

const WEAK_METHODS: ReadonlySet<string> = new Set(["40-bit", "56-bit"]);

const weakEncryption: Rule = ({ rdp }) => {
  const weak = rdp?.encryptionMethods.filter((name) => WEAK_METHODS.has(name)) ?? [];
  if (rdp?.encryptionLevel === "none") {
    const summary = "Standard RDP Security at level none: nothing is encrypted";
    return finding("standard-security-unencrypted", "warning", "mcs", summary, { level: "none" });
  }
  if (weak.length === 0) return [];
  return finding(
    "weak-encryption-method",
    "warning",
    "mcs",
    `Standard RDP Security encrypts with ${weak.join(" and ")} keys: breakable by anybody who listens`,
    { methods: weak.join(" "), level: rdp?.encryptionLevel ?? null },
  );
};

const MIN_KEY_BITS = 2048;

const weakKey: Rule = ({ rdp }) => {
  const certificate = rdp?.certificate ?? null;
  if (certificate?.kind === "unreadable") {
    const summary = `the certificate of Standard RDP Security cannot be read: ${certificate.fault ?? ""}`;
    return finding("standard-security-certificate-not-readable", "info", "mcs", summary);
  }
  const keyBits = certificate?.keyBits ?? null;
  if (keyBits === null || keyBits >= MIN_KEY_BITS) return [];
  return finding(
    "standard-security-weak-key",
    "warning",
    "mcs",
    `the key of Standard RDP Security has ${keyBits} bits, where ${MIN_KEY_BITS} are the least today`,
    { keyBits },
  );
};

const unofferedMethod: Rule = ({ connections }) => {
  const exchange = standardSecurityExchanges(connections).find(isUnoffered);
  if (exchange === undefined) return [];
  return finding(
    "encryption-method-not-offered",
    "info",
    "mcs",
    `the server encrypts with ${exchange.rdp.encryptionMethods.join(", ")} whatever the client offers, as xrdp does`,
    { offered: exchange.offeredMethods, selected: exchange.rdp.encryptionMethod },
  );
};

/** Whose NTLM library speaks is not whose system it is. */
const versionNotFromWindows: Rule = ({ main, ntlm }) => {
  const answer = main.negotiation?.answer;
  if (ntlm?.osVersion == null || answer?.kind !== "tpdu" || answer.tpdu.kind !== "connection-confirm")
    return [];
  const { sourceReference } = answer.tpdu;
  if (sourceReference === WINDOWS_SOURCE_REFERENCE) return [];
  return finding(
    "os-version-not-from-windows",
    "info",
    "credssp",
    `version ${ntlm.osVersion} is what the server's NTLM library claims: the Connection Confirm is not one that Windows writes`,
    { sourceReference, osVersion: ntlm.osVersion },
  );
};

/** What the cookie or the token does: the same offer was made without it. */
const routingEffect: Rule = ({ connections, main }) => {
  const without = connections.find(({ purpose }) => purpose === WITHOUT_ROUTING)?.facts;
  if (without === undefined) return [];
  const kind = main.negotiation?.request?.routing?.kind === "token" ? "routing token" : "cookie";
  const [mine, others] = [leafOf(main), leafOf(without)];
  const certificates = mine !== null && others !== null ? [mine, others] : [null, null];
  const after = answerText(main, certificates[0] ?? null);
  const before = answerText(without, certificates[1] ?? null);
  if (before === after) {
    const summary = `the ${kind} changes nothing that shows: without it the same answer comes`;
    return finding("routing-without-effect", "info", "negotiation", summary, { answer: after });
  }
  return finding(
    "routing-changes-answer",
    "info",
    "negotiation",
    `the ${kind} changes who answers: ${after} with it, ${before} without`,
    { with: after, without: before },
  );
};

const leafOf = ({ tls }: ConnectionFacts): string | null => tls?.chain[0]?.sha256 ?? null;

/** How a connection was answered; `certificate` says by whom, where both show it. */
const answerText = ({ negotiation, connect, end }: ConnectionFacts, certificate: string | null): string => {
  const answer = negotiation?.answer;
  if (connect.outcome !== "open") return connect.outcome;
  if (answer?.kind !== "tpdu") return `${answer?.kind ?? "none"} (${end.kind})`;
  const { tpdu } = answer;
  const said =
    tpdu.kind === "connection-confirm" && tpdu.negotiation !== null
      ? textOfData(tpdu.negotiation)
      : tpdu.kind;
  return certificate === null ? said : `${said}, certificate ${certificate}`;
};

const textOfData = (data: NegotiationResponse | NegotiationFailure): string =>
  data.type === "failure"
    ? `failure ${data.failureCode}`
    : `${selectedProtocolId(data.selectedProtocol) ?? data.selectedProtocol} with flags ${data.flags}`;

const RULES: readonly Rule[] = [
  unrequestedProtocol,
  unansweredQuestion,
  standardSecurityAccepted,
  routingEffect,
  versionNotFromWindows,
  rewrittenProtocols,
  mcsNotTaken,
  weakEncryption,
  weakKey,
  unofferedMethod,
];
