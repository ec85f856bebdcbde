/**
 * A captured connection that is known to be RDP: its events go to the one reader, in their order and with its own
 * times, and what only a capture shows is gathered beside.
 */
import type { PacketFacts, Side } from "../../capture/tcp/tcp-event.ts";
import { decodeTsRequest } from "../../credssp/ts-request.ts";
import type { KeyLog } from "../../tls/decrypt/key-log.ts";
import type { CaptureGap, LostBytes } from "./captured-connection.ts";
import type { ConnectionFacts } from "../facts/connection-facts.ts";
import { ConversationReader } from "./conversation-reader.ts";
import { isCredSsp } from "../facts/negotiation-facts.ts";
import { ObservedLayer } from "../facts/observed-layer.ts";
import type { RecordingMark } from "./recording-mark.ts";
import type { StreamOpening } from "./stream-opening.ts";
import { StreamAcknowledgments } from "./stream-acknowledgments.ts";
import type { WireEvent } from "./transcript.ts";

export type RdpOpening = Extract<StreamOpening, { status: "rdp" }>;

/** A server's handshake is not longer; the same bound as a live probe's. */
const MAX_SERVER_BYTES = 192 * 1024;
const MAX_CLIENT_BYTES = 128 * 1024;
/** What is read after the handshake where keys open it. */
const MAX_BYTES_AFTER = 48 * 1024;
const MAX_TS_REQUESTS = 8;
const TLS_HANDSHAKE = 22;
/** What a recording's clock may round away. */
const SAME_MOMENT_MS = 0.01;

/** Payload of one side as the capture has it. */
export interface CapturedData {
  readonly from: Side;
  /** Bytes of this direction before it. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly timeMs: number;
  readonly packet: PacketFacts;
}

export class CapturedConversation {
  readonly #opening: RdpOpening;
  readonly #mark: RecordingMark | null;
  readonly #originMs: number;
  readonly #keyLog: KeyLog;
  readonly acknowledgments = new StreamAcknowledgments();
  readonly #events: WireEvent[] = [];
  #reader: ConversationReader;
  #layer: ObservedLayer | null = null;
  readonly #bytes: Record<Side, number> = { client: 0, server: 0 };
  readonly #isCut: Record<Side, boolean> = { client: false, server: false };
  #unseen: readonly WireEvent[];
  #isOverflown = false;
  #settledBytes: number | null = null;
  #clockMs = 0;
  gap: CaptureGap | null = null;
  lastDataMs: number | null = null;

  /** @param originMs milliseconds since the epoch that the facts' times count from. */
  constructor(opening: RdpOpening, mark: RecordingMark | null, originMs: number, keyLog: KeyLog) {
    this.#opening = opening;
    this.#mark = mark;
    this.#originMs = originMs;
    this.#keyLog = keyLog;
    this.#unseen = mark?.unseen ?? [];
    this.#reader = this.#createReader(false);
  }

  /** Whether bytes of this side are still worth having: an answer that is false stays so. */
  get isOver(): boolean {
    if (this.#settledBytes === null) return false;
    const { layer } = this.#reader;
    if (layer?.kind !== "tls" || this.#layer === null) return true;
    const isReadable = this.#layer.secrets === "read" || this.#layer.mayHaveKeys;
    const awaitsMore = isCredSsp(layer.selected) && !this.#layer.words.clientWentOn;
    const after = this.#bytes.client + this.#bytes.server - this.#settledBytes;
    return after > MAX_BYTES_AFTER || !(isReadable || awaitsMore);
  }

  connected(timeMs: number): void {
    this.#tell({ kind: "connected", atMs: this.#at(timeMs) });
  }

  data({ from, offset, bytes, timeMs, packet }: CapturedData): void {
    this.acknowledgments.data(from, packet, offset, bytes.length);
    this.lastDataMs = Math.max(this.lastDataMs ?? timeMs, timeMs);
    if (this.#isCut[from] || this.isOver) return;
    const start = from === "client" ? this.#opening.clientStart : this.#opening.serverStart;
    const skipped = Math.max(0, Math.min(bytes.length, start - offset));
    if (skipped < bytes.length) this.#follow(from, bytes.subarray(skipped), timeMs);
  }

  /** An end of a recording's own: what comes after it is nothing to the probe. */
  ended(event: "fin" | "rst" | "ended", timeMs: number): void {
    const atMs = this.#at(timeMs);
    this.enterUnseen(atMs + SAME_MOMENT_MS);
    this.#tell({ kind: event, atMs });
  }

  /** Bytes of this direction are missing: what follows them cannot be read. */
  cut(from: Side, offset: number, sizeBytes: number): void {
    if (this.#settledBytes === null) this.gap ??= { from, offset, sizeBytes };
    this.#isCut[from] = true;
    this.#layer?.cut();
  }

  /** No more bytes come: what the reader waits for is not in the capture. */
  flush(): void {
    this.#reader.flush();
    const isKeyed = this.#layer === null || this.#layer.secrets !== "none" || !this.#layer.mayHaveKeys;
    if (!isKeyed) this.#readAgain();
  }

  /** Enters what left no packet: a silence, or an end. */
  enter(event: WireEvent): void {
    this.#tell(event);
  }

  /** Enters the events of a recording that left no packet, up to a time; all of them without one. */
  enterUnseen(beforeMs = Number.POSITIVE_INFINITY): void {
    while (this.#unseen[0] !== undefined && this.#unseen[0].atMs < beforeMs) {
      const [event, ...rest] = this.#unseen;
      this.#unseen = rest;
      this.#tell(event);
    }
  }

  get reader(): ConversationReader {
    return this.#reader;
  }

  get layer(): ObservedLayer | null {
    return this.#layer;
  }

  get isOverflown(): boolean {
    return this.#isOverflown;
  }

  /** The handshake is over, and both sides have gone on after it. */
  get isSettled(): boolean {
    const { layer } = this.#reader;
    if (layer?.kind === "rdp") return this.#reader.owed() === null;
    if (this.#layer === null || this.#layer.state.kind !== "established") return false;
    const { clientSpoke, serverSpoke } = this.#layer.words;
    return clientSpoke && serverSpoke;
  }

  facts(startedAtMs: number): ConnectionFacts {
    return this.#reader.facts(startedAtMs);
  }

  /** NTSTATUS that the server sent in CredSSP after its first answer: how a logon was refused. */
  get laterErrorCode(): number | null {
    const { layer } = this.#reader;
    if (layer?.kind !== "tls" || !isCredSsp(layer.selected)) return null;
    let rest = layer.tls.opened;
    for (let index = 0; index < MAX_TS_REQUESTS; index += 1) {
      const decoded = decodeTsRequest(rest);
      if (decoded.status !== "done") return null;
      const { errorCode } = decoded.value;
      if (index > 0 && errorCode !== null && errorCode !== 0) return errorCode;
      rest = rest.subarray(decoded.size);
    }
    return null;
  }

  /** Bytes lost on the way: what this side sent and the other one never acknowledged. */
  lostAt(from: Side, sentBytes: number, acknowledgedBytes: number | null): LostBytes | null {
    const acknowledged = acknowledgedBytes ?? sentBytes;
    if (this.gap !== null && this.gap.from === from && acknowledged <= this.gap.offset) {
      return { from, sizeBytes: this.gap.sizeBytes };
    }
    return acknowledged < sentBytes ? { from, sizeBytes: sentBytes - acknowledged } : null;
  }

  #follow(from: Side, bytes: Uint8Array, timeMs: number): void {
    this.#bytes[from] += bytes.length;
    const limitBytes = from === "server" ? MAX_SERVER_BYTES : MAX_CLIENT_BYTES;
    if (this.#bytes[from] > limitBytes && this.#settledBytes === null) {
      this.#isCut[from] = true;
      this.#isOverflown = from === "server";
      if (from === "server") this.#tell({ kind: "overflow", atMs: this.#at(timeMs), limitBytes });
      return;
    }
    // A segment that waited for its turn is older than those told before it.
    this.#clockMs = Math.max(this.#clockMs, timeMs);
    const atMs = this.#at(this.#clockMs);
    this.enterUnseen(atMs);
    // A recording of TLS without X.224.
    const isDirect =
      this.#mark !== null &&
      this.#events.every(({ kind }) => kind === "connected") &&
      bytes[0] === TLS_HANDSHAKE;
    if (isDirect) this.#reader = this.#createReader(true);
    if (this.#events.length === 0) this.#tell({ kind: "connected", atMs: this.#mark?.startedAtMs ?? 0 });
    const heard = this.acknowledgments.heardOf("client") - this.#opening.clientStart;
    this.#layer?.heard(heard - this.#reader.requestSizeBytes);
    this.#tell({ kind: from === "client" ? "sent" : "received", atMs, bytes });
    if (this.#settledBytes === null && this.isSettled) {
      this.#settledBytes = this.#bytes.client + this.#bytes.server;
    }
  }

  #tell(event: WireEvent): void {
    this.#events.push(event);
    this.#reader.receive(event);
  }

  #createReader(isDirect: boolean): ConversationReader {
    const reader = new ConversationReader({
      isDirect,
      mayMissRequest: this.#mark === null,
      provesSelfSigned: true,
      tls: () => {
        this.#layer = new ObservedLayer(this.#keyLog);
        return this.#layer;
      },
    });
    for (const event of isDirect ? this.#events : []) reader.receive(event);
    return reader;
  }

  /** The keys came after the bytes that they open. */
  #readAgain(): void {
    const { layer } = this.#reader;
    const isDirect = this.#mark !== null && layer?.kind === "tls" && this.#reader.requestSizeBytes === 0;
    this.#reader = this.#createReader(isDirect);
    if (!isDirect) for (const event of this.#events) this.#reader.receive(event);
    this.#reader.flush();
  }

  #at(timeMs: number): number {
    return Math.max(0, timeMs - this.#originMs);
  }
}
