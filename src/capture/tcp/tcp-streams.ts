/** All TCP streams of a capture, in bounded memory: which segment belongs to which, and who has to go. */
import { FlowTable } from "./flow-table.ts";
import type { IcmpError } from "../ip/icmp-error.ts";
import type { Packet } from "../packet.ts";
import type { TcpStreamEvent } from "./tcp-event.ts";
import { TCP_FLAG, type TcpSegment } from "./tcp-segment.ts";
import { type TcpStreamContext, TcpStreamState } from "./tcp-stream.ts";

/** Bounds of reassembly; each has a default. */
export interface TcpStreamLimits {
  /** Streams that are known at once; the one idle for longest goes first. Default 8192. */
  readonly maxStreams?: number;
  /** Bytes held out of order in all streams together. Default 32 MiB. */
  readonly maxBufferedBytes?: number;
  /** Payload that is passed on of each direction; more is only counted. Default 256 KiB. */
  readonly maxPayloadPerDirection?: number;
  /** Packets of its stream that a hole is waited for once it was acknowledged. Default 32. */
  readonly reorderPackets?: number;
  /** Time by the capture's clock that a hole is waited for once it was acknowledged. Default 1000 ms. */
  readonly reorderMs?: number;
}

export interface TcpStreamsOptions extends TcpStreamLimits {
  readonly onEvent: (event: TcpStreamEvent) => void;
}

export interface TcpStreams {
  /** Streams seen so far. */
  readonly count: number;
  /** Takes a segment; both arguments belong to the caller and are not kept. */
  receive(packet: Packet, segment: TcpSegment): void;
  /** Takes a segment of whose header only ports and sequence number can be: it counts for its stream. */
  receiveDamaged(packet: Packet, segment: TcpSegment): void;
  /** Takes an ICMP error with the segment that it quotes. */
  receiveIcmp(error: IcmpError, packet: Packet, segment: TcpSegment): void;
  /** The capture has ended: tells what is held, and the end of every stream that is not ignored. */
  finish(): void;
}

/**
 * TCP streams out of segments.
 * @throws RangeError when a limit is no positive whole number.
 */
export const createTcpStreams = (options: TcpStreamsOptions): TcpStreams => new StreamTable(options);

class StreamTable implements TcpStreams {
  readonly #maxStreams: number;
  readonly #maxBufferedBytes: number;
  readonly #context: TcpStreamContext;
  readonly #flows: FlowTable<TcpStreamState>;
  /** Streams that hold something, in the order in which they began to. */
  readonly #holding = new Set<TcpStreamState>();
  #heldBytes = 0;
  #count = 0;

  constructor(options: TcpStreamsOptions) {
    this.#maxStreams = positive("maxStreams", options.maxStreams ?? 8192);
    this.#maxBufferedBytes = positive("maxBufferedBytes", options.maxBufferedBytes ?? 32 * 1024 * 1024);
    this.#flows = new FlowTable(this.#maxStreams);
    this.#context = {
      maxPayloadPerDirection: positive(
        "maxPayloadPerDirection",
        options.maxPayloadPerDirection ?? 256 * 1024,
      ),
      reorderPackets: positive("reorderPackets", options.reorderPackets ?? 32),
      reorderMs: positive("reorderMs", options.reorderMs ?? 1000),
      onEvent: options.onEvent,
      onHeld: (stream, change) => this.#account(stream, change),
    };
  }

  get count(): number {
    return this.#count;
  }

  receive(packet: Packet, segment: TcpSegment): void {
    let stream = this.#flows.find(packet, segment.sourcePort, segment.destinationPort);
    if (stream !== null && (segment.flags & (TCP_FLAG.syn | TCP_FLAG.ack)) === TCP_FLAG.syn) {
      const forward = stream.isForward(packet, segment.sourcePort, segment.destinationPort);
      if (stream.isReopenedBy(segment.sequence, forward)) {
        this.#close(stream, "port-reused");
        stream = null;
      }
    }
    if (stream === null) stream = this.#open(packet, segment);
    else this.#flows.touch(stream);
    if (stream.ignored) {
      stream.packets += 1;
      return;
    }
    stream.receive(packet, segment);
    if (this.#heldBytes > this.#maxBufferedBytes) this.#relieve();
  }

  receiveDamaged(packet: Packet, segment: TcpSegment): void {
    const known = this.#flows.find(packet, segment.sourcePort, segment.destinationPort);
    (known ?? this.#open(packet, segment)).packets += 1;
  }

  receiveIcmp(error: IcmpError, packet: Packet, segment: TcpSegment): void {
    const known = this.#flows.find(packet, segment.sourcePort, segment.destinationPort);
    // Eight quoted bytes do not say enough of a stream of which nothing else was captured.
    if (known === null && !error.wholeHeader) return;
    (known ?? this.#open(packet, segment)).receiveIcmp(error, packet, segment);
  }

  finish(): void {
    const streams = [...this.#flows].sort((a, b) => a.number - b.number);
    for (const stream of streams) this.#close(stream, "capture-ended");
  }

  #open(packet: Packet, segment: TcpSegment): TcpStreamState {
    if (this.#flows.size >= this.#maxStreams) this.#evict(this.#flows.oldest);
    const stream = new TcpStreamState(this.#count, packet, segment, this.#context);
    this.#count += 1;
    this.#evict(this.#flows.add(stream));
    return stream;
  }

  #evict(stream: TcpStreamState | null): void {
    if (stream !== null) this.#close(stream, "evicted");
  }

  #close(stream: TcpStreamState, reason: "capture-ended" | "port-reused" | "evicted"): void {
    this.#flows.remove(stream);
    stream.end(reason);
  }

  #account(stream: TcpStreamState, change: number): void {
    this.#heldBytes += change;
    if (stream.heldBytes === 0) this.#holding.delete(stream);
    else if (stream.heldBytes === change) this.#holding.add(stream);
  }

  /** Lets the streams that have held something for longest tell it, with its gaps, until enough is free. */
  #relieve(): void {
    for (const stream of this.#holding) {
      if (this.#heldBytes <= this.#maxBufferedBytes) return;
      stream.flush();
    }
  }
}

const positive = (name: string, value: number): number => {
  if (Number.isInteger(value) && value > 0) return value;
  throw new RangeError(`${name}: ${value} is no positive whole number`);
};
