/** Which connection comes next, from what the ones before it showed. */

import type { ClientProfile } from "../../tls/profiles/client-profile.ts";
import { EVERYTHING_PROFILE } from "../../tls/profiles/probe-profiles.ts";
import type { Routing } from "../../x224/connection-request.ts";
import { PROTOCOL } from "../../x224/protocols.ts";
import { type Asks, NO_ASKS } from "./asks.ts";
import type { ConnectionFacts } from "../facts/connection-facts.ts";
import { connectionRequestAsking, connectionRequestFor } from "./connection-requests.ts";
import type { Continuation, ConversationPlan } from "../conversation/conversation.ts";
import {
  type Differential,
  type DifferentialPurpose,
  helloOfQuestion,
  nextQuestion,
} from "./differential-plan.ts";
import type { HelloPlan } from "./hello-plan.ts";
import { LAYER_PURPOSES, type LayerPurpose } from "./layer-questions.ts";
import { isCredSsp } from "../facts/negotiation-facts.ts";

/** What a connection is for: the offer that mstsc makes, or a request that settles one question. */
export type Purpose = "offer-all" | "spnego" | "ssl-only" | "direct-tls" | DifferentialPurpose | LayerPurpose;

/** How much a probe asks: `quick` makes one connection; `full` goes on where this plan ends. */
export type Depth = "quick" | "standard" | "full";

/** One connection of a probe with what it was for. */
export interface ProbeConnection {
  readonly purpose: Purpose;
  readonly facts: ConnectionFacts;
}

export interface NextConnection {
  readonly purpose: Purpose;
  readonly plan: ConversationPlan;
}

/** What a probe asks with. */
export interface ProbeOffer {
  readonly depth: Depth;
  readonly routing: Routing | null;
  /** The client that the verdict is for. */
  readonly reference: ClientProfile;
  /** What is asked beyond the depth. */
  readonly asks?: Asks;
}

/** The next connection of a probe, or null when nothing is left to ask. */
export const nextConnection = (
  soFar: readonly ProbeConnection[],
  offer: ProbeOffer,
): NextConnection | null => {
  const next = offer.depth === "quick" ? nextQuick(soFar, offer) : nextStandard(soFar, offer);
  return next ?? (offer.depth === "full" ? null : nextAsked(soFar, offer));
};

/** What the user asked for beyond the depth, of a server that has answered. */
const nextAsked = (
  soFar: readonly ProbeConnection[],
  { asks = NO_ASKS, ...offer }: ProbeOffer,
): NextConnection | null => {
  const main = soFar[0]?.facts ?? null;
  if (main === null || selectedProtocol(main) === null) return null;
  const isMade = (purpose: Purpose): boolean => soFar.some((connection) => connection.purpose === purpose);
  if (asks.has("nla") && selectsCredSsp(main) && !isMade("ssl-only")) return sslOnly(offer);
  const isOpen = selectedProtocol(main) !== PROTOCOL.rdp;
  return asks.has("weak") && isOpen && !isMade(STANDARD_SECURITY) ? standardSecurity(offer) : null;
};

const STANDARD_SECURITY = "layer-rdp";

/** One connection: the negotiation, and the TLS handshake to its end. */
const nextQuick = (soFar: readonly ProbeConnection[], offer: ProbeOffer): NextConnection | null =>
  soFar.length === 0 ? handshakeOf("offer-all", offer, NOTHING) : null;

const WHOLE = { minSizeBytes: 0, split: false } as const;

const nextStandard = (soFar: readonly ProbeConnection[], offer: ProbeOffer): NextConnection | null => {
  const main = soFar[0]?.facts ?? null;
  if (main === null) return handshakeOf("offer-all", offer, NTLM);
  if (main.end.kind === "overflow") return null;
  const isMade = (purpose: Purpose): boolean => soFar.some((connection) => connection.purpose === purpose);
  if (refusesRawNtlm(main) && !isMade("spnego")) return handshakeOf("spnego", offer, SPNEGO);
  if (endsUnanswered(main)) return isMade("direct-tls") ? null : directTls();
  const differential = differentialOf(soFar);
  const question = nextQuestion(main, differential, offer.reference);
  if (question !== null) {
    return helloConnection(question, helloOfQuestion(question, differential, offer.reference), offer);
  }
  // Only its answer tells whether NLA is required (facts 2.2).
  return selectsCredSsp(main) && !isMade("ssl-only") ? sslOnly(offer) : null;
};

/** The connections that asked with another hello, by what was different. */
export const differentialOf = (soFar: readonly ProbeConnection[]): Differential =>
  new Map(
    soFar.flatMap(({ purpose, facts }) => (isDifferential(purpose) ? [[purpose, facts] as const] : [])),
  );

/** Whether the server chose CredSSP (PROTOCOL_HYBRID or PROTOCOL_HYBRID_EX). */
export const selectsCredSsp = (facts: ConnectionFacts): boolean => isCredSsp(selectedProtocol(facts));

/** The selectedProtocol of the Connection Confirm; PROTOCOL_RDP where it has no negotiation data; else null. */
export const selectedProtocol = (facts: ConnectionFacts): number | null => {
  const answer = facts.negotiation?.answer;
  if (answer?.kind !== "tpdu" || answer.tpdu.kind !== "connection-confirm") return null;
  const negotiation = answer.tpdu.negotiation;
  if (negotiation === null) return PROTOCOL.rdp;
  return negotiation.type === "response" ? negotiation.selectedProtocol : null;
};

const OTHER_PURPOSES: ReadonlySet<Purpose> = new Set([
  "offer-all",
  "spnego",
  "ssl-only",
  "direct-tls",
  ...LAYER_PURPOSES,
]);

const isDifferential = (purpose: Purpose): purpose is DifferentialPurpose => !OTHER_PURPOSES.has(purpose);

/** Answers to a bare NTLM token after which the same in SPNEGO may fare better. */
const REFUSALS: ReadonlySet<string> = new Set(["error", "alert", "rejected"]);

/** CredSSP refused the bare NTLM token, or ended right there. */
const refusesRawNtlm = ({ credssp, end }: ConnectionFacts): boolean =>
  credssp !== null && (REFUSALS.has(credssp.answer.kind) || end.kind === "fin" || end.kind === "rst");

/** The port is open and not a byte came: a TLS server, perhaps, that does not know X.224. */
const endsUnanswered = ({ connect, negotiation }: ConnectionFacts): boolean =>
  connect.outcome === "open" && negotiation?.answer.kind === "none";

const NTLM: Continuation = { kind: "credssp", token: "ntlm" };
const SPNEGO: Continuation = { kind: "credssp", token: "spnego" };
const NOTHING: Continuation = { kind: "nothing" };

const handshakeOf = (
  purpose: "offer-all" | "spnego",
  { routing, reference }: ProbeOffer,
  after: Continuation,
): NextConnection => ({
  purpose,
  plan: {
    request: connectionRequestFor("offer-all", routing),
    tls: { kind: "handshake", profile: reference },
    after,
  },
});

const sslOnly = ({ routing }: ProbeOffer): NextConnection => ({
  purpose: "ssl-only",
  plan: { request: connectionRequestFor("ssl-only", routing), tls: { kind: "none" }, after: NOTHING },
});

const standardSecurity = ({ routing }: ProbeOffer): NextConnection => ({
  purpose: STANDARD_SECURITY,
  plan: {
    request: connectionRequestAsking(PROTOCOL.rdp, routing),
    tls: { kind: "none" },
    after: NOTHING,
  },
});

const directTls = (): NextConnection => ({
  purpose: "direct-tls",
  plan: {
    request: null,
    tls: { kind: "hello", hello: { profile: EVERYTHING_PROFILE, ...WHOLE } },
    after: NOTHING,
  },
});

const helloConnection = (
  purpose: DifferentialPurpose,
  hello: HelloPlan,
  { routing }: ProbeOffer,
): NextConnection => ({
  purpose,
  plan: {
    request: connectionRequestFor("offer-all", routing),
    tls: { kind: "hello", hello },
    after: NOTHING,
  },
});
