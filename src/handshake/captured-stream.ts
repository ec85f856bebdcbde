/**
 * One TCP stream of a capture as its events pass: recognised as RDP or declined, followed until its
 * handshake is over, and ended by whoever ended it. Only what the handshake needs is kept.
 */
import type { Side, TcpStream, TcpStreamEvent } from "../capture/tcp-event.ts";
import type { CaptureGap } from "./captured-connection.ts";
import { parseRecordingMark, RECORDED_BESIDE, type RecordingMark } from "./recording-mark.ts";
import { ResetObserver } from "./reset-evidence.ts";
import { opposite, StreamAcknowledgments } from "./stream-acknowledgments.ts";
import { RDP_PORT, recogniseOpening, type StreamOpening } from "./stream-opening.ts";
import { StreamProgress } from "./stream-progress.ts";
import { bytesOf, type Chunk, type StreamEnding, type StreamTrace } from "./stream-trace.ts";

/** A server's handshake is not longer; the same bound as a live probe's. */
const MAX_SERVER_BYTES = 192 * 1024;
const MAX_CLIENT_BYTES = 128 * 1024;
/** What is kept behind the handshake where there may be keys to read it with. */
const MAX_BYTES_BEHIND = 48 * 1024;
/** What a chunk weighs beside its bytes. */
const CHUNK_OVERHEAD_BYTES = 128;

/** What the streams of a capture share. */
export interface StreamContext {
  /** Takes so many bytes from what all streams together may keep; false where they are not there. */
  take(bytes: number): boolean;
  release(bytes: number): void;
  /** There are keys that may fit: what comes behind the handshake is worth keeping. */
  readonly hasSecrets: boolean;
}

type RdpOpening = Extract<StreamOpening, { status: "rdp" }>;

/** A stream of a recording is what its mark says, from its first byte on. */
const MARKED: RdpOpening = { status: "rdp", clientStart: 0, serverStart: 0, fronts: [] };

export class CapturedStream {
  readonly #stream: TcpStream;
  readonly #context: StreamContext;
  readonly #resets = new ResetObserver();
  readonly #progress = new StreamProgress();
  readonly #ends: Record<Side, StreamEnding | null> = { client: null, server: null };
  readonly #bytes: Record<Side, number> = { client: 0, server: 0 };
  readonly #isCut: Record<Side, boolean> = { client: false, server: false };
  #isDeclined = false;
  #opening: RdpOpening | null = null;
  #isSwapped = false;
  #mark: RecordingMark | null = null;
  #chunks: Chunk[] = [];
  #keptBytes = 0;
  #clockMs = 0;
  readonly #acknowledgments = new StreamAcknowledgments();
  #synMs: number | null = null;
  #lastSynMs: number | null = null;
  #connectedMs: number | null = null;
  #refusedMs: number | null = null;
  #unreachable: StreamTrace["unreachable"] = null;
  #overflow: StreamTrace["overflow"] = null;
  #securedMs: number | null = null;
  #settledBytes = 0;
  #lastSpeaker: Side | null = null;
  #lastDataMs: number | null = null;
  #gap: StreamTrace["gap"] = null;

  constructor(stream: TcpStream, context: StreamContext) {
    this.#stream = stream;
    this.#context = context;
  }

  /** Takes the stream's next event; false once nothing more of the stream is wanted. */
  receive(event: TcpStreamEvent): boolean {
    switch (event.type) {
      case "syn":
        this.#synMs ??= event.timeMs;
        this.#lastSynMs = event.timeMs;
        this.#resets.opening("client", event.packet, event.timeMs);
        this.#mark ??= markOf(event.packet.comment);
        break;
      case "synack":
        this.#connectedMs ??= event.timeMs;
        this.#resets.opening("server", event.packet, event.timeMs);
        break;
      case "data":
        this.#receiveData(event);
        break;
      case "fin":
        this.#ends[this.#side(event.from)] ??= { kind: "fin", timeMs: event.timeMs };
        break;
      case "rst":
        this.#receiveReset(event);
        break;
      case "gap":
        this.#cut(this.#side(event.from), event.offset, event.sizeBytes);
        break;
      case "payload-limit":
        this.#isCut[this.#side(event.from)] = true;
        break;
      case "icmp-unreachable":
        this.#unreachable ??= {
          timeMs: event.timeMs,
          detail: `ICMP type ${event.icmpType} code ${event.icmpCode} from ${event.reporter}`,
        };
        break;
    }
    return !this.#isDeclined;
  }

  /** What was seen, once the stream is over; null where it is no RDP and nothing else that is told. */
  finish(): StreamTrace | null {
    if (this.#opening === null) this.#recognise(true);
    this.#missUncaptured("client");
    this.#missUncaptured("server");
    const isSynAlone = this.#synMs !== null && this.#connectedMs === null && this.#lastDataMs === null;
    const isTold = this.#mark !== null || (isSynAlone && this.#stream.server.port === RDP_PORT);
    return this.#opening !== null || isTold ? this.#trace() : null;
  }

  /** Gives back what was kept. */
  release(): void {
    this.#context.release(this.#keptBytes);
    this.#keptBytes = 0;
    this.#chunks = [];
  }

  #receiveData(event: Extract<TcpStreamEvent, { type: "data" }>): void {
    const from = this.#side(event.from);
    this.#resets.data(from, event.packet, event.timeMs);
    if (this.#ends[from]?.kind === "rst" && this.#resets.wentOn(from)) this.#ends[from] = null;
    const { offset, payload } = event;
    this.#acknowledgments.data(from, event.packet, offset, payload.length);
    const isAnswered = this.#acknowledgments.heardOf(from) >= offset + payload.length;
    // Of two packets that were captured in the wrong order the question comes behind its answer.
    if (!isAnswered) this.#lastSpeaker = from;
    this.#lastDataMs = event.timeMs;
    if (this.#isCut[from]) return;
    // A segment that waited for its turn is older than those told before it.
    this.#clockMs = Math.max(this.#clockMs, event.timeMs);
    const chunk: Chunk = { from, timeMs: this.#clockMs, bytes: payload };
    if (this.#opening !== null) this.#follow(chunk);
    else if (this.#keep(chunk)) this.#recognise(false);
    else this.#decline();
  }

  #receiveReset(event: Extract<TcpStreamEvent, { type: "rst" }>): void {
    const from = this.#side(event.from);
    const isAnswer = from === "server" && this.#connectedMs === null && this.#lastDataMs === null;
    if (isAnswer) this.#refusedMs ??= event.timeMs;
    this.#resets.reset(from, event.packet, event.distance, event.timeMs);
    this.#ends[from] ??= { kind: "rst", timeMs: event.timeMs };
  }

  #recognise(isOver: boolean): void {
    const opening = this.#mark === null ? this.#openingOf(isOver) : MARKED;
    if (opening === null) return;
    this.#opening = opening;
    const collected = this.#chunks;
    const left: Record<Side, number> = { client: opening.clientStart, server: opening.serverStart };
    this.release();
    for (const chunk of collected) {
      const skipped: number = Math.min(left[chunk.from], chunk.bytes.length);
      left[chunk.from] -= skipped;
      if (skipped < chunk.bytes.length) this.#follow({ ...chunk, bytes: chunk.bytes.subarray(skipped) });
    }
  }

  /** Null where it is too early to tell, or where the stream is declined. */
  #openingOf(isOver: boolean): RdpOpening | null {
    const { server, client, clientCertainty } = this.#stream;
    const sent = bytesOf(this.#chunks, "client");
    const received = bytesOf(this.#chunks, "server");
    const opening = recogniseOpening(sent, received, server.port, isOver);
    if (opening.status === "rdp") return opening;
    if (opening.status === "undecided") return null;
    if (clientCertainty !== "certain") {
      const swapped = recogniseOpening(received, sent, client.port, isOver);
      if (swapped.status === "undecided") return null;
      if (swapped.status === "rdp") {
        this.#swap();
        return swapped;
      }
    }
    if (sent.length + received.length > 0) this.#decline();
    return null;
  }

  #decline(): void {
    this.#isDeclined = true;
    this.release();
  }

  /** Who is the client was a guess, and the Connection Request shows that it was wrong. */
  #swap(): void {
    this.#isSwapped = true;
    this.#chunks = this.#chunks.map((chunk) => ({ ...chunk, from: opposite(chunk.from) }));
    const { client, server } = this.#ends;
    this.#ends.client = server;
    this.#ends.server = client;
    this.#acknowledgments.swap();
    if (this.#lastSpeaker !== null) this.#lastSpeaker = opposite(this.#lastSpeaker);
  }

  /** What the other side has acknowledged behind the last byte that was captured. */
  #missUncaptured(side: Side): void {
    const isOfClient = (side === "client") !== this.#isSwapped;
    const { acknowledgedBytes, payloadBytes } = isOfClient
      ? this.#stream.clientDirection
      : this.#stream.serverDirection;
    const missing = (acknowledgedBytes ?? 0) - payloadBytes;
    // One may be a FIN.
    if (missing > 1) this.#cut(side, payloadBytes, missing);
  }

  #side(from: Side): Side {
    return this.#isSwapped ? opposite(from) : from;
  }

  #follow(chunk: Chunk): void {
    const { from, bytes, timeMs } = chunk;
    const progress = this.#progress;
    this.#bytes[from] += bytes.length;
    const isLate = from === "client" && progress.awaitsConnectInitial;
    if (progress.isSettled && !isLate) {
      this.#followBehind(chunk);
      return;
    }
    const limitBytes = from === "server" ? MAX_SERVER_BYTES : MAX_CLIENT_BYTES;
    if (this.#bytes[from] > limitBytes) {
      if (from === "server") this.#overflow = { timeMs, limitBytes };
      this.#isCut[from] = true;
      return;
    }
    if (!this.#keep(chunk)) {
      this.#cut(from, this.#bytes[from] - bytes.length, bytes.length);
      return;
    }
    if (from === "client") progress.sent(bytes);
    else progress.received(bytes);
    progress.heardByServer = this.#acknowledgments.heardOf("client") - (this.#opening?.clientStart ?? 0);
    if (progress.isSecured) this.#securedMs ??= timeMs;
    if (progress.isSettled) this.#settledBytes = this.#bytes.client + this.#bytes.server;
  }

  /** Behind the handshake only what may be decrypted is worth keeping. */
  #followBehind(chunk: Chunk): void {
    const behind = this.#bytes.client + this.#bytes.server - this.#settledBytes;
    const isReadable = this.#progress.layer === "tls" && this.#context.hasSecrets;
    if (isReadable && behind <= MAX_BYTES_BEHIND && this.#keep(chunk)) return;
    this.#isCut[chunk.from] = true;
  }

  #keep(chunk: Chunk): boolean {
    const weight = chunk.bytes.length + CHUNK_OVERHEAD_BYTES;
    if (!this.#context.take(weight)) return false;
    this.#keptBytes += weight;
    this.#chunks.push(chunk);
    return true;
  }

  /** Bytes of this direction are missing: what follows them cannot be read. */
  #cut(from: Side, offset: number, sizeBytes: number): void {
    if (!this.#progress.isSettled) this.#gap ??= { from, offset, sizeBytes, wentOn: false };
    this.#isCut[from] = true;
  }

  /** Whether nobody can tell what became of the handshake behind a gap. */
  #wentOn({ from, offset }: CaptureGap): boolean {
    const acknowledgments = this.#acknowledgments;
    return !acknowledgments.isCaptured(from) || acknowledgments.wentOnBehind(from, offset);
  }

  #trace(): StreamTrace {
    const { number: stream, clientCertainty, firstTimeMs } = this.#stream;
    return {
      stream,
      client: this.#isSwapped ? this.#stream.server : this.#stream.client,
      server: this.#isSwapped ? this.#stream.client : this.#stream.server,
      clientCertainty: this.#isSwapped ? "certain" : clientCertainty,
      firstTimeMs,
      mark: this.#mark,
      fronts: this.#opening?.fronts ?? [],
      synMs: this.#synMs,
      lastSynMs: this.#lastSynMs,
      connectedMs: this.#connectedMs,
      refusedMs: this.#refusedMs,
      unreachable: this.#unreachable,
      chunks: this.#chunks,
      ends: { ...this.#ends },
      overflow: this.#overflow,
      securedMs: this.#securedMs,
      lastSpeaker: this.#lastSpeaker,
      lastDataMs: this.#lastDataMs,
      gap: this.#gap === null ? null : { ...this.#gap, wentOn: this.#wentOn(this.#gap) },
      progress: this.#progress,
      resets: this.#resets,
    };
  }
}

/** The mark of a connection to RDP; what a probe asked other services is recognised like any other stream. */
const markOf = (comment: string | null): RecordingMark | null => {
  const mark = parseRecordingMark(comment);
  return mark?.purpose === RECORDED_BESIDE.listener ? null : mark;
};
