/**
 * What a captured reset shows of its sender: the packet itself, what the same side sent before it, and when
 * it came. Nothing is concluded here.
 */
import type { PacketFacts, Side } from "../../capture/tcp/tcp-event.ts";

export interface ResetEvidence {
  /** The side whose address it bears. */
  readonly side: Side;
  readonly reset: PacketFacts;
  /** Its sequence number less the one due; null where none is known. */
  readonly distance: number | null;
  /** The side's SYN or SYN-ACK; null where it was not captured. */
  readonly opening: PacketFacts | null;
  /** The side's last segment with payload before it. */
  readonly data: PacketFacts | null;
  /** From SYN to SYN-ACK at the place of the capture. */
  readonly roundTripMs: number | null;
  /** From the last payload of the other side. */
  readonly sinceProvokedMs: number | null;
  /** Resets of this side in all, and their different sequence numbers. */
  readonly resets: number;
  readonly sequences: number;
  /** The side sent payload after its reset. */
  readonly wentOn: boolean;
  /** A reset that bears the other side's address came within a few milliseconds. */
  readonly bothSides: boolean;
}

/** Gathers the evidence of one stream as its packets pass. */
export class ResetObserver {
  readonly #sides = { client: new SideTrace(), server: new SideTrace() };
  #synMs: number | null = null;
  #roundTripMs: number | null = null;

  opening(from: Side, packet: PacketFacts, timeMs: number): void {
    const trace = this.#sides[from];
    trace.opening ??= packet;
    if (from === "client") this.#synMs = timeMs;
    else if (this.#synMs !== null) this.#roundTripMs ??= Math.max(0, timeMs - this.#synMs);
  }

  data(from: Side, packet: PacketFacts, timeMs: number): void {
    const trace = this.#sides[from];
    if (trace.reset !== null && packet.number > trace.reset.packet.number) trace.wentOn = true;
    if (trace.reset === null) trace.data = packet;
    trace.lastDataMs = timeMs;
  }

  reset(from: Side, packet: PacketFacts, distance: number | null, timeMs: number): void {
    const trace = this.#sides[from];
    trace.resets += 1;
    if (trace.sequences.size < MAX_SEQUENCES) trace.sequences.add(packet.sequence);
    const provokedMs = this.#sides[opposite(from)].lastDataMs;
    trace.reset ??= {
      packet,
      distance,
      timeMs,
      sinceProvokedMs: provokedMs === null ? null : Math.max(0, timeMs - provokedMs),
    };
  }

  /** Whether this side's reset took no effect: it sent on after it. */
  wentOn(side: Side): boolean {
    return this.#sides[side].wentOn;
  }

  /** Null where this side sent no reset. */
  evidence(side: Side): ResetEvidence | null {
    const trace = this.#sides[side];
    const other = this.#sides[opposite(side)].reset;
    if (trace.reset === null) return null;
    const { packet, distance, timeMs, sinceProvokedMs } = trace.reset;
    return {
      side,
      reset: packet,
      distance,
      opening: trace.opening,
      data: trace.data,
      roundTripMs: this.#roundTripMs,
      sinceProvokedMs,
      resets: trace.resets,
      sequences: trace.sequences.size,
      wentOn: trace.wentOn,
      bothSides: other !== null && Math.abs(other.timeMs - timeMs) < SAME_MOMENT_MS,
    };
  }
}

const MAX_SEQUENCES = 8;
const SAME_MOMENT_MS = 5;

class SideTrace {
  opening: PacketFacts | null = null;
  data: PacketFacts | null = null;
  lastDataMs: number | null = null;
  reset: {
    readonly packet: PacketFacts;
    readonly distance: number | null;
    readonly timeMs: number;
    readonly sinceProvokedMs: number | null;
  } | null = null;
  readonly sequences = new Set<number>();
  resets = 0;
  wentOn = false;
}

const opposite = (side: Side): Side => (side === "client" ? "server" : "client");
