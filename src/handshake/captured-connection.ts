/** A connection of a capture: its transcript as a live probe would have written it, and what only a capture shows. */
import type { Endpoint } from "../capture/ip-address.ts";
import type { Side } from "../capture/tcp-event.ts";
import type { Alert } from "../tls/alert.ts";
import type { RecordingMark } from "./recording-mark.ts";
import type { ResetEvidence } from "./reset-evidence.ts";
import type { StreamFront } from "./stream-front.ts";
import type { Transcript } from "./transcript.ts";

/** Bytes that the capture misses. */
export interface CaptureGap {
  readonly from: Side;
  readonly offset: number;
  readonly sizeBytes: number;
  /** The two went on behind it, or that side is not in the capture at all: what came of it is not seen. */
  readonly wentOn: boolean;
}

/** What a live probe does not see, or knows without looking. */
export interface CaptureView {
  /** How the client ended its side first, or null where it did not. */
  readonly clientEnd: "fin" | "rst" | null;
  /** The client's fatal alert in the clear. */
  readonly clientAlert: Alert | null;
  /** The client's last word is as long as an alert that TLS 1.3 seals. */
  readonly clientSealedAlert: boolean;
  /** Who spoke last, and for how long nothing more came: up to an end, or the capture's. */
  readonly lastSpeaker: Side | null;
  readonly silenceMs: number;
  /** The first bytes that the capture misses, while the handshake went on. */
  readonly gap: CaptureGap | null;
  /** The connection's first packet is in the capture. */
  readonly isFromStart: boolean;
  readonly clientCertainty: "certain" | "likely" | "guess";
  /** Proxies' greetings and the like before RDP. */
  readonly fronts: readonly StreamFront[];
  /** Both sides went on behind the handshake. */
  readonly isSettled: boolean;
  /** Bytes of the server behind its answer to the Connection Request. */
  readonly serverBytesBehind: number;
  /** The client said something inside TLS. */
  readonly clientSpoke: boolean;
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
  /** The transcript's origin: milliseconds since the epoch. */
  readonly originMs: number;
  readonly startedAtMs: number;
  readonly transcript: Transcript;
  readonly view: CaptureView;
  /** From a recording of our own; null in any other capture. */
  readonly mark: RecordingMark | null;
}
