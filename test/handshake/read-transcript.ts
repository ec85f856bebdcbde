/** The facts of a connection from what happened on it: the one reader, with TLS followed from outside. */
import type { ConnectionFacts } from "../../src/handshake/facts/connection-facts.ts";
import { ConversationReader } from "../../src/handshake/conversation/conversation-reader.ts";
import { ObservedLayer } from "../../src/handshake/facts/observed-layer.ts";
import type { Transcript } from "../../src/handshake/conversation/transcript.ts";
import type { TlsLayer, TlsState } from "../../src/handshake/facts/tls-layer.ts";
import type { Alert } from "../../src/tls/wire/alert.ts";
import { KeyLog } from "../../src/tls/decrypt/key-log.ts";
import { readServerFlight } from "../../src/tls/wire/server-flight.ts";
import { TlsWitness } from "../../src/tls/decrypt/tls-witness.ts";
import { TLS_VERSION } from "../../src/tls/tables/versions.ts";

export const readTranscript = (
  transcript: Transcript,
  startedAtMs = 0,
  keyLog: KeyLog = new KeyLog(),
): ConnectionFacts => {
  const [, second] = transcript;
  const reader = new ConversationReader({
    isDirect: second?.kind === "sent" && second.bytes[0] === 22,
    provesSelfSigned: true,
    tls: () => new ObservedLayer(keyLog),
  });
  for (const event of transcript) reader.receive(event);
  return reader.facts(startedAtMs);
};

/** A TLS session that stands from the first byte on: what goes over the wire is what is said inside it. */
class StandingLayer implements TlsLayer {
  readonly state: TlsState = {
    kind: "established",
    witness: TlsWitness.acceptedByClient({ version: TLS_VERSION.tls12, cipherSuite: 0xc030, group: null }),
  };
  /** Its handshake is over. */
  readonly serverSizeBytes = 1;
  sealed: Uint8Array = new Uint8Array(0);
  opened: Uint8Array = new Uint8Array(0);
  readonly #alert: Alert | null;

  constructor(alert: Alert | null) {
    this.#alert = alert;
  }

  get words() {
    const clientSpoke = this.sealed.length > 0;
    return { clientSpoke, serverSpoke: this.opened.length > 0, clientWentOn: false, isReadable: true };
  }

  sent(bytes: Uint8Array): void {
    this.sealed = Buffer.concat([this.sealed, bytes]);
  }

  received(bytes: Uint8Array): void {
    this.opened = Buffer.concat([this.opened, bytes]);
  }

  facts() {
    return {
      offered: null,
      flight: readServerFlight(new Uint8Array(0)),
      group: null,
      state: this.state,
      sessionAlert: this.#alert,
      sessionFault: null,
      clientAlert: null,
    };
  }
}

/** The facts of a connection inside whose TLS the rest of the transcript is said, after the negotiation. */
export const readInSession = (
  negotiation: Transcript,
  said: Transcript,
  alert: Alert | null = null,
): ConnectionFacts => {
  const reader = new ConversationReader({
    isDirect: false,
    provesSelfSigned: false,
    tls: () => new StandingLayer(alert),
  });
  for (const event of [...negotiation, ...said]) reader.receive(event);
  return reader.facts(0);
};
