/** One TCP stream of a capture: who talks to whom, who is the client, and the reassembly of what they say. */
import { certaintyOf, guessClient } from "./client-side.ts";
import { FlowEntry } from "./flow-table.ts";
import type { IcmpError } from "../ip/icmp-error.ts";
import { type Endpoint, formatIpv4, formatIpv6 } from "../ip/ip-address.ts";
import type { Packet } from "../packet.ts";
import type { ClientBasis, Side, StreamClock, TcpDirection, TcpStream, TcpStreamEvent } from "./tcp-event.ts";
import {
  factsOf,
  opposite,
  type ReassemblyLimits,
  type ReassemblyOwner,
  TcpReassembly,
  type Way,
} from "./tcp-reassembly.ts";
import { TCP_FLAG, type TcpSegment } from "./tcp-segment.ts";
import { ClockReading } from "../file/timestamp.ts";

/** What a stream shares with the others. */
export interface TcpStreamContext extends ReassemblyLimits {
  readonly onEvent: (event: TcpStreamEvent) => void;
  /** `heldBytes` of the stream changed by that much. */
  readonly onHeld: (stream: TcpStreamState, change: number) => void;
}

export class TcpStreamState extends FlowEntry<TcpStreamState> implements TcpStream, ReassemblyOwner {
  readonly number: number;
  readonly firstTimeMs: number;
  lastTimeMs: number;
  packets = 0;
  ignored = false;
  /** What is held out of order, in both directions. */
  heldBytes = 0;
  readonly #context: TcpStreamContext;
  readonly #reassembly: TcpReassembly;
  readonly #clock = new ClockReading();
  #clientWay: Way = 0;
  #clientBasis: ClientBasis | null = null;

  constructor(number: number, packet: Packet, segment: TcpSegment, context: TcpStreamContext) {
    super(packet, segment.sourcePort, segment.destinationPort);
    this.number = number;
    this.firstTimeMs = packet.timeMs;
    this.lastTimeMs = packet.timeMs;
    this.#context = context;
    this.#reassembly = new TcpReassembly(this, context);
  }

  get clock(): StreamClock {
    return this.#clock.clock;
  }

  get client(): Endpoint {
    return this.#endpoint(this.#settledClient().way);
  }

  get server(): Endpoint {
    return this.#endpoint(opposite(this.#settledClient().way));
  }

  get clientBasis(): ClientBasis {
    return this.#settledClient().basis;
  }

  get clientCertainty(): "certain" | "likely" | "guess" {
    return certaintyOf(this.clientBasis);
  }

  get clientDirection(): TcpDirection {
    return this.#reassembly.direction(this.#settledClient().way);
  }

  get serverDirection(): TcpDirection {
    return this.#reassembly.direction(opposite(this.#settledClient().way));
  }

  get isClientSettled(): boolean {
    return this.#clientBasis !== null;
  }

  ignore(): void {
    this.ignored = true;
    this.#reassembly.release();
  }

  /** Whether a SYN with this sequence number, going `forward` or back, opens a new stream. */
  isReopenedBy(sequence: number, forward: boolean): boolean {
    return this.#reassembly.direction(forward ? 0 : 1).isReopenedBy(sequence);
  }

  /** Takes a segment of this stream. */
  receive(packet: Packet, segment: TcpSegment): void {
    const way = this.#wayOf(packet, segment);
    const { flags } = segment;
    this.packets += 1;
    this.lastTimeMs = packet.timeMs;
    this.#clock.add(packet);
    const reassembly = this.#reassembly;
    const direction = reassembly.direction(way);
    const isCopy = direction.isCopy(packet, segment);
    if (!isCopy) direction.observe(packet, segment);
    // A reset may be anybody's, and its numbers a guess.
    if ((flags & (TCP_FLAG.ack | TCP_FLAG.rst)) === TCP_FLAG.ack) {
      reassembly.direction(opposite(way)).acknowledge(segment.acknowledgment);
    }
    if (isCopy) return;
    if ((flags & TCP_FLAG.syn) !== 0) this.#receiveSyn(packet, segment, way);
    if (segment.payloadLength > 0) reassembly.receivePayload(packet, segment, way);
    if ((flags & TCP_FLAG.rst) !== 0) reassembly.receiveRst(packet, segment, way);
    else if ((flags & TCP_FLAG.fin) !== 0) reassembly.receiveFin(packet, segment, way);
    if (this.heldBytes > 0) reassembly.settle();
  }

  /** Takes an ICMP message that quotes a packet of this stream, which `packet` and `segment` hold. */
  receiveIcmp(error: IcmpError, packet: Packet, segment: TcpSegment): void {
    const way = this.#wayOf(packet, segment);
    this.#clock.add(packet);
    if ((segment.flags & TCP_FLAG.syn) !== 0) this.#settleBySyn(segment.flags, way);
    this.emit({
      type: error.type,
      stream: this,
      timeMs: packet.timeMs,
      from: this.sideOf(way),
      reporter: error.reporter,
      icmpType: error.icmpType,
      icmpCode: error.icmpCode,
      mtu: error.mtu,
      hopLimit: error.hopLimit,
      packetNumber: packet.number,
    });
  }

  /** Tells all that is held, with gaps for what never came. */
  flush(): void {
    this.#reassembly.flush();
  }

  /** Tells what is held, and that no more will come. */
  end(reason: "capture-ended" | "port-reused" | "evicted"): void {
    this.flush();
    this.emit({ type: "end", stream: this, timeMs: this.lastTimeMs, reason });
  }

  sideOf(way: Way): Side {
    return way === this.#settledClient().way ? "client" : "server";
  }

  emit(event: TcpStreamEvent): void {
    if (!this.ignored) this.#context.onEvent(event);
  }

  account(change: number): void {
    if (change === 0) return;
    this.heldBytes += change;
    this.#context.onHeld(this, change);
  }

  #receiveSyn(packet: Packet, segment: TcpSegment, way: Way): void {
    const retransmission = this.#reassembly.synchronize(segment, way);
    this.#settleBySyn(segment.flags, way);
    this.emit({
      type: (segment.flags & TCP_FLAG.ack) === 0 ? "syn" : "synack",
      stream: this,
      timeMs: packet.timeMs,
      from: this.sideOf(way),
      packet: factsOf(packet, segment),
      retransmission,
    });
    this.#reassembly.afterSyn(way);
  }

  /** A side that was told once stays; a SYN only makes it surer. */
  #settleBySyn(flags: number, way: Way): void {
    const basis = (flags & TCP_FLAG.ack) === 0 ? "syn" : "syn-ack";
    const clientWay = basis === "syn" ? way : opposite(way);
    if (this.#clientBasis !== null && (this.#clientWay !== clientWay || this.#clientBasis === "syn")) return;
    this.#clientBasis = basis;
    this.#clientWay = clientWay;
  }

  #settledClient(): { readonly way: Way; readonly basis: ClientBasis } {
    if (this.#clientBasis !== null) return { way: this.#clientWay, basis: this.#clientBasis };
    const guess = guessClient(this.sourcePort, this.destinationPort, this.#reassembly.wayOfFirstData());
    this.#clientWay = guess.way;
    this.#clientBasis = guess.basis;
    return guess;
  }

  #wayOf(packet: Packet, segment: TcpSegment): Way {
    return this.isForward(packet, segment.sourcePort, segment.destinationPort) ? 0 : 1;
  }

  #endpoint(way: Way): Endpoint {
    const forward = way === 0;
    const port = forward ? this.sourcePort : this.destinationPort;
    const last = forward ? this.source3 : this.destination3;
    if (this.family === 4) return { address: formatIpv4(last), port };
    const words = forward
      ? [this.source0, this.source1, this.source2, last]
      : [this.destination0, this.destination1, this.destination2, last];
    return { address: formatIpv6(words), port };
  }
}
