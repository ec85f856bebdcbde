/**
 * The connections of full depth beyond those of standard depth: which security layers a server takes, which
 * methods of Standard RDP Security, and its RDP version. What is known already is not asked again.
 */
import { ALL_ENCRYPTION_METHODS } from "../../mcs/encryption-methods.ts";
import type { ClientProfile } from "../../tls/profiles/client-profile.ts";
import type { Routing } from "../../x224/connection-request.ts";
import { PROTOCOL } from "../../x224/protocols.ts";
import { connectionRequestAsking, connectionRequestFor, PROBE_IDENTITY } from "./connection-requests.ts";
import type { Continuation, ConversationPlan, TlsPlan } from "../conversation/conversation.ts";
import {
  LAYER_PURPOSES,
  LAYER_QUESTIONS,
  type LayerPurpose,
  type LayerQuestion,
  METHOD_QUESTIONS,
  WITHOUT_ROUTING,
} from "./layer-questions.ts";
import { layerAnswers } from "../facts/layer-states.ts";
import { isUnoffered, standardSecurityExchanges } from "../facts/mcs-answers.ts";
import type { ProbeConnection } from "./probe-plan.ts";
import { isEstablished } from "../facts/tls-facts.ts";

/** Between the end of one connection and the next: quicker probes were seen to get wrong answers (facts 2.2). */
export const LAYER_PAUSE_MS = 200;

export interface LayersOffer {
  readonly routing: Routing | null;
  /** The client whose hello leads to MCS over TLS. */
  readonly reference: ClientProfile;
}

export interface LayerConnection {
  readonly purpose: LayerPurpose;
  readonly plan: ConversationPlan;
}

/**
 * The next connection, or null when nothing is left to learn.
 * @param soFar those of standard depth, then the plan's own, in their order.
 */
export const nextLayerConnection = (
  soFar: readonly ProbeConnection[],
  offer: LayersOffer,
): LayerConnection | null => {
  if (!mayAnswer(soFar)) return null;
  const isMade = (purpose: LayerPurpose): boolean => soFar.some((made) => made.purpose === purpose);
  const question = LAYER_QUESTIONS.find(({ purpose, layer }) => !isMade(purpose) && WANTS[layer](soFar));
  if (question !== undefined) return layerConnection(question, soFar, offer);
  const method = METHOD_QUESTIONS.find(({ purpose, bit }) => !isMade(purpose) && wantsMethod(bit, soFar));
  if (method !== undefined) return methodConnection(method, offer);
  return !isMade(WITHOUT_ROUTING) && isDeliberate(offer.routing) ? withoutRouting(soFar, offer) : null;
};

/** After so many connections in a row without an answer the server, or a device before it, has had enough. */
const UNANSWERED_LIMIT = 2;

const ENDS_ON_PURPOSE: ReadonlySet<string> = new Set(["fin", "rst"]);

/** RDP answers here, or something that ends what it does not like: another request may fare better. */
const mayAnswer = (soFar: readonly ProbeConnection[]): boolean => {
  const main = soFar[0]?.facts;
  if (main === undefined || main.connect.outcome !== "open") return false;
  const isRdp = main.negotiation?.answer.kind === "tpdu";
  const isCutOff = main.negotiation?.answer.kind === "none" && ENDS_ON_PURPOSE.has(main.end.kind);
  const last = soFar.filter(({ purpose }) => IS_LAYER_PURPOSE.has(purpose)).slice(-UNANSWERED_LIMIT);
  const isSilenced = last.length === UNANSWERED_LIMIT && last.every((connection) => !isAnswered(connection));
  return (isRdp || isCutOff) && !isSilenced;
};

const IS_LAYER_PURPOSE: ReadonlySet<string> = new Set(LAYER_PURPOSES);

const isAnswered = ({ facts }: ProbeConnection): boolean => facts.negotiation?.answer.kind === "tpdu";

type Wants = (soFar: readonly ProbeConnection[]) => boolean;

const isUnknown =
  (layer: LayerQuestion["layer"]): Wants =>
  (soFar) =>
    layerAnswers(soFar)[layer].state === "unknown";

/** Whether the question about a layer can still teach something. */
const WANTS: Readonly<Record<LayerQuestion["layer"], Wants>> = {
  // Never left to inference, and the way to the encryption methods.
  rdp: () => true,
  ssl: (soFar) => {
    const { state } = layerAnswers(soFar).ssl;
    // Where TLS without CredSSP is taken, the version stands behind it.
    return state === "unknown" || (state === "accepted" && !failsTls(soFar));
  },
  hybrid: isUnknown("hybrid"),
  rdstls: isUnknown("rdstls"),
  rdsaad: isUnknown("rdsaad"),
};

/** Our TLS handshake failed; another would only be one error more in the server's log. */
const failsTls = (soFar: readonly ProbeConnection[]): boolean => {
  const tls = soFar[0]?.facts.tls ?? null;
  return tls !== null && !isEstablished(tls);
};

/** At FIPS level there is no other method ([MS-RDPBCGR] 5.3.1). */
const FIPS_LEVEL = 4;

/** A method is open while the server encrypts, keeps to what is offered, and has not named it in any answer. */
const wantsMethod = (bit: number, soFar: readonly ProbeConnection[]): boolean => {
  const exchanges = standardSecurityExchanges(soFar);
  const first = exchanges[0]?.rdp;
  if (first === undefined || (first.encryptionMethod ?? 0) === 0) return false;
  if (first.encryptionLevel?.code === FIPS_LEVEL || exchanges.some(isUnoffered)) return false;
  return exchanges.every(({ rdp }) => rdp.encryptionMethod !== bit);
};

const layerConnection = (
  { purpose, requestedProtocols }: LayerQuestion,
  soFar: readonly ProbeConnection[],
  { routing, reference }: LayersOffer,
): LayerConnection => {
  const request = connectionRequestAsking(requestedProtocols, routing);
  const leadsToMcs = purpose === "layer-rdp" || purpose === "layer-ssl";
  const handshake: TlsPlan = { kind: "handshake", profile: reference };
  return {
    purpose,
    plan: {
      request,
      tls: purpose === "layer-ssl" && !failsTls(soFar) ? handshake : WITHOUT_TLS,
      after: leadsToMcs ? { kind: "mcs", encryptionMethods: ALL_ENCRYPTION_METHODS } : NOTHING,
    },
  };
};

const methodConnection = (
  { purpose, bit }: (typeof METHOD_QUESTIONS)[number],
  { routing }: LayersOffer,
): LayerConnection => ({
  purpose,
  plan: {
    request: connectionRequestAsking(PROTOCOL.rdp, routing),
    tls: WITHOUT_TLS,
    after: { kind: "mcs", encryptionMethods: bit },
  },
});

/** A token, or a cookie other than the one that every probe sends. */
const isDeliberate = (routing: Routing | null): boolean =>
  routing !== null && (routing.kind === "token" || routing.identity !== PROBE_IDENTITY);

const withoutRouting = (soFar: readonly ProbeConnection[], { reference }: LayersOffer): LayerConnection => ({
  purpose: WITHOUT_ROUTING,
  plan: {
    request: connectionRequestFor("offer-all", null),
    // Its certificate tells one machine behind the port from another.
    tls: isEstablished(soFar[0]?.facts.tls ?? null) ? { kind: "handshake", profile: reference } : WITHOUT_TLS,
    after: NOTHING,
  },
});

const WITHOUT_TLS: TlsPlan = { kind: "none" };
const NOTHING: Continuation = { kind: "nothing" };
