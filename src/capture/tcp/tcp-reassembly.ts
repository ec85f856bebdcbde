/**
 * Reassembly of one TCP stream (RFC 9293 3.10.7.4): segments in, events in the order of the sequence numbers
 * out. A hole is waited for until the other side has acknowledged what is in it: then it is the capture
 * that missed it, and a gap is told.
 */
import type { Packet } from "../packet.ts";
import { DirectionState, type HeldSegment } from "./tcp-direction.ts";
import type { PacketFacts, Side, TcpStream, TcpStreamEvent } from "./tcp-event.ts";
import { TCP_FLAG, type TcpSegment } from "./tcp-segment.ts";

/** 0 is the way of the stream's first packet, 1 the way back. */
export type Way = 0 | 1;

export const opposite = (way: Way): Way => (way === 0 ? 1 : 0);

export interface ReassemblyLimits {
  readonly maxPayloadPerDirection: number;
  /** How many packets of the stream, or how much time, a hole is waited for that was acknowledged. */
  readonly reorderPackets: number;
  readonly reorderMs: number;
}

/** The stream that is reassembled. */
export interface ReassemblyOwner extends TcpStream {
  /** Whether a SYN, or an event before, has settled who is the client. */
  readonly isClientSettled: boolean;
  /** Settles who is the client, if nothing has yet. */
  sideOf(way: Way): Side;
  emit(event: TcpStreamEvent): void;
  /** What is held out of order has changed by so many bytes. */
  account(change: number): void;
}

const NO_BYTES = new Uint8Array(0);
/** A direction may hold that much out of order, however little of it is kept in the end. */
const LEAST_HELD_BYTES = 65_536;

export class TcpReassembly {
  readonly forward = new DirectionState();
  readonly backward = new DirectionState();
  readonly #owner: ReassemblyOwner;
  readonly #limits: ReassemblyLimits;

  constructor(owner: ReassemblyOwner, limits: ReassemblyLimits) {
    this.#owner = owner;
    this.#limits = limits;
  }

  direction(way: Way): DirectionState {
    return way === 0 ? this.forward : this.backward;
  }

  /** Takes a SYN's sequence number; true when that SYN was there before. */
  synchronize(segment: TcpSegment, way: Way): boolean {
    const direction = this.direction(way);
    // What is held and no part of the connection that this SYN belongs to was the end of another.
    if (!direction.synced && direction.isReopenedBy(segment.sequence)) this.#startAtLowest(way);
    this.#drain();
    return direction.synchronize(segment.sequence);
  }

  /** Tells what a SYN has made tellable: RSTs of the other side that waited for it, and what is due now. */
  afterSyn(way: Way): void {
    this.#releaseResets(opposite(way));
    this.#drain();
  }

  /** Takes a segment's payload, which is not empty. */
  receivePayload(packet: Packet, segment: TcpSegment, way: Way): void {
    const direction = this.direction(way);
    // A SYN takes one sequence number itself.
    const sequence = (segment.sequence + ((segment.flags & TCP_FLAG.syn) !== 0 ? 1 : 0)) | 0;
    const distance = direction.distance(sequence);
    if (direction.synced && distance + segment.payloadLength <= 0) {
      direction.retransmissions += 1;
      return;
    }
    if (direction.spent) {
      direction.payloadBytes += distance + segment.payloadLength;
      direction.next = (sequence + segment.payloadLength) | 0;
      return;
    }
    if (this.#owner.ignored || direction.finished) return;
    const { maxPayloadPerDirection } = this.#limits;
    const room = maxPayloadPerDirection - (direction.synced ? direction.payloadBytes + distance : 0);
    if (room <= 0 && direction.limited) return;
    const captured = segment.payloadEnd - segment.payloadStart;
    const kept = Math.max(0, Math.min(captured, room));
    this.#take(way, {
      kind: room > 0 ? "data" : "limit",
      sequence,
      payload: packet.bytes.slice(segment.payloadStart, segment.payloadStart + kept),
      length: segment.payloadLength,
      timeMs: packet.timeMs,
      facts: factsOf(packet, segment),
    });
  }

  /** Takes a FIN, which waits for the bytes before it. */
  receiveFin(packet: Packet, segment: TcpSegment, way: Way): void {
    const direction = this.direction(way);
    direction.fins += 1;
    if (this.#owner.ignored || direction.finished) return;
    const held: HeldSegment = {
      kind: "fin",
      sequence: (segment.sequence + segment.payloadLength) | 0,
      payload: NO_BYTES,
      length: 0,
      timeMs: packet.timeMs,
      facts: factsOf(packet, segment),
    };
    if (direction.spent) this.#deliver(way, held);
    else this.#take(way, held);
  }

  /** Takes a RST, which takes effect when it arrives, wherever in the sequence it stands. */
  receiveRst(packet: Packet, segment: TcpSegment, way: Way): void {
    this.direction(way).resets += 1;
    if (this.#owner.ignored) return;
    const held: HeldSegment = {
      kind: "rst",
      sequence: segment.sequence,
      payload: NO_BYTES,
      length: 0,
      timeMs: packet.timeMs,
      facts: factsOf(packet, segment),
    };
    if (this.#owner.isClientSettled) this.#deliver(way, held);
    else this.#take(way, held);
  }

  /** Ends the wait for a start that was not captured, and for holes that only the capture has. */
  settle(): void {
    const forwardLate = this.#isOverdue(this.forward);
    const backwardLate = this.#isOverdue(this.backward);
    if (!forwardLate && !backwardLate) return;
    if (forwardLate && !this.forward.synced) this.#startAtLowest(0);
    if (backwardLate && !this.backward.synced) this.#startAtLowest(1);
    this.#drain();
    if (forwardLate) this.#declareGap(0);
    if (backwardLate) this.#declareGap(1);
    this.#drain();
  }

  /** Tells all that is held, with gaps for what never came. */
  flush(): void {
    if (!this.forward.synced) this.#startAtLowest(0);
    if (!this.backward.synced) this.#startAtLowest(1);
    this.#drain();
    for (let way = this.#wayOfEarliest(); way !== null; way = this.#wayOfEarliest()) {
      this.#declareGap(way);
      this.#drain();
    }
  }

  /** Lets go of all that is held, untold. */
  release(): void {
    this.#owner.account(-(this.forward.releaseAll() + this.backward.releaseAll()));
  }

  /** The way of the earliest data that is held; null without any. */
  wayOfFirstData(): Way | null {
    const forward = this.forward.held.find(({ kind }) => kind === "data");
    const backward = this.backward.held.find(({ kind }) => kind === "data");
    return earlier(forward, backward);
  }

  /** Delivers a segment that is due, and holds any other. */
  #take(way: Way, segment: HeldSegment): void {
    const direction = this.direction(way);
    if (direction.synced && direction.distance(segment.sequence) <= 0) {
      this.#deliver(way, segment);
      if (direction.held.length > 0) this.#drain();
      return;
    }
    if (direction.held.length === 0) this.#startWaiting(direction);
    this.#owner.account(direction.hold(segment));
  }

  #deliver(way: Way, segment: HeldSegment): void {
    switch (segment.kind) {
      case "data":
        this.#deliverData(way, segment);
        break;
      case "fin":
        this.#deliverFin(way, segment);
        break;
      case "rst":
        this.#deliverRst(way, segment);
        break;
      case "limit":
        this.#spend(way, segment.timeMs);
        break;
    }
  }

  #deliverData(way: Way, segment: HeldSegment): void {
    const direction = this.direction(way);
    const { sequence, payload, length, timeMs, facts } = segment;
    const known = -direction.distance(sequence);
    if (known >= length || direction.spent || direction.finished) {
      direction.retransmissions += 1;
      return;
    }
    const offset = direction.payloadBytes;
    const room = Math.max(0, this.#limits.maxPayloadPerDirection - offset);
    const isWhole = known === 0 && payload.length <= room;
    const fresh = isWhole ? payload : payload.subarray(Math.min(known, payload.length), known + room);
    const missing = length - Math.max(known, payload.length);
    direction.next = (sequence + length) | 0;
    direction.payloadBytes = offset + length - known;
    const from = this.#owner.sideOf(way);
    const stream = this.#owner;
    if (fresh.length > 0) {
      this.#owner.emit({ type: "data", stream, timeMs, from, packet: facts, offset, payload: fresh });
    }
    if (direction.payloadBytes >= this.#limits.maxPayloadPerDirection) this.#spend(way, timeMs);
    else if (missing > 0) {
      const gapOffset = offset + fresh.length;
      this.#owner.emit({ type: "gap", stream, timeMs, from, offset: gapOffset, sizeBytes: missing });
    }
  }

  #deliverFin(way: Way, { timeMs, facts }: HeldSegment): void {
    const direction = this.direction(way);
    if (direction.finished) return;
    direction.finished = true;
    const from = this.#owner.sideOf(way);
    const offset = direction.payloadBytes;
    this.#owner.emit({ type: "fin", stream: this.#owner, timeMs, from, packet: facts, offset });
  }

  #deliverRst(way: Way, { sequence, timeMs, facts }: HeldSegment): void {
    const direction = this.direction(way);
    const from = this.#owner.sideOf(way);
    // A FIN takes one sequence number.
    const due = direction.finished ? 1 : 0;
    const distance = direction.synced ? direction.distance(sequence) - due : null;
    this.#owner.emit({ type: "rst", stream: this.#owner, timeMs, from, packet: facts, distance });
  }

  /** From now on the payload of this direction is only counted. */
  #spend(way: Way, timeMs: number): void {
    const direction = this.direction(way);
    if (direction.spent) return;
    direction.spent = true;
    const from = this.#owner.sideOf(way);
    const offset = direction.payloadBytes;
    this.#owner.emit({ type: "payload-limit", stream: this.#owner, timeMs, from, offset });
    const ends = direction.held.filter(({ kind }) => kind === "fin" || kind === "rst");
    this.#owner.account(-direction.releaseAll());
    for (const segment of ends) this.#deliver(way, segment);
  }

  #isOverdue(direction: DirectionState): boolean {
    const first = direction.held[0];
    if (first === undefined) return false;
    const { maxPayloadPerDirection, reorderPackets, reorderMs } = this.#limits;
    if (direction.heldBytes > Math.max(LEAST_HELD_BYTES, 2 * maxPayloadPerDirection)) return true;
    const isPatient =
      this.#owner.packets - direction.waitingSincePacket < reorderPackets &&
      Math.abs(this.#owner.lastTimeMs - direction.waitingSinceMs) < reorderMs;
    return !isPatient && (!direction.synced || direction.hasAcknowledged(first.sequence));
  }

  #startAtLowest(way: Way): void {
    const direction = this.direction(way);
    const first = direction.held[0];
    if (first === undefined) return;
    // Settled now, while all that was held can be looked at.
    this.#owner.sideOf(way);
    direction.startAt(first.sequence);
  }

  #declareGap(way: Way): void {
    const direction = this.direction(way);
    const first = direction.held[0];
    if (first === undefined) return;
    const sizeBytes = direction.distance(first.sequence);
    if (sizeBytes <= 0) return;
    const offset = direction.payloadBytes;
    direction.next = first.sequence;
    direction.payloadBytes += sizeBytes;
    this.#startWaiting(direction);
    const from = this.#owner.sideOf(way);
    this.#owner.emit({ type: "gap", stream: this.#owner, timeMs: first.timeMs, from, offset, sizeBytes });
  }

  /** Delivers what is due of both directions, in the order of the packets. */
  #drain(): void {
    for (;;) {
      const way = earlier(this.forward.due, this.backward.due);
      if (way === null) return;
      const direction = this.direction(way);
      const [segment] = direction.held;
      this.#owner.account(-direction.release());
      this.#startWaiting(direction);
      if (segment !== undefined) this.#deliver(way, segment);
    }
  }

  /** RSTs that waited for a SYN to tell who is the client. */
  #releaseResets(way: Way): void {
    const direction = this.direction(way);
    if (direction.synced || !direction.held.some(({ kind }) => kind === "rst")) return;
    const held = direction.held;
    this.#owner.account(-direction.releaseAll());
    for (const segment of held) {
      if (segment.kind === "rst") this.#deliver(way, segment);
      else if (!this.#owner.ignored) this.#owner.account(direction.hold(segment));
    }
  }

  #wayOfEarliest(): Way | null {
    return earlier(this.forward.held[0], this.backward.held[0]);
  }

  #startWaiting(direction: DirectionState): void {
    direction.waitingSincePacket = this.#owner.packets;
    direction.waitingSinceMs = this.#owner.lastTimeMs;
  }
}

/** Copies what of a packet tells who sent it. */
export const factsOf = (packet: Packet, segment: TcpSegment): PacketFacts => ({
  number: packet.number,
  hopLimit: packet.hopLimit,
  ipId: packet.ipId < 0 ? null : packet.ipId,
  window: segment.window,
  flags: segment.flags,
  sequence: segment.sequence >>> 0,
  acknowledgment: segment.acknowledgment >>> 0,
  options:
    segment.optionsStart < segment.payloadStart
      ? packet.bytes.slice(segment.optionsStart, segment.payloadStart)
      : NO_BYTES,
  comment: (segment.flags & TCP_FLAG.syn) === 0 ? null : packet.comment,
});

const earlier = (forward: HeldSegment | undefined, backward: HeldSegment | undefined): Way | null => {
  if (forward === undefined) return backward === undefined ? null : 1;
  return backward === undefined || forward.facts.number <= backward.facts.number ? 0 : 1;
};
