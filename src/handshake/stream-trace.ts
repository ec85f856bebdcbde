/** What was seen of one TCP stream of a capture: the material that its transcript is made from. */
import type { Endpoint } from "../capture/ip-address.ts";
import type { Side } from "../capture/tcp-event.ts";
import type { CaptureGap } from "./captured-connection.ts";
import type { RecordingMark } from "./recording-mark.ts";
import type { ResetObserver } from "./reset-evidence.ts";
import type { StreamFront } from "./stream-front.ts";
import type { StreamProgress } from "./stream-progress.ts";

/** Payload of one side; times are milliseconds since the epoch and never go back. */
export interface Chunk {
  readonly from: Side;
  readonly timeMs: number;
  readonly bytes: Uint8Array;
}

export interface StreamEnding {
  readonly kind: "fin" | "rst";
  readonly timeMs: number;
}

export interface StreamTrace {
  readonly stream: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly clientCertainty: "certain" | "likely" | "guess";
  readonly firstTimeMs: number;
  readonly mark: RecordingMark | null;
  readonly fronts: readonly StreamFront[];
  /** Of the first SYN and the last; null without one. */
  readonly synMs: number | null;
  readonly lastSynMs: number | null;
  /** Of the SYN-ACK. */
  readonly connectedMs: number | null;
  /** Of an RST in answer to the SYN. */
  readonly refusedMs: number | null;
  /** An ICMP message in answer to it. */
  readonly unreachable: { readonly timeMs: number; readonly detail: string } | null;
  /** From the first byte of RDP on. */
  readonly chunks: readonly Chunk[];
  readonly ends: { readonly client: StreamEnding | null; readonly server: StreamEnding | null };
  /** When the server had sent more than a handshake can need. */
  readonly overflow: { readonly timeMs: number; readonly limitBytes: number } | null;
  /** When both sides' Finished had passed. */
  readonly securedMs: number | null;
  readonly lastSpeaker: Side | null;
  readonly lastDataMs: number | null;
  readonly gap: CaptureGap | null;
  readonly progress: StreamProgress;
  readonly resets: ResetObserver;
}

/** The bytes of one side, joined. */
export const bytesOf = (chunks: readonly Chunk[], side: Side): Uint8Array => {
  const parts = chunks.filter(({ from }) => from === side).map(({ bytes }) => bytes);
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

/** When the `size`th byte of one side was on the wire; that of the last where there are fewer. */
export const timeOfByte = (chunks: readonly Chunk[], side: Side, size: number): number => {
  let seen = 0;
  let timeMs = 0;
  for (const chunk of chunks) {
    if (chunk.from !== side) continue;
    seen += chunk.bytes.length;
    timeMs = chunk.timeMs;
    if (seen >= size) break;
  }
  return timeMs;
};
