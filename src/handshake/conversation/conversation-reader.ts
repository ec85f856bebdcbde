/**
 * The one reader of a conversation, for live and captured bytes alike: it is told what happens on the wire, decodes
 * each byte once, and knows at every moment what is owed and by whom.
 */
import { GrowingBytes } from "../../bytes/growing-bytes.ts";
import { decodeTsRequest } from "../../credssp/ts-request.ts";
import { decodeMcsPdu } from "../../mcs/mcs-pdu.ts";
import type { ServerTpdu } from "../../x224/server-tpdu.ts";
import type { WireEvent } from "./transcript.ts";
import type {
  ConnectFacts,
  ConnectionEnd,
  ConnectionFacts,
  ConnectionStage,
} from "../facts/connection-facts.ts";
import { type CredSspFacts, readCredSsp } from "../facts/credssp-facts.ts";
import { type McsFacts, readMcs } from "../facts/mcs-facts.ts";
import { FOREIGN_SAMPLE_BYTES } from "../facts/foreign-protocol.ts";
import {
  isCredSsp,
  isMcsDisconnect,
  isStandardSecurity,
  type NegotiationFacts,
  readNegotiation,
  tlsProtocol,
} from "../facts/negotiation-facts.ts";
import { readTls } from "../facts/tls-facts.ts";
import type { Owing, TlsLayer } from "../facts/tls-layer.ts";

export interface ReaderOptions {
  /** TLS begins with the first byte, without X.224. */
  readonly isDirect: boolean;
  /** Called once, when TLS is due. */
  readonly tls: () => TlsLayer;
  /** Whether a certificate's own signature is verified, which costs most of a millisecond. */
  readonly provesSelfSigned: boolean;
  /** In a capture the request may come after its answer, or not at all. */
  readonly mayMissRequest?: boolean;
}

/** What has to come next. */
export interface Owed {
  readonly by: Owing;
  readonly stage: ConnectionStage;
  /** The message, in the words of its specification. */
  readonly awaits: string;
}

/** What follows the negotiation; null before it is over. */
export type Layer =
  | null
  | { readonly kind: "tls"; readonly selected: number; readonly tls: TlsLayer }
  | { readonly kind: "rdp" }
  /** The negotiation failed, or something that is no RDP answers. */
  | { readonly kind: "none" };

/** Neither a request nor an answer of the negotiation is longer. */
const MAX_NEGOTIATION_BYTES = 8192;
/** Enough of unexpected bytes to tell what they are. */
const SAMPLE_BYTES = 64;
const TPKT_VERSION = 3;
const TLS_HANDSHAKE = 22;
/** `selected` where TLS begins without a negotiation that chose it. */
const NOT_SELECTED = 0;
const NOTHING = new Uint8Array(0);

type EndEvent = Extract<
  WireEvent,
  { kind: "fin" | "rst" | "timeout" | "overflow" | "ended" | "connect-failed" }
>;

export class ConversationReader {
  readonly #options: ReaderOptions;
  readonly #clientHead = new GrowingBytes();
  readonly #serverHead = new GrowingBytes();
  /** What the server sent right after its Connection Confirm that is no TLS. */
  readonly #trailing = new GrowingBytes();
  /** Of Standard RDP Security, in the clear. */
  readonly #mcs = { client: new GrowingBytes(), server: new GrowingBytes() };
  #layer: Layer = null;
  #negotiation: NegotiationFacts | null = null;
  #connect: ConnectFacts = { outcome: "open" };
  #end: EndEvent | null = null;
  /** Bytes of the client after its request. */
  #clientBytes = 0;
  #isEarly = false;
  #connectedAtMs: number | null = null;
  #negotiatedAtMs: number | null = null;
  #securedAtMs: number | null = null;
  /** When the client first spoke after the security layer stood, and when its answer was whole. */
  #askedAtMs: number | null = null;
  #answeredAtMs: number | null = null;
  #lastAtMs: number | null = null;
  #isFlushed = false;

  constructor(options: ReaderOptions) {
    this.#options = options;
    if (options.isDirect) this.#layer = { kind: "tls", selected: NOT_SELECTED, tls: options.tls() };
  }

  get layer(): Layer {
    return this.#layer;
  }

  /** The handshake was cut, or was ended by the client: nothing that the server sends now counts. */
  get isEnded(): boolean {
    return this.#end !== null;
  }

  /** The peer ended it: what we send now it does not read. */
  get isEndedByPeer(): boolean {
    return this.#end !== null && this.#end.kind !== "timeout" && this.#end.kind !== "ended";
  }

  /** Where TLS was due, the server sent something else. */
  get isTakenBack(): boolean {
    return this.#trailing.size > 0 || (this.#layer?.kind === "rdp" && this.#mcs.server.size > 0);
  }

  /** What the server answered to the Connect-Initial so far, opened. */
  get mcsAnswer(): Uint8Array {
    return this.#layer?.kind === "tls" ? this.#layer.tls.opened : this.#mcs.server.bytes;
  }

  /** Takes the next event of the wire. */
  receive(event: WireEvent): void {
    this.#lastAtMs = event.atMs;
    switch (event.kind) {
      case "connected":
        this.#connectedAtMs ??= event.atMs;
        return;
      case "sent":
        this.#sent(event.bytes, event.atMs);
        return;
      case "received":
        if (this.#end === null) this.#received(event.bytes, event.atMs);
        // A recording may hold the alert that came when the client had left already.
        else if (this.#end.kind === "ended" && this.#layer?.kind === "tls")
          this.#layer.tls.received(event.bytes);
        return;
      case "tls-stopped":
        if (this.#layer?.kind === "tls") this.#layer.tls.stop?.(event.state);
        return;
      case "connect-failed":
        this.#connect = { outcome: event.reason, detail: event.detail };
        this.#end ??= event;
        return;
      default:
        this.#end ??= event;
    }
  }

  /** Bytes of the client's request, after which TLS or MCS begins. */
  get requestSizeBytes(): number {
    return this.#negotiation?.clientSizeBytes ?? 0;
  }

  /** No more bytes come: a request that is awaited still is not in the capture. */
  flush(): void {
    this.#isFlushed = true;
    if (this.#layer === null && this.#serverHead.size > 0) this.#negotiate(this.#lastAtMs ?? 0);
  }

  /** What has to come next; null where nothing has. */
  owed(): Owed | null {
    if (this.#connectedAtMs === null) return { by: "server", stage: "tcp", awaits: "SYN-ACK" };
    const layer = this.#layer;
    switch (layer?.kind) {
      case undefined:
        return this.#hasRequest()
          ? { by: "server", stage: "negotiation", awaits: "Connection Confirm" }
          : { by: "client", stage: "negotiation", awaits: "Connection Request" };
      case "none":
        return null;
      case "rdp":
        return this.#owedInMcs();
      case "tls":
        return this.#owedInTls(layer.tls, layer.selected);
    }
  }

  /** @param startedAtMs when the dialling began. */
  facts(startedAtMs: number): ConnectionFacts {
    const layer = this.#layer;
    const { provesSelfSigned } = this.#options;
    const negotiation = this.#negotiationFacts();
    const isTaken = this.#trailing.size === 0;
    const isTlsBegun = layer?.kind === "tls" && (this.#clientBytes > 0 || layer.tls.serverSizeBytes > 0);
    const tls =
      isTlsBegun && isTaken
        ? readTls(layer.tls.facts(), {
            provesSelfSigned,
            isEarly: this.#isEarly && (this.#clientBytes === 0 || this.#options.mayMissRequest !== true),
          })
        : null;
    const mcs = this.#mcsFacts();
    return {
      connect: this.#connect,
      negotiation,
      tls,
      credssp: mcs === null ? this.#credSspFacts() : null,
      mcs,
      end: this.#endFacts(mcs === null ? this.#stage(tls?.state.kind === "established") : "mcs"),
      times: {
        startedAtMs,
        connectedAtMs: this.#connectedAtMs,
        negotiatedAtMs: this.#negotiatedAtMs,
        securedAtMs: this.#securedAtMs,
        endedAtMs: this.#end?.atMs ?? this.#lastAtMs ?? startedAtMs,
      },
    };
  }

  #sent(bytes: Uint8Array, atMs: number): void {
    if (this.#layer === null) {
      this.#clientHead.append(bytes);
      if (this.#serverHead.size > 0) this.#negotiate(atMs);
      return;
    }
    // A client of a capture may begin TLS where nobody agreed on it, and be answered.
    if (this.#clientBytes === 0 && bytes[0] === TLS_HANDSHAKE && this.#layer.kind !== "tls") {
      this.#layer = { kind: "tls", selected: NOT_SELECTED, tls: this.#options.tls() };
    }
    const layer = this.#layer;
    this.#clientBytes += bytes.length;
    if (layer.kind === "rdp") {
      this.#askedAtMs ??= atMs;
      this.#mcs.client.append(bytes);
    } else if (layer.kind === "tls") {
      layer.tls.sent(bytes);
      this.#watch(layer.tls, layer.selected, atMs);
    }
  }

  #received(bytes: Uint8Array, atMs: number): void {
    const layer = this.#layer;
    switch (layer?.kind) {
      case undefined:
        this.#serverHead.append(bytes);
        this.#negotiate(atMs);
        return;
      case "none":
        this.#sample(bytes);
        return;
      case "rdp":
        this.#mcs.server.append(bytes);
        if (decodeMcsPdu(this.#mcs.server.bytes).status !== "need") this.#answeredAtMs ??= atMs;
        return;
      case "tls":
        if (this.#trailing.size > 0 || (layer.tls.serverSizeBytes === 0 && this.#isTrailing(bytes))) {
          if (this.#trailing.size < MAX_NEGOTIATION_BYTES) this.#trailing.append(bytes);
          return;
        }
        this.#isEarly ||= this.#clientBytes === 0 && !this.#options.isDirect;
        layer.tls.received(bytes);
        this.#watch(layer.tls, layer.selected, atMs);
    }
  }

  /** A TPKT where TLS is due takes the Connection Confirm back, as a rule. */
  #isTrailing([first]: Uint8Array): boolean {
    return !this.#options.isDirect && first === TPKT_VERSION;
  }

  #negotiate(atMs: number): void {
    const client = this.#clientHead.bytes;
    const server = this.#serverHead.bytes;
    const facts = readNegotiation(client, server);
    this.#negotiation = facts;
    const { answer } = facts;
    if (answer.kind === "foreign" || answer.kind === "malformed") {
      this.#layer = { kind: "none" };
      return;
    }
    const isTooLong = Math.max(client.length, server.length) > MAX_NEGOTIATION_BYTES;
    if (answer.kind !== "tpdu") {
      if (isTooLong) this.#layer = { kind: "none" };
      return;
    }
    const isMissing = client.length === 0 && this.#options.mayMissRequest === true;
    if ((facts.isRequestPartial || isMissing) && !isTooLong && !this.#isFlushed) return;
    this.#negotiatedAtMs = atMs;
    this.#layer = this.#layerOf(answer.tpdu, facts);
    const clientRest = client.slice(facts.clientSizeBytes);
    const serverRest = server.slice(facts.serverSizeBytes);
    if (clientRest.length > 0) this.#sent(clientRest, atMs);
    if (serverRest.length > 0) this.#received(serverRest, atMs);
  }

  /** What is no answer of RDP is told by its first bytes, in however many pieces they come. */
  #sample(bytes: Uint8Array): void {
    const kind = this.#negotiation?.answer.kind;
    if (kind === "tpdu" || this.#serverHead.size >= FOREIGN_SAMPLE_BYTES) return;
    this.#serverHead.append(bytes.subarray(0, FOREIGN_SAMPLE_BYTES - this.#serverHead.size));
    this.#negotiation = readNegotiation(this.#clientHead.bytes, this.#serverHead.bytes);
  }

  #layerOf(tpdu: ServerTpdu, { request }: NegotiationFacts): Layer {
    if (isStandardSecurity(tpdu)) return { kind: "rdp" };
    const selected = tlsProtocol(tpdu, request);
    return selected === null ? { kind: "none" } : { kind: "tls", selected, tls: this.#options.tls() };
  }

  #watch(tls: TlsLayer, selected: number, atMs: number): void {
    if (this.#securedAtMs === null && tls.state.kind === "established") this.#securedAtMs = atMs;
    if (this.#answeredAtMs !== null || !tls.words.clientSpoke) return;
    this.#askedAtMs ??= atMs;
    const decode = isCredSsp(selected) ? decodeTsRequest : decodeMcsPdu;
    if (tls.words.isReadable && decode(tls.opened).status !== "need") this.#answeredAtMs = atMs;
  }

  #hasRequest(): boolean {
    return this.#clientHead.size > 0 && readNegotiation(this.#clientHead.bytes, NOTHING).request !== null;
  }

  #owedInMcs(): Owed | null {
    const isAsked = decodeMcsPdu(this.#mcs.client.bytes).status !== "need";
    if (!isAsked) return { by: "client", stage: "mcs", awaits: "Connect-Initial" };
    return this.#answeredAtMs === null ? { by: "server", stage: "mcs", awaits: "Connect-Response" } : null;
  }

  #owedInTls({ state, words }: TlsLayer, selected: number): Owed | null {
    if (this.#trailing.size > 0) return null;
    if (state.kind === "unfinished") return { by: state.owes, stage: "tls", awaits: state.awaits };
    if (state.kind !== "established") return null;
    const [stage, question, answer] = isCredSsp(selected)
      ? (["credssp", "TSRequest", "TSRequest"] as const)
      : (["mcs", "Connect-Initial", "Connect-Response"] as const);
    if (!words.clientSpoke) return { by: "client", stage, awaits: question };
    const isAnswered = words.isReadable ? this.#answeredAtMs !== null : words.serverSpoke;
    return isAnswered ? null : { by: "server", stage, awaits: answer };
  }

  #negotiationFacts(): NegotiationFacts | null {
    if (this.#connect.outcome !== "open" || this.#options.isDirect) return null;
    const facts = this.#negotiation ?? readNegotiation(this.#clientHead.bytes, NOTHING);
    const trailing = this.#trailing.bytes;
    if (trailing.length === 0) {
      const isUnasked = this.#layer?.kind === "rdp" && this.#askedAtMs === null;
      return { ...facts, takenBack: isUnasked && isMcsDisconnect(this.#mcs.server.bytes) };
    }
    const takenBack = isMcsDisconnect(trailing);
    return { ...facts, takenBack, trailing: takenBack ? null : trailing.slice(0, SAMPLE_BYTES) };
  }

  /** Null where it was not begun, and where a capture has no keys to read it. */
  #credSspFacts(): CredSspFacts | null {
    const layer = this.#layer;
    if (layer?.kind !== "tls" || this.#askedAtMs === null || !isCredSsp(layer.selected)) return null;
    const { words, opened } = layer.tls;
    if (!words.isReadable && words.serverSpoke) return null;
    const alert = layer.tls.facts().sessionAlert;
    const ending = alert === null || alert.description === CLOSE_NOTIFY ? null : alert.description;
    return readCredSsp({
      sealed: layer.tls.sealed,
      opened,
      sentAtMs: this.#askedAtMs,
      answeredAtMs: this.#answeredAtMs,
      alert: ending,
    });
  }

  #mcsFacts(): McsFacts | null {
    const layer = this.#layer;
    if (this.#askedAtMs === null || layer === null || layer.kind === "none") return null;
    const { client, server } =
      layer.kind === "rdp"
        ? { client: this.#mcs.client.bytes, server: this.#mcs.server.bytes }
        : { client: layer.tls.sealed, server: layer.tls.opened };
    return readMcs({ client, server, sentAtMs: this.#askedAtMs, answeredAtMs: this.#answeredAtMs });
  }

  #stage(isSecured: boolean): ConnectionStage {
    if (this.#connect.outcome !== "open") return "tcp";
    if (this.#layer?.kind !== "tls") return "negotiation";
    return isSecured ? "credssp" : "tls";
  }

  #endFacts(stage: ConnectionStage): ConnectionEnd {
    switch (this.#end?.kind) {
      case "fin":
      case "rst":
      case "timeout":
      case "overflow":
        return { kind: this.#end.kind, stage };
      default:
        return { kind: "ours" };
    }
  }
}

const CLOSE_NOTIFY = 0;
