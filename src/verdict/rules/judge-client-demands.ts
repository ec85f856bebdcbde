/**
 * The rule for what the reference client demands beyond its hello: the probe's own TLS goes on where that client
 * would end the handshake by an alert of its own.
 */
import type { TlsFacts } from "../../handshake/facts/tls-facts.ts";
import { alertName } from "../../tls/wire/alert.ts";
import type { ClientProfile } from "../../tls/profiles/client-profile.ts";
import { sizeInBits } from "../../tls/wire/server-key-exchange.ts";
import { objection } from "../clients/client-demands.ts";
import type { ClientOutcomeCode } from "../clients/client-outcomes.ts";
import { handshakeEvidence } from "./handshake-evidence.ts";
import { type Ruling, ruling } from "./ruling.ts";

/**
 * How FreeRDP 2.11.7 on OpenSSL 3.0 ends such a handshake: by this alert, or null by closing without one. What is
 * not here is told by a finding.
 */
const ALERT_OF: Readonly<Partial<Record<ClientOutcomeCode, number | null>>> = {
  "no-secure-renegotiation": 40,
  "signature-too-old": 80,
  "certificate-key-kind": null,
};

/** The ruling on a handshake that the client `reference` would not go on with, or null. */
export const judgeClientDemands = (tls: TlsFacts, reference: ClientProfile): Ruling | null => {
  const { version, cipher, keyExchange, securesRenegotiation, chain } = tls;
  if (version === null || cipher === null) return null;
  const dhBits = keyExchange?.kind === "dhe" ? sizeInBits(keyExchange.prime) : null;
  const choice = { version: version.code, suite: cipher.code, dhBits, securesRenegotiation };
  const objected = objection(reference, choice, chain.slice(0, 1));
  const alert = objected === null ? undefined : ALERT_OF[objected.outcome];
  if (objected === null || alert === undefined) return null;
  const code = alert === null ? "closed" : "tls-alert";
  const how = alert === null ? { after: "certificate" } : { alert, alertName: alertName(alert) };
  return ruling(code, "tls", `the client ${reference.id} ends the handshake itself: ${objected.why}`, {
    evidence: {
      ...{ sender: "client", client: reference.id, demand: objected.outcome },
      ...{ ...handshakeEvidence(tls), ...how },
    },
    confidence: "inferred",
    mstsc: null,
  });
};
