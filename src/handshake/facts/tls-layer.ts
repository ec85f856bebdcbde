/**
 * TLS on one connection, followed to its end: by our own client in a live probe, from outside in a capture.
 * Both say the same things in the same words, so that one reader serves both.
 */
import type { Alert } from "../../tls/wire/alert.ts";
import type { ClientHello } from "../../tls/wire/client-hello.ts";
import type { ServerFlight } from "../../tls/wire/server-flight.ts";
import type { TlsFault, TlsLimit } from "../../tls/client/tls-fault.ts";
import type { StoppedTls } from "../conversation/transcript.ts";
import type { TlsWitness } from "../../tls/decrypt/tls-witness.ts";

/** Whose turn it is; `unknown` where what is encrypted hides it. */
export type Owing = "server" | "client" | "unknown";

/** How far the handshake came. Only `established` proves that a client gets through. */
export type TlsState =
  | { readonly kind: "established"; readonly witness: TlsWitness }
  /** The server broke the protocol, or a proof of its failed. */
  | { readonly kind: "fault"; readonly fault: TlsFault }
  /** The server ended the handshake with a fatal alert. */
  | { readonly kind: "alert"; readonly alert: Alert }
  /** We cannot go on, and the server may be right. */
  | { readonly kind: "limit"; readonly limit: TlsLimit }
  /** `awaits` is the message that is due, in the words of the RFCs. */
  | { readonly kind: "unfinished"; readonly owes: Owing; readonly awaits: string };

/** What is awaited of a client whose handshake is over and that has not gone on. */
export const APPLICATION_DATA = "application data";

/** How the client of a capture ended the handshake or the session. */
export interface ClientAlert {
  /** Null where it is encrypted: its length alone shows it. */
  readonly alert: Alert | null;
}

export interface TlsLayerFacts {
  /** The last ClientHello; null where a capture does not have it. */
  readonly offered: ClientHello | null;
  /** `certificates` and `certificateRequest` also where they came encrypted and could be read. */
  readonly flight: ServerFlight;
  /** The group of the key exchange. */
  readonly group: number | null;
  readonly state: TlsState;
  /** The server's alert inside the session, close_notify as well. */
  readonly sessionAlert: Alert | null;
  /** What the server broke inside the session. */
  readonly sessionFault: TlsFault | null;
  readonly clientAlert: ClientAlert | null;
}

/** What both sides said inside the session, after the handshake. */
export interface TlsWords {
  readonly clientSpoke: boolean;
  /** The server has answered what the client said. */
  readonly serverSpoke: boolean;
  /** The client has said more after the server's answer: the answer was to its liking. */
  readonly clientWentOn: boolean;
  /** `sealed` and `opened` hold what was said; without keys they are empty. */
  readonly isReadable: boolean;
}

export interface TlsLayer {
  /** Takes the client's next bytes as they are on the wire. */
  sent(bytes: Uint8Array): void;
  /** Takes the server's. */
  received(bytes: Uint8Array): void;
  /** In a recording: our own client stopped here, for this reason. */
  stop?(state: StoppedTls): void;
  readonly state: TlsState;
  readonly words: TlsWords;
  /** Bytes that the server has sent. */
  readonly serverSizeBytes: number;
  /** Application data of the client and of the server so far. */
  readonly sealed: Uint8Array;
  readonly opened: Uint8Array;
  facts(): TlsLayerFacts;
}
