/**
 * The RDP handshake as a state machine without I/O: X.224 negotiation, TLS, and then either CredSSP up to the
 * NTLM challenge or MCS up to the Connect-Response. No AUTHENTICATE_MESSAGE is ever sent: nobody logs on, nobody
 * is locked out. It is told what happens on the wire and says what to do next; a driver with a socket, or a test
 * with bytes, does it.
 */
import { ntlmRequest, spnegoRequest } from "../../credssp/credssp-request.ts";
import { connectInitial, EARLY_CAPABILITY } from "../../mcs/client-settings.ts";
import { encodeConnectInitial } from "../../mcs/connect-initial.ts";
import { encodeDisconnectProviderUltimatum } from "../../mcs/disconnect-provider-ultimatum.ts";
import { decodeMcsPdu } from "../../mcs/mcs-pdu.ts";
import type { TlsEntropy } from "../../tls/client/tls-client.ts";
import type { ClientProfile } from "../../tls/profiles/client-profile.ts";
import type { HelloIngredients } from "../../tls/profiles/hello-of-profile.ts";
import type { ConnectionRequest } from "../../x224/connection-request.ts";
import { encodeConnectionRequest } from "../../x224/connection-request.ts";
import { PROTOCOL } from "../../x224/protocols.ts";
import type { ConnectionFacts } from "../facts/connection-facts.ts";
import { ConversationReader, type Layer } from "./conversation-reader.ts";
import type { HelloPlan } from "../plan/hello-plan.ts";
import { HelloLayer } from "../facts/hello-layer.ts";
import { isCredSsp } from "../facts/negotiation-facts.ts";
import { ClientLayer } from "../facts/client-layer.ts";
import type { WireEvent } from "./transcript.ts";

/** How the NTLM token stands in the TSRequest: bare, as most servers take it, or wrapped in SPNEGO. */
type CredSspToken = "ntlm" | "spnego";

const REQUEST_OF: Readonly<Record<CredSspToken, () => Uint8Array>> = {
  ntlm: ntlmRequest,
  spnego: spnegoRequest,
};

export type TlsPlan =
  /** Stops after the Connection Confirm. */
  | { readonly kind: "none" }
  /** Goes through the TLS handshake as the profile's client, with its ClientHello byte for byte. */
  | { readonly kind: "handshake"; readonly profile: ClientProfile }
  /** Sends one ClientHello, byte for byte, and reads the answer as far as it is in the clear. */
  | { readonly kind: "hello"; readonly hello: HelloPlan };

/** What is said once the security layer stands, where the server selected a layer that it fits. */
export type Continuation =
  | { readonly kind: "nothing" }
  /** The NTLM NEGOTIATE_MESSAGE, where CredSSP was selected. */
  | { readonly kind: "credssp"; readonly token: CredSspToken }
  /**
   * The Connect-Initial, where Standard RDP Security or TLS without CredSSP was selected.
   * `encryptionMethods` are offered in the former; over TLS none is.
   */
  | { readonly kind: "mcs"; readonly encryptionMethods: number };

/** What a connection is to find out. */
export interface ConversationPlan {
  /** Null: TLS without the X.224 negotiation. */
  readonly request: ConnectionRequest | null;
  readonly tls: TlsPlan;
  readonly after: Continuation;
}

/** What a conversation takes from outside: names, and all that is random or secret. */
export interface ConversationInputs {
  /** What a ClientHello is made from that is only asked for its answer. */
  readonly hello: HelloIngredients;
  /** What our own client goes through the handshake with. */
  readonly entropy: TlsEntropy;
  /** Takes each line of the session's key log (draft-ietf-tls-keylogfile); null where nobody records. */
  readonly onSecret: ((line: string) => void) | null;
}

/** The stage that is being waited for; each has a deadline of its own. */
export type AwaitedStage = "tcp" | "negotiation" | "tls" | "credssp" | "mcs";

export type Action =
  | { readonly kind: "send"; readonly bytes: Uint8Array }
  /** `withinMs` is shorter than the stage's own time: what is waited for may well not come. */
  | { readonly kind: "need-data"; readonly stage: AwaitedStage; readonly withinMs?: number }
  /** Lets the bytes before go out on their own. */
  | { readonly kind: "pause"; readonly durationMs: number }
  /** `isPeerWaiting`: nothing of the peer's can be on its way. */
  | { readonly kind: "done"; readonly isPeerWaiting: boolean };

export interface Conversation {
  /** Takes the next event of the wire, our own bytes included, in their order. */
  receive(event: WireEvent): void;
  /** What was waited for with `withinMs` has not come, and need not. */
  elapsed(): void;
  /** What to do now; each `send` is said once. */
  next(): Action;
  /** What is known so far. @param startedAtMs when the dialling began. */
  facts(startedAtMs: number): ConnectionFacts;
}

type State =
  | { readonly name: "connecting" | "awaiting-confirm" | "awaiting-challenge" | "awaiting-connect-response" }
  | { readonly name: "awaiting-certificate-alert"; readonly withinMs: number }
  | { readonly name: "hello-due"; readonly parts: readonly Uint8Array[]; readonly paused: boolean }
  | { readonly name: "awaiting-hello"; readonly layer: HelloLayer }
  | { readonly name: "handshaking"; readonly layer: ClientLayer }
  /** Bytes that go out before the next state. */
  | { readonly name: "sending"; readonly bytes: Uint8Array; readonly next: State }
  | { readonly name: "done"; readonly isPeerWaiting: boolean };

const DONE: State = { name: "done", isPeerWaiting: false };
const PEER_WAITS: State = { name: "done", isPeerWaiting: true };

/** Events after which no byte of the peer can follow, or none is wanted. */
const FINAL: ReadonlySet<WireEvent["kind"]> = new Set([
  "connect-failed",
  "fin",
  "rst",
  "timeout",
  "overflow",
  "ended",
]);

/** Between the segments of a split hello: a device on the way must see them apart. */
const SPLIT_PAUSE_MS = 20;

/** How long a TLS 1.3 server's alert after our Finished is waited for: some round trips, and a bit. */
const ALERT_ROUND_TRIPS = 2;
const ALERT_MS = 50;

/** A conversation at its start; the first event that it waits for is `connected`. */
export const createConversation = (plan: ConversationPlan, inputs: ConversationInputs): Conversation =>
  new PlannedConversation(plan, inputs);

class PlannedConversation implements Conversation {
  readonly #plan: ConversationPlan;
  readonly #reader: ConversationReader;
  #state: State = { name: "connecting" };
  #client: ClientLayer | null = null;
  #askedAtMs = 0;
  #roundTripMs = 0;

  constructor(plan: ConversationPlan, inputs: ConversationInputs) {
    this.#plan = plan;
    this.#reader = new ConversationReader({
      isDirect: plan.request === null,
      tls: () => {
        const { tls } = plan;
        if (tls.kind !== "handshake") {
          return new HelloLayer(tls.kind === "none" ? null : tls.hello, inputs.hello);
        }
        const { entropy, onSecret } = inputs;
        const { serverName, isAddress } = inputs.hello;
        this.#client = new ClientLayer({ profile: tls.profile, serverName, isAddress, entropy, onSecret });
        return this.#client;
      },
      provesSelfSigned: plan.after.kind !== "nothing",
    });
  }

  receive(event: WireEvent): void {
    this.#reader.receive(event);
    if (this.#state.name === "sending" || event.kind === "sent") return;
    this.#state = FINAL.has(event.kind) ? DONE : this.#after(this.#state, event);
  }

  elapsed(): void {
    this.#state = DONE;
  }

  facts(startedAtMs: number): ConnectionFacts {
    return this.#reader.facts(startedAtMs);
  }

  next(): Action {
    const state = this.#state;
    switch (state.name) {
      case "connecting":
        return { kind: "need-data", stage: "tcp" };
      case "sending":
        this.#state = state.next;
        return { kind: "send", bytes: state.next.name === "done" ? this.#last(state.bytes) : state.bytes };
      case "awaiting-confirm":
        return { kind: "need-data", stage: "negotiation" };
      case "hello-due":
        return this.#nextPart(state.parts, state.paused);
      case "awaiting-hello":
      case "handshaking":
        return { kind: "need-data", stage: "tls" };
      case "awaiting-certificate-alert":
        return { kind: "need-data", stage: "tls", withinMs: state.withinMs };
      case "awaiting-challenge":
        return { kind: "need-data", stage: "credssp" };
      case "awaiting-connect-response":
        return { kind: "need-data", stage: "mcs" };
      case "done": {
        const farewell = this.#farewell();
        if (farewell !== null) return { kind: "send", bytes: farewell };
        return { kind: "done", isPeerWaiting: state.isPeerWaiting };
      }
    }
  }

  #nextPart([part, ...rest]: readonly Uint8Array[], paused: boolean): Action {
    const layer = this.#helloLayer();
    if (part === undefined) {
      this.#state = layer === null ? DONE : { name: "awaiting-hello", layer };
      return this.next();
    }
    this.#state = { name: "hello-due", parts: paused ? [part, ...rest] : rest, paused: !paused };
    return paused ? { kind: "pause", durationMs: SPLIT_PAUSE_MS } : { kind: "send", bytes: part };
  }

  #helloLayer(): HelloLayer | null {
    const { layer } = this.#reader;
    return layer?.kind === "tls" && layer.tls instanceof HelloLayer ? layer.tls : null;
  }

  /** What is said last goes out with close_notify, in one write. */
  #last(bytes: Uint8Array): Uint8Array {
    const farewell = this.#farewell();
    return farewell === null ? bytes : joined(bytes, farewell);
  }

  /** close_notify where a session stands and the peer is still there. */
  #farewell(): Uint8Array | null {
    const client = this.#client;
    this.#client = null;
    return client === null || client.state.kind !== "established" || this.#reader.isEndedByPeer
      ? null
      : client.close();
  }

  #after(state: State, event: WireEvent): State {
    switch (state.name) {
      case "connecting":
        if (event.kind !== "connected") return state;
        this.#askedAtMs = event.atMs;
        return this.#plan.request === null
          ? this.#begin(this.#reader.layer)
          : {
              name: "sending",
              bytes: encodeConnectionRequest(this.#plan.request),
              next: { name: "awaiting-confirm" },
            };
      case "awaiting-confirm":
        if (event.kind !== "received" || this.#reader.layer === null) return state;
        this.#roundTripMs = Math.max(0, event.atMs - this.#askedAtMs);
        return this.#begin(this.#reader.layer);
      case "hello-due":
        // An answer to half a hello is a refusal; what it says stands in the facts.
        return event.kind === "received" ? DONE : state;
      case "awaiting-hello":
        return event.kind === "received" && state.layer.saysAll ? DONE : state;
      case "handshaking":
        return event.kind === "received" ? this.#afterHandshakeBytes(state.layer) : state;
      case "awaiting-certificate-alert":
        return event.kind === "received" && this.#isSessionOver() ? DONE : state;
      case "awaiting-challenge":
      case "awaiting-connect-response":
        return event.kind === "received" ? this.#afterAnswer(state) : state;
      default:
        return state;
    }
  }

  /** What follows the negotiation. */
  #begin(layer: Layer): State {
    if (this.#reader.isTakenBack) return DONE;
    if (layer?.kind === "rdp" && this.#plan.after.kind === "mcs") {
      const { encryptionMethods } = this.#plan.after;
      const bytes = connectInitialOf(PROTOCOL.rdp, encryptionMethods);
      return { name: "sending", bytes, next: { name: "awaiting-connect-response" } };
    }
    if (layer?.kind !== "tls") return DONE;
    if (this.#plan.tls.kind === "none") return PEER_WAITS;
    if (layer.tls instanceof HelloLayer) return { name: "hello-due", parts: layer.tls.parts, paused: false };
    return this.#client === null ? DONE : this.#afterHandshakeBytes(this.#client);
  }

  #afterHandshakeBytes(layer: ClientLayer): State {
    const then = this.#afterHandshake(layer);
    const bytes = layer.output();
    return bytes === null ? then : { name: "sending", bytes, next: then };
  }

  #afterHandshake(layer: ClientLayer): State {
    switch (layer.state.kind) {
      case "unfinished":
        return this.#reader.isTakenBack ? DONE : { name: "handshaking", layer };
      case "established":
        return this.#secured(layer);
      default:
        return DONE;
    }
  }

  #secured(layer: ClientLayer): State {
    const { after } = this.#plan;
    const selected = this.#selected();
    if (after.kind === "credssp" && isCredSsp(selected)) {
      return this.#ask(layer, REQUEST_OF[after.token](), { name: "awaiting-challenge" });
    }
    if (after.kind === "mcs" && selected === PROTOCOL.ssl) {
      return this.#ask(layer, connectInitialOf(selected, NO_METHODS), { name: "awaiting-connect-response" });
    }
    // A TLS 1.3 server that wants a certificate says so only after our Finished (RFC 8446 4.4.2.4).
    if (!layer.mayBeRefusedYet) return DONE;
    return { name: "awaiting-certificate-alert", withinMs: ALERT_ROUND_TRIPS * this.#roundTripMs + ALERT_MS };
  }

  /** One record: Windows wants a TSRequest whole ([MS-CSSP] note 8). */
  #ask(layer: ClientLayer, bytes: Uint8Array, then: State): State {
    const own = layer.output();
    const sealed = layer.seal(bytes);
    return { name: "sending", bytes: own === null ? sealed : joined(own, sealed), next: then };
  }

  #afterAnswer(state: State): State {
    const owed = this.#reader.owed();
    const output = this.#client?.output() ?? null;
    const then = owed?.by === "server" && !this.#isSessionOver() ? state : this.#afterLastAnswer(state);
    return output === null ? then : { name: "sending", bytes: output, next: then };
  }

  #isSessionOver(): boolean {
    return this.#client?.isOver === true;
  }

  /** A server that took the Connect-Initial is told that no more follows; one that refused it has ended already. */
  #afterLastAnswer(state: State): State {
    if (state.name !== "awaiting-connect-response") return DONE;
    const answer = decodeMcsPdu(this.#reader.mcsAnswer);
    if (answer.status !== "done" || answer.value.kind !== "connect-response") return DONE;
    const farewell = encodeDisconnectProviderUltimatum();
    const bytes = this.#client === null ? farewell : this.#client.seal(farewell);
    return { name: "sending", bytes, next: DONE };
  }

  #selected(): number {
    const { layer } = this.#reader;
    return layer?.kind === "tls" ? layer.selected : PROTOCOL.rdp;
  }
}

/** Over TLS the encryption is TLS's own ([MS-RDPBCGR] 2.2.1.3.3). */
const NO_METHODS = 0;

/** So that the server shows the key that it shows to mstsc. */
const AS_MSTSC = EARLY_CAPABILITY.supportErrorInfo | EARLY_CAPABILITY.strongAsymmetricKeys;

const connectInitialOf = (serverSelectedProtocol: number, encryptionMethods: number): Uint8Array =>
  encodeConnectInitial(
    connectInitial({ serverSelectedProtocol, encryptionMethods, earlyCapabilityFlags: AS_MSTSC }),
  );

const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
};
