/**
 * Questions about one thing that a server had better not take: Standard RDP Security, or an old TLS version.
 * Its choice among everything does not tell; an offer of that alone does, one connection each.
 */
import { EVERYTHING_PROFILE, TLS10_PROFILE } from "../../tls/profiles/probe-profiles.ts";
import { profileOfVersions } from "../../tls/profiles/profile-variants.ts";
import { TLS_VERSION } from "../../tls/tables/versions.ts";
import type { Routing } from "../../x224/connection-request.ts";
import { PROTOCOL } from "../../x224/protocols.ts";
import type { ConnectionFacts } from "../facts/connection-facts.ts";
import { connectionRequestAsking, connectionRequestFor } from "./connection-requests.ts";
import type { ConversationPlan } from "../conversation/conversation.ts";
import { helloOutcome } from "../facts/hello-outcome.ts";
import { type LayerState, layerAnswers } from "../facts/layer-states.ts";

export type OfferQuestion = "standard-security" | "tls1.0" | "tls1.1";

/** The connection that asks a question. */
export const offerPlan = (question: OfferQuestion, routing: Routing | null): ConversationPlan =>
  question === "standard-security"
    ? {
        request: connectionRequestAsking(PROTOCOL.rdp, routing),
        tls: { kind: "none" },
        after: { kind: "nothing" },
      }
    : {
        request: connectionRequestFor("offer-all", routing),
        tls: { kind: "hello", hello: { profile: PROFILES[question](), minSizeBytes: 0, split: false } },
        after: { kind: "nothing" },
      };

/** What the connection says: whether the server takes what it was offered. */
export const offerAnswer = (question: OfferQuestion, facts: ConnectionFacts): LayerState => {
  if (question === "standard-security") return layerAnswers([{ purpose: "layer-rdp", facts }]).rdp.state;
  const outcome = helloOutcome(facts);
  if (outcome === "answered") {
    return facts.tls?.version?.code === VERSIONS[question] ? "accepted" : "refused";
  }
  return outcome === "alert" || outcome === "rst" || outcome === "fin" ? "refused" : "unknown";
};

const VERSIONS = { "tls1.0": TLS_VERSION.tls10, "tls1.1": TLS_VERSION.tls11 } as const;

const PROFILES = {
  "tls1.0": () => TLS10_PROFILE,
  "tls1.1": () => {
    const profile = profileOfVersions(EVERYTHING_PROFILE, TLS_VERSION.tls11, TLS_VERSION.tls11);
    if (profile === null) throw new RangeError("tls: no suite is left for TLS 1.1");
    return { ...profile, id: "tls11-alone", extensionOrder: TLS10_PROFILE.extensionOrder };
  },
} as const;
