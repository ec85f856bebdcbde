/**
 * One TCP stream of a capture as its events pass: recognised as RDP or declined, followed until its handshake is
 * over, and ended by whoever ended it.
 */
import { GrowingBytes } from "../../bytes/growing-bytes.ts";
import type { Side, TcpStream, TcpStreamEvent } from "../../capture/tcp/tcp-event.ts";
import type { KeyLog } from "../../tls/decrypt/key-log.ts";
import { CapturedConversation, type RdpOpening } from "./captured-conversation.ts";
import type { CapturedConnection } from "./captured-connection.ts";
import { parseRecordingMark, RECORDED_BESIDE, type RecordingMark } from "./recording-mark.ts";
import { ResetObserver } from "../facts/reset-evidence.ts";
import { capturedConnection } from "./stream-end.ts";
import { opposite } from "./stream-acknowledgments.ts";
import { RDP_PORT, recogniseOpening } from "./stream-opening.ts";
import { StreamTimes } from "./stream-times.ts";

/** What an event weighs beside its bytes. */
const EVENT_OVERHEAD_BYTES = 160;

/** What the streams of a capture share. */
export interface StreamContext {
  /** So many bytes more are kept of this stream, or fewer where it is negative. */
  account(bytes: number): void;
  readonly keyLog: KeyLog;
}

/** A stream of a recording is what its mark says, from its first byte on. */
const MARKED: RdpOpening = { status: "rdp", clientStart: 0, serverStart: 0, fronts: [] };

export class CapturedStream {
  readonly #stream: TcpStream;
  readonly #context: StreamContext;
  /** Events before it is known what the stream is, with the sides as TCP gives them. */
  #waiting: TcpStreamEvent[] = [];
  readonly #heads: Record<Side, GrowingBytes> = { client: new GrowingBytes(), server: new GrowingBytes() };
  #keptBytes = 0;
  #isDeclined = false;
  #isSwapped = false;
  #mark: RecordingMark | null = null;
  #opening: RdpOpening | null = null;
  #conversation: CapturedConversation | null = null;
  #times = new StreamTimes();
  #resets = new ResetObserver();

  constructor(stream: TcpStream, context: StreamContext) {
    this.#stream = stream;
    this.#context = context;
  }

  /** Bytes that are kept of it. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** Whether the stream is known to be RDP. */
  get isRecognised(): boolean {
    return this.#opening !== null;
  }

  /** Takes the stream's next event; false once nothing more of the stream is wanted. */
  receive(event: TcpStreamEvent): boolean {
    if (this.#conversation !== null) {
      this.#follow(event);
      return true;
    }
    this.#keep(event.type === "data" ? event.payload.length : 0);
    this.#waiting.push(event);
    if (event.type === "syn") this.#mark ??= markOf(event.packet.comment);
    if (event.type === "data") {
      this.#heads[event.from].append(event.payload);
      this.#recognise(false);
    }
    return !this.#isDeclined;
  }

  /**
   * What was seen, once the stream is over; null where it is no RDP and nothing else that is told.
   * @param nowMs when the last packet of the capture up to then was taken, milliseconds since the epoch.
   */
  finish(nowMs: number): CapturedConnection | null {
    if (this.#conversation === null) this.#recognise(true);
    if (this.#conversation === null) {
      const waiting = this.#waiting;
      for (const event of waiting) this.#observe(event);
      const isToldSyn = this.#times.isSynAlone && this.#stream.server.port === RDP_PORT;
      if (this.#mark === null && !isToldSyn) return null;
      this.#begin(MARKED);
      for (const event of waiting) this.#follow(event);
    }
    const conversation = this.#conversation;
    return conversation === null
      ? null
      : capturedConnection({
          stream: this.#stream,
          isSwapped: this.#isSwapped,
          mark: this.#mark,
          fronts: this.#opening?.fronts ?? [],
          conversation,
          times: this.#times,
          resets: this.#resets,
          nowMs,
        });
  }

  /** Gives back what was kept. */
  release(): void {
    this.#context.account(-this.#keptBytes);
    this.#keptBytes = 0;
    this.#waiting = [];
  }

  #recognise(isOver: boolean): void {
    const opening = this.#mark === null ? this.#openingOf(isOver) : MARKED;
    if (opening === null) return;
    this.#begin(opening);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const event of waiting) this.#follow(event);
  }

  #begin(opening: RdpOpening): void {
    const originMs = this.#mark?.probeStartedAtMs ?? this.#stream.firstTimeMs;
    this.#opening = opening;
    this.#times = new StreamTimes();
    this.#resets = new ResetObserver();
    this.#conversation = new CapturedConversation(opening, this.#mark, originMs, this.#context.keyLog);
  }

  /** Null where it is too early to tell, or where the stream is declined. */
  #openingOf(isOver: boolean): RdpOpening | null {
    const { server, client, clientCertainty } = this.#stream;
    const sent = this.#heads.client.bytes;
    const received = this.#heads.server.bytes;
    if (sent.length + received.length === 0) return null;
    const opening = recogniseOpening(sent, received, server.port, isOver);
    if (opening.status === "rdp") return opening;
    if (opening.status === "undecided") return null;
    if (clientCertainty !== "certain") {
      // Who is the client was a guess, and the Connection Request shows that it was wrong.
      const swapped = recogniseOpening(received, sent, client.port, isOver);
      if (swapped.status === "undecided") return null;
      this.#isSwapped = swapped.status === "rdp";
      if (swapped.status === "rdp") return swapped;
    }
    this.#isDeclined = true;
    this.release();
    return null;
  }

  #keep(sizeBytes: number): void {
    const weight = sizeBytes + EVENT_OVERHEAD_BYTES;
    this.#keptBytes += weight;
    this.#context.account(weight);
  }

  #side(from: Side): Side {
    return this.#isSwapped ? opposite(from) : from;
  }

  /** Times and resets, which need no conversation. */
  #observe(event: TcpStreamEvent): void {
    const { timeMs } = event;
    switch (event.type) {
      case "syn":
      case "synack": {
        const from = event.type === "syn" ? "client" : "server";
        this.#times.opening(from, timeMs);
        this.#resets.opening(from, event.packet, timeMs);
        return;
      }
      case "data":
        this.#times.data(timeMs);
        this.#resets.data(this.#side(event.from), event.packet, timeMs);
        return;
      case "fin":
        this.#times.end(this.#side(event.from), "fin", timeMs);
        return;
      case "rst":
        this.#times.end(this.#side(event.from), "rst", timeMs);
        this.#resets.reset(this.#side(event.from), event.packet, event.distance, timeMs);
        return;
      case "icmp-unreachable":
        this.#times.unreachable(
          timeMs,
          `ICMP type ${event.icmpType} code ${event.icmpCode} from ${event.reporter}`,
        );
        return;
      default:
    }
  }

  #follow(event: TcpStreamEvent): void {
    const conversation = this.#conversation;
    if (conversation === null) return;
    this.#observe(event);
    switch (event.type) {
      case "synack":
        conversation.connected(event.timeMs);
        return;
      case "data": {
        const from = this.#side(event.from);
        if (this.#resets.wentOn(from)) this.#times.wentOn(from);
        const { offset, payload: bytes, timeMs, packet } = event;
        if (!conversation.isOver) this.#keep(bytes.length);
        conversation.data({ from, offset, bytes, timeMs, packet });
        return;
      }
      case "fin":
      case "rst":
        // A recording has the ends in the order of the probe; in any other capture they are judged as a whole.
        if (this.#mark !== null && !this.#times.isSynAlone) {
          conversation.ended(this.#side(event.from) === "client" ? "ended" : event.type, event.timeMs);
        }
        return;
      case "gap":
        conversation.cut(this.#side(event.from), event.offset, event.sizeBytes);
        return;
      case "payload-limit":
        conversation.cut(this.#side(event.from), event.offset, 0);
        return;
      default:
    }
  }
}

/** The mark of a connection to RDP; what a probe asked other services is recognised like any other stream. */
const markOf = (comment: string | null): RecordingMark | null => {
  const mark = parseRecordingMark(comment);
  return mark?.purpose === RECORDED_BESIDE.listener ? null : mark;
};
