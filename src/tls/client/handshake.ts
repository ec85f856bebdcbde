/** What the handshakes of TLS 1.2 and of TLS 1.3 have in common. */
import type { Decoded } from "../../bytes/decoded.ts";
import type { ClientHello } from "../wire/client-hello.ts";
import type { ServerFlight } from "../wire/server-flight.ts";
import type { ServerHello } from "../wire/server-hello.ts";
import type { TlsWitness } from "../decrypt/tls-witness.ts";
import type { ClientRecords } from "./client-records.ts";
import type { Offer } from "./offer.ts";
import type { ServerMessage, ServerMessages } from "./server-messages.ts";
import type { ServerRecords } from "./server-records.ts";
import type { KeyPair, TlsEntropy } from "./tls-entropy.ts";
import { faultOf, type TlsFault, type TlsFaultKind, type TlsLimit } from "./tls-fault.ts";
import type { AwaitedMessage } from "./tls-outcome.ts";
import type { TranscriptHash } from "./transcript-hash.ts";

/** What a message or record led to; null where the handshake goes on. */
export type Step =
  | { readonly kind: "established"; readonly witness: TlsWitness }
  | { readonly kind: "fault"; readonly fault: TlsFault }
  | { readonly kind: "limit"; readonly limit: TlsLimit }
  | null;

/** The flight as it is being found out. */
export type FlightInProgress = { -readonly [Part in keyof ServerFlight]: ServerFlight[Part] };

/** What a handshake works with. */
export interface HandshakeParts {
  readonly offered: ClientHello;
  readonly offer: Offer;
  readonly hello: ServerHello;
  /** A HelloRetryRequest came before. */
  readonly isRetried: boolean;
  readonly pairs: ReadonlyMap<number, KeyPair>;
  readonly entropy: TlsEntropy;
  readonly flight: FlightInProgress;
  readonly transcript: TranscriptHash;
  readonly input: ServerRecords;
  readonly messages: ServerMessages;
  readonly output: ClientRecords;
  /** A label of the key log and its secret. */
  readonly tell: (label: string, secret: Uint8Array) => void;
}

export interface Handshake {
  readonly awaits: AwaitedMessage;
  readonly group: number | null;
  message(message: ServerMessage): Step;
  /** Up to TLS 1.2; those of TLS 1.3 mean nothing and do not come here. */
  changeCipherSpec(offset: number): Step;
  /** A message after the handshake stands. */
  laterMessage(message: ServerMessage): Step;
}

export const failed = (
  kind: TlsFaultKind,
  message: string,
  field: string,
  reason: string,
  offset: number,
): Step => ({ kind: "fault", fault: faultOf(kind, message, field, reason, offset) });

/** A check's fault, moved from its message's body to its place on the wire. */
export const failedIn = ({ offset }: ServerMessage, fault: TlsFault): Step => ({
  kind: "fault",
  fault: { ...fault, offset: fault.offset + offset },
});

/** A public value that its group does not have. */
export const wrongValue = (message: ServerMessage, field: string): Exclude<Step, null> => ({
  kind: "fault",
  fault: {
    kind: "decode",
    message: field.split(".", 1)[0] ?? field,
    field,
    offset: message.offset,
    reason: "the public value is none of its group",
  },
});

export const unexpected = (message: ServerMessage): Step =>
  failed("order", "handshake", "msg_type", `message ${message.type} is not due`, message.offset);

export const undecodable = (message: ServerMessage, name: string, decoded: Decoded<unknown>): Step =>
  decoded.status === "bad"
    ? failedIn(message, { kind: "decode", message: name, ...decoded.fault })
    : failed("decode", name, "", "it ends too early", message.offset);
