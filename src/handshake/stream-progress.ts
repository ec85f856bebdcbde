/**
 * How far the RDP handshake of a captured stream has come, told as its bytes pass: from outside and without
 * keys. What it says of TLS rests on record headers (RFC 8446 5.1, RFC 5246 6.2.1).
 */
import { cipherSuite } from "../tls/cipher-suites.ts";
import { CONTENT_TYPE } from "../tls/record.ts";
import { createServerFlightReader, type ServerFlightReader } from "../tls/server-flight.ts";
import { negotiatedVersion, type ServerHello } from "../tls/server-hello.ts";
import { TLS_VERSION } from "../tls/versions.ts";
import { decodeConnectionRequest } from "../x224/connection-request.ts";
import { decodeServerTpdu } from "../x224/server-tpdu.ts";
import { decodeTpktHeader, TPKT_HEADER_SIZE } from "../x224/tpkt.ts";
import { isStandardSecurity, tlsProtocol } from "./negotiation-facts.ts";
import { SEALED_ALERT_BYTES, type SealedRecord, TlsTraffic } from "./tls-traffic.ts";

/** The security layer that follows the negotiation: none where it failed, null where it is not over. */
type Layer = "tls" | "rdp" | "none" | null;

/** An answer of the negotiation is not longer, nor is a request. */
const MAX_NEGOTIATION_BYTES = 8192;

const TPKT_VERSION = 3;

export class StreamProgress {
  readonly client = new TlsTraffic();
  readonly server = new TlsTraffic();
  readonly #flight: ServerFlightReader = createServerFlightReader();
  #clientHead: Uint8Array = new Uint8Array(0);
  #serverHead: Uint8Array = new Uint8Array(0);
  #layer: Layer = null;
  #serverBytesBehind = 0;
  #responseHead: Uint8Array = new Uint8Array(0);
  #isAnswered = false;
  #initialHead: Uint8Array = new Uint8Array(0);
  #clientBytesBehind = 0;
  /** Bytes of the client before its TLS. */
  #clientTlsStart = 0;
  /** Bytes of the client that the server had acknowledged when it last spoke. */
  heardByServer = 0;
  #isSecured = false;
  /** The client has sent bytes behind its request. */
  #hasGoneOn = false;

  get layer(): Layer {
    return this.#layer;
  }

  /** Both sides' Finished have passed. */
  get isSecured(): boolean {
    return this.#isSecured;
  }

  /** The handshake is over, and both sides have gone on behind it. */
  get isSettled(): boolean {
    if (this.#layer === "rdp") return this.#isAnswered;
    return this.#isSecured && this.clientSpoke && this.serverSpoke;
  }

  /** The Connect-Initial of Standard RDP Security is not whole, whatever the server has answered already. */
  get awaitsConnectInitial(): boolean {
    return this.#layer === "rdp" && !isWholeTpkt(this.#initialHead, this.#clientBytesBehind);
  }

  /** The client has said something inside TLS. */
  get clientSpoke(): boolean {
    return this.#clientWord() !== null;
  }

  /**
   * The server has said something inside TLS. In TLS 1.3, whose session tickets look the same: it has spoken
   * when it had heard the client.
   */
  get serverSpoke(): boolean {
    if (!this.#isTls13) return this.server.applicationRecords.length > 0;
    const word = this.#clientWord();
    return word !== null && this.heardByServer >= this.#clientTlsStart + word.endOffset;
  }

  /** Bytes of the server behind its answer to the Connection Request. */
  get serverBytesBehind(): number {
    return this.#serverBytesBehind;
  }

  sent(bytes: Uint8Array): void {
    if (this.#layer === null) {
      this.#clientHead = appended(this.#clientHead, bytes);
      this.#negotiate();
      return;
    }
    // A client may begin TLS where nobody agreed on it, and be answered.
    if (!this.#hasGoneOn && bytes[0] === CONTENT_TYPE.handshake) this.#layer = "tls";
    this.#hasGoneOn ||= bytes.length > 0;
    if (this.awaitsConnectInitial) {
      this.#initialHead = appended(this.#initialHead, bytes).slice(0, TPKT_HEADER_SIZE);
      this.#clientBytesBehind += bytes.length;
    }
    if (this.#layer !== "tls") return;
    this.client.receive(bytes);
    this.#markSecured();
  }

  received(bytes: Uint8Array): void {
    if (this.#layer === null) {
      this.#serverHead = appended(this.#serverHead, bytes);
      this.#negotiate();
      return;
    }
    this.#receiveBehind(bytes);
  }

  #receiveBehind(bytes: Uint8Array): void {
    this.#serverBytesBehind += bytes.length;
    if (this.#layer === "rdp" && !this.#isAnswered) {
      this.#responseHead = appended(this.#responseHead, bytes).slice(0, TPKT_HEADER_SIZE);
      this.#isAnswered = isWholeTpkt(this.#responseHead, this.#serverBytesBehind);
    }
    if (this.#layer !== "tls") return;
    this.#flight.receive(bytes);
    this.server.receive(bytes);
    this.#markSecured();
  }

  #negotiate(): void {
    const answer = decodeServerTpdu(this.#serverHead);
    const request = decodeConnectionRequest(this.#clientHead);
    // A request that came late in the capture, and not one that is not in it.
    const isRequestDue = request.status === "need" && (this.#clientHead[0] ?? TPKT_VERSION) === TPKT_VERSION;
    if (answer.status === "bad") {
      this.#layer = "none";
      return;
    }
    if (answer.status === "need" || isRequestDue) {
      const size = Math.max(this.#clientHead.length, this.#serverHead.length);
      if (size > MAX_NEGOTIATION_BYTES) this.#layer = "none";
      return;
    }
    const asked = request.status === "done" ? request.value : null;
    if (isStandardSecurity(answer.value)) this.#layer = "rdp";
    else this.#layer = tlsProtocol(answer.value, asked) === null ? "none" : "tls";
    this.#clientTlsStart = request.status === "done" ? request.size : 0;
    const clientRest = this.#clientHead.subarray(this.#clientTlsStart);
    const serverRest = this.#serverHead.subarray(answer.size);
    if (clientRest.length > 0) this.sent(clientRest);
    if (serverRest.length > 0) this.#receiveBehind(serverRest);
  }

  #markSecured(): void {
    const { client, server } = this;
    this.#isSecured ||= this.#isTls13
      ? server.applicationRecords.length > 0 && this.#clientFinished() >= 0
      : client.sealedHandshakes > 0 && server.sealedHandshakes > 0;
  }

  get #hello(): ServerHello | null {
    return this.#flight.flight().hello;
  }

  get #isTls13(): boolean {
    const hello = this.#hello;
    return hello !== null && negotiatedVersion(hello) >= TLS_VERSION.tls13;
  }

  /** Which of the client's records is its Finished, in TLS 1.3: a shorter one is a sealed alert; -1 without. */
  #clientFinished(): number {
    const hello = this.#hello;
    if (hello === null) return -1;
    const least = finishedBytes(hello.cipherSuite);
    return this.client.applicationRecords.findIndex(({ sizeBytes }) => sizeBytes >= least);
  }

  /** The client's first record of application data behind the handshake. */
  #clientWord(): SealedRecord | null {
    const { applicationRecords } = this.client;
    if (!this.#isTls13) return applicationRecords[0] ?? null;
    const finished = this.#clientFinished();
    if (finished < 0) return null;
    const behind = applicationRecords.slice(finished + 1);
    return behind.find(({ sizeBytes }) => sizeBytes !== SEALED_ALERT_BYTES) ?? null;
  }
}

/** A sealed Finished of TLS 1.3: header, hash, content type, tag (RFC 8446 4.4.4 and 5.2). */
const finishedBytes = (code: number): number =>
  4 + (cipherSuite(code)?.name.endsWith("SHA384") === true ? 48 : 32) + 1 + 16;

/** Whether a TPKT of this head is there in `sizeBytes`; what is none is waited for no longer. */
const isWholeTpkt = (head: Uint8Array, sizeBytes: number): boolean => {
  const header = decodeTpktHeader(head);
  if (header.status === "need") return false;
  return header.status === "bad" || sizeBytes >= header.value.length;
};

const appended = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
};
