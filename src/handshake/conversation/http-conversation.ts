/**
 * The conversations with listeners beside RDP, as state machines without I/O: one HTTP request with at most one
 * to follow it on the same connection, plain or inside TLS; or silence, to hear who speaks first.
 */
import {
  contentLength,
  decodeResponseHead,
  keepsConnection,
  type ResponseHead,
} from "../../http/response.ts";
import type { WireEvent } from "./transcript.ts";

/** What is waited for; each has a deadline of its own. */
export type ListenerStage = "tcp" | "tls" | "response" | "second-response" | "first-word" | "last-words";

type ListenerAction =
  | { readonly kind: "send" | "send-sealed"; readonly bytes: Uint8Array }
  | { readonly kind: "start-tls" }
  | { readonly kind: "need-data"; readonly stage: ListenerStage }
  | { readonly kind: "done" };

/** What happens on a connection with a listener: the wire's events, and what TLS shows of what it hides. */
export type ListenerEvent =
  | WireEvent
  /** The TLS session stands; the peer's certificates as DER, leaf first. */
  | { readonly kind: "secured"; readonly atMs: number; readonly chain: readonly Uint8Array[] }
  /** Application data of ours and of the peer, in the clear. */
  | { readonly kind: "sealed" | "opened"; readonly atMs: number; readonly bytes: Uint8Array }
  /** The TLS handshake failed. */
  | { readonly kind: "session-failed"; readonly atMs: number };

export type ListenerTranscript = readonly ListenerEvent[];

export interface ListenerConversation {
  /** Takes the next event, also those that our own actions cause. */
  receive(event: ListenerEvent): void;
  /** What to do now; each `send`, `start-tls` and `send-sealed` is said once. */
  next(): ListenerAction;
}

export interface HttpPlan {
  readonly isTls: boolean;
  readonly request: Uint8Array;
  /** The request that an answer calls for, or null; sent only where the connection can carry it. */
  readonly followUp: (head: ResponseHead) => Uint8Array | null;
}

/** Content that is passed over between two answers; one that is longer ends the conversation. */
const MAX_CONTENT_SIZE_BYTES = 0x10000;

type State =
  | { readonly name: "connecting" | "tls-due" | "securing" | "done" }
  | { readonly name: "request-due"; readonly request: Uint8Array; readonly round: Round }
  /** `isLast`: the peer has ended its side; what TLS still holds may come. */
  | {
      readonly name: "awaiting-head";
      readonly received: Uint8Array;
      readonly round: Round;
      readonly isLast: boolean;
    }
  | { readonly name: "skipping-content"; readonly leftBytes: number; readonly request: Uint8Array };

type Round = 1 | 2;

const STAGES: Readonly<Record<Round, ListenerStage>> = { 1: "response", 2: "second-response" };

/** Asks one or two HTTP requests. */
export const createHttpConversation = (plan: HttpPlan): ListenerConversation => {
  let state: State = { name: "connecting" };
  return {
    receive(event) {
      state = afterEvent(state, event, plan);
    },
    next() {
      switch (state.name) {
        case "connecting":
          return { kind: "need-data", stage: "tcp" };
        case "tls-due":
          state = { name: "securing" };
          return { kind: "start-tls" };
        case "securing":
          return { kind: "need-data", stage: "tls" };
        case "request-due": {
          const { request: bytes, round } = state;
          state = { name: "awaiting-head", received: EMPTY, round, isLast: false };
          return { kind: plan.isTls ? "send-sealed" : "send", bytes };
        }
        case "awaiting-head":
          return { kind: "need-data", stage: state.isLast ? "last-words" : STAGES[state.round] };
        case "skipping-content":
          return { kind: "need-data", stage: "second-response" };
        case "done":
          return { kind: "done" };
      }
    },
  };
};

/** Connects, says nothing, and listens until the peer does anything or the patience is over. */
export const createSilentConversation = (): ListenerConversation => {
  let stage: "tcp" | "first-word" | null = "tcp";
  return {
    receive(event) {
      stage = stage === "tcp" && event.kind === "connected" ? "first-word" : null;
    },
    next: () => (stage === null ? { kind: "done" } : { kind: "need-data", stage }),
  };
};

const EMPTY = new Uint8Array(0);

const afterEvent = (state: State, event: ListenerEvent, plan: HttpPlan): State => {
  switch (event.kind) {
    case "connected":
      return plan.isTls ? { name: "tls-due" } : { name: "request-due", request: plan.request, round: 1 };
    case "secured":
      return { name: "request-due", request: plan.request, round: 1 };
    case "received":
      return plan.isTls ? state : afterBytes(state, event.bytes, plan);
    case "opened":
      return afterBytes(state, event.bytes, plan);
    case "fin":
      return plan.isTls && state.name === "awaiting-head" ? { ...state, isLast: true } : { name: "done" };
    case "sent":
    case "sealed":
      return state;
    default:
      return { name: "done" };
  }
};

const afterBytes = (state: State, bytes: Uint8Array, plan: HttpPlan): State => {
  switch (state.name) {
    case "awaiting-head":
      return afterHead({ ...state, received: concatenate(state.received, bytes) }, plan);
    case "skipping-content":
      return skip(bytes.length, state.leftBytes, state.request);
    default:
      return state;
  }
};

const afterHead = (state: Extract<State, { name: "awaiting-head" }>, plan: HttpPlan): State => {
  const head = decodeResponseHead(state.received);
  if (head.status === "need") return state;
  if (head.status === "bad" || state.round === 2 || state.isLast || !keepsConnection(head.value)) {
    return { name: "done" };
  }
  const request = plan.followUp(head.value);
  const length = contentLength(head.value);
  if (request === null || length === null || length > MAX_CONTENT_SIZE_BYTES) return { name: "done" };
  return skip(state.received.length - head.size, length, request);
};

/** Content that runs over its length is none: whatever follows would be taken for the next answer. */
const skip = (cameBytes: number, leftBytes: number, request: Uint8Array): State => {
  if (cameBytes > leftBytes) return { name: "done" };
  if (cameBytes === leftBytes) return { name: "request-due", request, round: 2 };
  return { name: "skipping-content", leftBytes: leftBytes - cameBytes, request };
};

const concatenate = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
};
