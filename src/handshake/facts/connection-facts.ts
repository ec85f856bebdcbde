/**
 * The facts of one connection, decoded: the same for a live probe and for a captured stream. What they mean is the
 * judge's business.
 */
import type { CredSspFacts } from "./credssp-facts.ts";
import type { McsFacts } from "./mcs-facts.ts";
import type { NegotiationFacts } from "./negotiation-facts.ts";
import type { TlsFacts } from "./tls-facts.ts";
import type { ConnectFailure } from "../conversation/transcript.ts";

/** The stage of a connection's handshake. */
export type ConnectionStage = "tcp" | "negotiation" | "tls" | "credssp" | "mcs";

export type ConnectFacts =
  | { readonly outcome: "open" }
  | { readonly outcome: ConnectFailure; readonly detail: string };

/** How the conversation came to its end. `ours`: we had what we wanted and closed, or nobody ended it. */
export type ConnectionEnd =
  | { readonly kind: "ours" }
  | { readonly kind: "fin" | "rst" | "timeout" | "overflow"; readonly stage: ConnectionStage };

/** When each stage was over, in ms from the transcript's origin; null where it was not reached. */
export interface StageTimes {
  readonly startedAtMs: number;
  readonly connectedAtMs: number | null;
  readonly negotiatedAtMs: number | null;
  readonly securedAtMs: number | null;
  readonly endedAtMs: number;
}

export interface ConnectionFacts {
  readonly connect: ConnectFacts;
  /** Null where no connection came to be, or where TLS was begun without it. */
  readonly negotiation: NegotiationFacts | null;
  /** Null where TLS was not selected or not begun. */
  readonly tls: TlsFacts | null;
  /** Null where CredSSP was not begun, or where a capture hides it in TLS. */
  readonly credssp: CredSspFacts | null;
  /** Null where MCS was not begun, or where a capture hides it in TLS. */
  readonly mcs: McsFacts | null;
  readonly end: ConnectionEnd;
  readonly times: StageTimes;
}
