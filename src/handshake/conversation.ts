/**
 * The RDP handshake as a state machine without I/O: X.224 negotiation, TLS, and then either CredSSP up to the
 * NTLM challenge or MCS up to the Connect-Response. No AUTHENTICATE_MESSAGE is ever sent: nobody logs on, nobody
 * is locked out. It is told what happens on the wire and says what to do next; a driver with a socket, or a test
 * with bytes, does it.
 */

import { ntlmRequest, spnegoRequest } from "../credssp/credssp-request.ts";
import { decodeTsRequest } from "../credssp/ts-request.ts";
import { connectInitial, EARLY_CAPABILITY } from "../mcs/client-settings.ts";
import { encodeConnectInitial } from "../mcs/connect-initial.ts";
import { encodeDisconnectProviderUltimatum } from "../mcs/disconnect-provider-ultimatum.ts";
import { decodeMcsPdu } from "../mcs/mcs-pdu.ts";
import { ALERT_LEVEL } from "../tls/alert.ts";
import type { ClientProfile } from "../tls/client-profile.ts";
import type { HelloIngredients } from "../tls/hello-of-profile.ts";
import {
  createServerFlightReader,
  type ServerFlight,
  type ServerFlightReader,
} from "../tls/server-flight.ts";
import { negotiatedVersion } from "../tls/server-hello.ts";
import { TLS_VERSION } from "../tls/versions.ts";
import { type ConnectionRequest, encodeConnectionRequest } from "../x224/connection-request.ts";
import { PROTOCOL } from "../x224/protocols.ts";
import { decodeServerTpdu } from "../x224/server-tpdu.ts";
import { type HelloPlan, helloRecord } from "./hello-plan.ts";
import { isCredSsp, isStandardSecurity, tlsProtocol } from "./negotiation-facts.ts";
import type { WireEvent } from "./transcript.ts";

/** How the NTLM token stands in the TSRequest: bare, as most servers take it, or wrapped in SPNEGO. */
export type CredSspToken = "ntlm" | "spnego";

const REQUEST_OF: Readonly<Record<CredSspToken, () => Uint8Array>> = {
  ntlm: ntlmRequest,
  spnego: spnegoRequest,
};

export type TlsPlan =
  /** Stops after the Connection Confirm. */
  | { readonly kind: "none" }
  /** Goes through TLS with what the profile's client offers, as far as our library can. */
  | { readonly kind: "session"; readonly profile: ClientProfile }
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

/** The stage that is being waited for; each has a deadline of its own. */
export type AwaitedStage = "tcp" | "negotiation" | "tls" | "credssp" | "mcs";

export type Action =
  | { readonly kind: "send"; readonly bytes: Uint8Array }
  | { readonly kind: "need-data"; readonly stage: AwaitedStage }
  | { readonly kind: "start-tls"; readonly profile: ClientProfile }
  /** Lets the bytes before go out on their own. */
  | { readonly kind: "pause"; readonly durationMs: number }
  /** Through the TLS session, as one record: Windows wants a TSRequest whole ([MS-CSSP] note 8). */
  | { readonly kind: "send-sealed"; readonly bytes: Uint8Array }
  | { readonly kind: "done" };

export interface Conversation {
  /** Takes the next event of the wire, also those that our own actions cause. */
  receive(event: WireEvent): void;
  /** What to do now; each `send`, `start-tls` and `send-sealed` is said once. */
  next(): Action;
  /** What was read of the server's answer to a `hello`, so that nobody has to read it again; else null. */
  serverFlight(): ServerFlight | null;
}

/** Where MCS is spoken: the events that our bytes and the peer's are there. */
type Channel = "clear" | "tls";

const CHANNELS = {
  clear: { send: "send", heard: "received" },
  tls: { send: "send-sealed", heard: "opened" },
} as const;

type State =
  | { readonly name: "connecting" }
  | { readonly name: "request-due"; readonly request: ConnectionRequest }
  | {
      readonly name: "awaiting-confirm";
      readonly received: Uint8Array;
      readonly request: ConnectionRequest;
    }
  | { readonly name: "tls-due"; readonly selected: number; readonly profile: ClientProfile }
  | { readonly name: "hello-due"; readonly parts: readonly Uint8Array[]; readonly paused: boolean }
  | { readonly name: "awaiting-hello"; readonly reader: ServerFlightReader }
  | { readonly name: "awaiting-session"; readonly selected: number }
  | { readonly name: "challenge-due"; readonly token: CredSspToken }
  | { readonly name: "awaiting-challenge"; readonly received: Uint8Array }
  | { readonly name: "connect-initial-due"; readonly channel: Channel; readonly initial: Uint8Array }
  | { readonly name: "awaiting-connect-response"; readonly channel: Channel; readonly received: Uint8Array }
  | { readonly name: "farewell-due"; readonly channel: Channel }
  | { readonly name: "done" };

/** Events after which no peer byte can follow, or none is wanted. */
const FINAL: ReadonlySet<WireEvent["kind"]> = new Set([
  "connect-failed",
  "fin",
  "rst",
  "timeout",
  "overflow",
  "session-failed",
  "ended",
]);

/** Between the segments of a split hello: a device on the way must see them apart. */
const SPLIT_PAUSE_MS = 20;

/**
 * A conversation at its start; the first event that it waits for is `connected`.
 * @param ingredients what a ClientHello of our own is made from.
 */
export const createConversation = (plan: ConversationPlan, ingredients: HelloIngredients): Conversation => {
  let state: State = { name: "connecting" };
  let reader: ServerFlightReader | null = null;
  return {
    receive(event) {
      state = FINAL.has(event.kind) ? { name: "done" } : afterEvent(state, event, plan, ingredients);
    },
    serverFlight: () => reader?.flight() ?? null,
    next() {
      switch (state.name) {
        case "connecting":
          return { kind: "need-data", stage: "tcp" };
        case "request-due": {
          const { request } = state;
          state = { name: "awaiting-confirm", received: new Uint8Array(0), request };
          return { kind: "send", bytes: encodeConnectionRequest(request) };
        }
        case "awaiting-confirm":
          return { kind: "need-data", stage: "negotiation" };
        case "tls-due": {
          const { selected, profile } = state;
          state = { name: "awaiting-session", selected };
          return { kind: "start-tls", profile };
        }
        case "hello-due": {
          const [part, ...rest] = state.parts;
          if (part === undefined) {
            reader = createServerFlightReader();
            state = { name: "awaiting-hello", reader };
            return { kind: "need-data", stage: "tls" };
          }
          if (state.paused) {
            state = { name: "hello-due", parts: state.parts, paused: false };
            return { kind: "pause", durationMs: SPLIT_PAUSE_MS };
          }
          state = { name: "hello-due", parts: rest, paused: true };
          return { kind: "send", bytes: part };
        }
        case "awaiting-hello":
          return { kind: "need-data", stage: "tls" };
        case "awaiting-session":
          return { kind: "need-data", stage: "tls" };
        case "challenge-due": {
          const { token } = state;
          state = { name: "awaiting-challenge", received: new Uint8Array(0) };
          return { kind: "send-sealed", bytes: REQUEST_OF[token]() };
        }
        case "awaiting-challenge":
          return { kind: "need-data", stage: "credssp" };
        case "connect-initial-due": {
          const { channel, initial } = state;
          state = { name: "awaiting-connect-response", channel, received: new Uint8Array(0) };
          return { kind: CHANNELS[channel].send, bytes: initial };
        }
        case "awaiting-connect-response":
          return { kind: "need-data", stage: "mcs" };
        case "farewell-due": {
          const { channel } = state;
          state = { name: "done" };
          return { kind: CHANNELS[channel].send, bytes: encodeDisconnectProviderUltimatum() };
        }
        case "done":
          return { kind: "done" };
      }
    },
  };
};

const afterEvent = (
  state: State,
  event: WireEvent,
  plan: ConversationPlan,
  ingredients: HelloIngredients,
): State => {
  switch (state.name) {
    case "connecting":
      if (event.kind !== "connected") return state;
      return plan.request === null
        ? tlsState(plan, 0, ingredients)
        : { name: "request-due", request: plan.request };
    case "awaiting-confirm":
      if (event.kind !== "received") return state;
      return afterAnswer(concatenate(state.received, event.bytes), state.request, plan, ingredients);
    case "hello-due":
      // An answer to half a hello is a refusal; what it says stands in the transcript.
      return event.kind === "received" ? { name: "done" } : state;
    case "awaiting-hello":
      if (event.kind !== "received") return state;
      state.reader.receive(event.bytes);
      return saysAll(state.reader.flight()) ? { name: "done" } : state;
    case "awaiting-session":
      if (event.kind !== "secured") return state;
      return securedState(plan.after, state.selected);
    case "awaiting-challenge":
      return event.kind === "opened" ? afterChallenge(concatenate(state.received, event.bytes)) : state;
    case "awaiting-connect-response":
      if (event.kind !== CHANNELS[state.channel].heard) return state;
      return afterMcsAnswer(concatenate(state.received, event.bytes), state.channel);
    default:
      return state;
  }
};

const afterAnswer = (
  received: Uint8Array,
  request: ConnectionRequest,
  plan: ConversationPlan,
  ingredients: HelloIngredients,
): State => {
  const answer = decodeServerTpdu(received);
  if (answer.status === "need") return { name: "awaiting-confirm", received, request };
  if (answer.status === "bad") return { name: "done" };
  // Bytes behind the confirm, before we have said more, are an end or no RDP: there is nothing to start.
  if (answer.size !== received.length) return { name: "done" };
  const { after } = plan;
  if (after.kind === "mcs" && isStandardSecurity(answer.value)) {
    return mcsState("clear", PROTOCOL.rdp, after.encryptionMethods);
  }
  const selected = tlsProtocol(answer.value, request);
  return selected === null ? { name: "done" } : tlsState(plan, selected, ingredients);
};

const securedState = (after: Continuation, selected: number): State => {
  switch (after.kind) {
    case "nothing":
      return { name: "done" };
    case "credssp":
      return isCredSsp(selected) ? { name: "challenge-due", token: after.token } : { name: "done" };
    case "mcs":
      return selected === PROTOCOL.ssl ? mcsState("tls", selected, NO_METHODS) : { name: "done" };
  }
};

/** Over TLS the encryption is TLS's own ([MS-RDPBCGR] 2.2.1.3.3). */
const NO_METHODS = 0;

/** So that the server shows the key that it shows to mstsc. */
const AS_MSTSC = EARLY_CAPABILITY.supportErrorInfo | EARLY_CAPABILITY.strongAsymmetricKeys;

const mcsState = (channel: Channel, serverSelectedProtocol: number, encryptionMethods: number): State => ({
  name: "connect-initial-due",
  channel,
  initial: encodeConnectInitial(
    connectInitial({ serverSelectedProtocol, encryptionMethods, earlyCapabilityFlags: AS_MSTSC }),
  ),
});

/** A server that took the Connect-Initial is told that no more follows; one that refused it has ended already. */
const afterMcsAnswer = (received: Uint8Array, channel: Channel): State => {
  const answer = decodeMcsPdu(received);
  if (answer.status === "need") return { name: "awaiting-connect-response", channel, received };
  const isTaken = answer.status === "done" && answer.value.kind === "connect-response";
  return isTaken ? { name: "farewell-due", channel } : { name: "done" };
};

const tlsState = ({ tls }: ConversationPlan, selected: number, ingredients: HelloIngredients): State => {
  switch (tls.kind) {
    case "none":
      return { name: "done" };
    case "session":
      return { name: "tls-due", selected, profile: tls.profile };
    case "hello": {
      const record = helloRecord(tls.hello, ingredients);
      const middle = Math.floor(record.length / 2);
      const parts = tls.hello.split ? [record.subarray(0, middle), record.subarray(middle)] : [record];
      return { name: "hello-due", parts, paused: false };
    }
  }
};

/** Nothing more of the server's flight is to be had in the clear. */
const saysAll = (flight: ServerFlight): boolean =>
  flight.helloDone ||
  flight.encrypted ||
  flight.fault !== null ||
  flight.helloRetryRequest !== null ||
  flight.alert?.level === ALERT_LEVEL.fatal ||
  (flight.hello !== null && negotiatedVersion(flight.hello) >= TLS_VERSION.tls13);

const afterChallenge = (received: Uint8Array): State =>
  decodeTsRequest(received).status === "need" ? { name: "awaiting-challenge", received } : { name: "done" };

const concatenate = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
};
