/** One direction of a TCP stream: where its sequence stands, and the segments that came before their turn. */
import type { Packet } from "../packet.ts";
import type { PacketFacts, TcpDirection } from "./tcp-event.ts";
import { TCP_FLAG, type TcpSegment } from "./tcp-segment.ts";

/** Something that waits for the bytes before it. */
export interface HeldSegment {
  /** `limit` stands for the segments that are beyond what is kept of a direction. */
  readonly kind: "data" | "fin" | "rst" | "limit";
  readonly sequence: number;
  /** What was captured of it. */
  readonly payload: Uint8Array;
  /** What was on the wire. */
  readonly length: number;
  readonly timeMs: number;
  readonly facts: PacketFacts;
}

/** What an entry weighs beside its payload. */
const HELD_OVERHEAD_BYTES = 256;
/** How far before the first byte seen a late SYN may stand: what a reordering network has under way. */
const LATE_SYN_BYTES = 65_536;

export class DirectionState implements TcpDirection {
  packets = 0;
  retransmissions = 0;
  syns = 0;
  fins = 0;
  resets = 0;
  /** Whether `next` is known. */
  synced = false;
  /** The sequence number that is due. */
  next = 0;
  /** Bytes of the direction before `next`. */
  payloadBytes = 0;
  /** The FIN has been told. */
  finished = false;
  /** A segment is held that is beyond what is kept. */
  limited = false;
  /** Payload is only counted. */
  spent = false;
  held: HeldSegment[] = [];
  heldBytes = 0;
  /** The stream's count of packets, and the time, when the first held segment began to wait. */
  waitingSincePacket = 0;
  waitingSinceMs = 0;
  #firstTimeMs = Number.NaN;
  #lastTimeMs = Number.NaN;
  /** `Packet.depth` of the direction's first packet: other views of it are copies, in or out of a tunnel. */
  #depth = -1;
  #hopLimit = -1;
  #ipId = -1;
  #window = -1;
  #synSequence = 0;
  #synSeen = false;
  #acknowledged = 0;
  #acknowledgedKnown = false;
  #anchor = 0;
  #anchored = false;

  get acknowledgedBytes(): number | null {
    if (!this.#acknowledgedKnown) return null;
    // Of a direction that was not captured the other one tells, from its first acknowledgment on.
    if (!this.synced) return this.packets === 0 ? (this.#acknowledged - this.#anchor - 1) | 0 : null;
    const ahead = (this.#acknowledged - this.next) | 0;
    return Math.max(0, this.payloadBytes + (this.finished ? Math.min(ahead, 0) : ahead));
  }

  get initialSequence(): number | null {
    return this.#synSeen ? this.#synSequence >>> 0 : null;
  }

  get firstTimeMs(): number | null {
    return this.packets === 0 ? null : this.#firstTimeMs;
  }

  get lastTimeMs(): number | null {
    return this.packets === 0 ? null : this.#lastTimeMs;
  }

  get hopLimit(): number | null {
    return this.#hopLimit < 0 ? null : this.#hopLimit;
  }

  get ipId(): number | null {
    return this.#ipId < 0 ? null : this.#ipId;
  }

  get window(): number | null {
    return this.#window < 0 ? null : this.#window;
  }

  /**
   * Whether the packet shows again, inside a tunnel or outside of it, what is known of this direction. What is
   * new is no copy: one view fills the holes of the other.
   */
  isCopy(packet: Packet, segment: TcpSegment): boolean {
    if (this.#depth === packet.depth || this.packets === 0) return false;
    const { flags, payloadLength, sequence } = segment;
    if ((flags & TCP_FLAG.rst) !== 0) return this.resets > 0;
    if ((flags & TCP_FLAG.syn) !== 0 && !(this.#synSeen && sequence === this.#synSequence)) return false;
    if ((flags & TCP_FLAG.fin) !== 0 && this.fins === 0) return false;
    return payloadLength === 0 || (this.synced && this.distance(sequence) + payloadLength <= 0);
  }

  /** Takes the facts of a packet of this direction. */
  observe(packet: Packet, segment: TcpSegment): void {
    if (this.packets === 0) {
      this.#firstTimeMs = packet.timeMs;
      this.#depth = packet.depth;
    }
    this.packets += 1;
    this.#lastTimeMs = packet.timeMs;
    if (!this.#anchored)
      this.#anchorAt((segment.flags & TCP_FLAG.syn) !== 0 ? segment.sequence : segment.sequence - 1);
    if ((segment.flags & TCP_FLAG.rst) !== 0) return;
    this.#hopLimit = packet.hopLimit;
    this.#ipId = packet.ipId;
    this.#window = segment.window;
  }

  /** Takes an acknowledgment that the other side sent for this direction. */
  acknowledge(acknowledgment: number): void {
    if (!this.#anchored) this.#anchorAt(acknowledgment - 1);
    if (this.#acknowledgedKnown && ((acknowledgment - this.#acknowledged) | 0) <= 0) return;
    this.#acknowledged = acknowledgment;
    this.#acknowledgedKnown = true;
  }

  /** Whether the other side has acknowledged all before `sequence`. */
  hasAcknowledged(sequence: number): boolean {
    return this.#acknowledgedKnown && ((this.#acknowledged - sequence) | 0) >= 0;
  }

  /** Whether a SYN with this sequence number opens another connection than the one under way. */
  isReopenedBy(sequence: number): boolean {
    if (!this.#anchored || sequence === this.#anchor) return false;
    const late = (this.#anchor - sequence) | 0;
    return this.synced || late < 0 || late > LATE_SYN_BYTES;
  }

  /** Takes the sequence number of a SYN; true when it is one that was there before. */
  synchronize(sequence: number): boolean {
    this.syns += 1;
    const repeated = this.#synSeen && sequence === this.#synSequence;
    // Of several SYN-ACKs the one counts that the client has acknowledged.
    const settled = this.#acknowledgedKnown && this.#acknowledged === ((this.#synSequence + 1) | 0);
    if (this.synced && (repeated || this.payloadBytes > 0 || !this.#synSeen || settled)) return repeated;
    this.#synSequence = sequence;
    this.#synSeen = true;
    this.#anchorAt(sequence);
    this.startAt(sequence + 1);
    return repeated;
  }

  /** The next byte of this direction has this sequence number. */
  startAt(sequence: number): void {
    this.synced = true;
    this.next = sequence | 0;
  }

  /** How far `sequence` is ahead of what is due: 0 is in order, negative is old. */
  distance(sequence: number): number {
    return (sequence - this.next) | 0;
  }

  /** The first held segment, when it is due; else undefined. */
  get due(): HeldSegment | undefined {
    const first = this.held[0];
    return first !== undefined && this.synced && this.distance(first.sequence) <= 0 ? first : undefined;
  }

  /** Keeps a segment in order of sequence numbers; gives its weight in bytes. */
  hold(segment: HeldSegment): number {
    this.held.splice(placeBehind(this.held, segment.sequence), 0, segment);
    this.heldBytes += weightOf(segment);
    if (segment.kind === "limit") this.limited = true;
    return weightOf(segment);
  }

  /** Lets go of the first held segment; gives its weight in bytes. */
  release(): number {
    const first = this.held.shift();
    if (first === undefined) return 0;
    this.heldBytes -= weightOf(first);
    return weightOf(first);
  }

  /** Lets go of all held segments; gives their weight in bytes. */
  releaseAll(): number {
    const weight = this.heldBytes;
    this.held = [];
    this.heldBytes = 0;
    return weight;
  }

  #anchorAt(sequence: number): void {
    this.#anchor = sequence | 0;
    this.#anchored = true;
  }
}

/** The place behind all that do not come after this sequence number, by bisection. */
const placeBehind = (held: readonly HeldSegment[], sequence: number): number => {
  let low = 0;
  let high = held.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const before = held[middle];
    if (before !== undefined && ((before.sequence - sequence) | 0) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
};

const weightOf = ({ payload, facts }: HeldSegment): number =>
  payload.length + facts.options.length + 2 * (facts.comment?.length ?? 0) + HELD_OVERHEAD_BYTES;
