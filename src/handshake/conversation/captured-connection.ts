/** A connection of a capture: its facts, as a live probe would have them, and what only a capture shows. */
import type { Endpoint } from "../../capture/ip/ip-address.ts";
import type { Side } from "../../capture/tcp/tcp-event.ts";
import type { ConnectionFacts } from "../facts/connection-facts.ts";
import type { RecordingMark } from "./recording-mark.ts";
import type { ResetEvidence } from "../facts/reset-evidence.ts";
import type { StreamFront } from "./stream-front.ts";

/** Bytes that the capture misses, although the other side had them. */
export interface CaptureGap {
  readonly from: Side;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Bytes that were sent and that the other side never acknowledged: lost on the way. */
export interface LostBytes {
  readonly from: Side;
  readonly sizeBytes: number;
}

/** What a live probe does not see, or knows without looking. */
export interface CaptureView {
  /** How the client ended its side, before any end of the server; null where it did not. */
  readonly clientEnd: "fin" | "rst" | null;
  /** For how long nothing more came: up to an end, or the capture's. */
  readonly silenceMs: number;
  /** The first bytes that the capture misses, while the handshake went on. */
  readonly gap: CaptureGap | null;
  readonly lost: LostBytes | null;
  /** Which side's bytes are in the capture. */
  readonly isCaptured: Readonly<Record<Side, boolean>>;
  readonly isBothWays: boolean;
  /** The packets have times that tell a date. */
  readonly hasTimes: boolean;
  /** The connection's first packet is in the capture. */
  readonly isFromStart: boolean;
  readonly clientCertainty: "certain" | "likely" | "guess";
  /** Proxies' greetings and the like before RDP. */
  readonly fronts: readonly StreamFront[];
  /** Both sides went on after the handshake. */
  readonly isSettled: boolean;
  /** Inside TLS: the client spoke, and it went on after the server's answer. */
  readonly clientSpoke: boolean;
  readonly clientWentOn: boolean;
  /** The reset that ended the connection in either side's name. */
  readonly reset: ResetEvidence | null;
  /** A reset of the server's that took no effect. */
  readonly ignoredReset: ResetEvidence | null;
  /** What TLS secrets were good for: none for this session, read with them, or they did not fit. */
  readonly secrets: "none" | "read" | "unfit";
  /** NTSTATUS that the server sent in CredSSP after its first answer. */
  readonly laterErrorCode: number | null;
}

export interface CapturedConnection {
  /** Number of the stream in the capture. */
  readonly stream: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** The origin of the facts' times: milliseconds since the epoch. */
  readonly originMs: number;
  /** When the stream's first packet came, likewise. */
  readonly startedMs: number;
  readonly facts: ConnectionFacts;
  readonly view: CaptureView;
  /** From a recording of our own; null in any other capture. */
  readonly mark: RecordingMark | null;
}
