/**
 * What a captured TLS handshake proves: in the clear that the server's choice was offered, that its certificate can be
 * read and that its key signed the exchange (up to TLS 1.2); with the secrets of a key log all that our own client
 * verifies. Messages may come in the order of the capture, which is not always that of the wire.
 */
import { decodeCertificate13 } from "../../tls/wire/certificate.ts";
import type { CertificateRequest } from "../../tls/wire/certificate-request.ts";
import { derivationHash } from "../../tls/tables/bulk-ciphers.ts";
import { type CipherSuite, cipherSuite } from "../../tls/tables/cipher-suites.ts";
import { asCertificateRequest, decodeCertificateRequest13 } from "../../tls/client/certificate-request-13.ts";
import { checkKeyOfSuite, type LeafKey, readLeaf } from "../../tls/client/checks/certificate-check.ts";
import { FinishedProof } from "../../tls/client/checks/finished-check.ts";
import { type Offer, offerOf } from "../../tls/client/offer.ts";
import { checkHelloRetryRequest, checkServerHello } from "../../tls/client/checks/server-hello-check.ts";
import { decodeCertificateVerify, ServerProof } from "../../tls/client/checks/signature-check.ts";
import type { TlsFault } from "../../tls/client/tls-fault.ts";
import { TranscriptHash } from "../../tls/client/transcript-hash.ts";
import type { ClientHello } from "../../tls/wire/client-hello.ts";
import { encodeHandshakeMessage, HANDSHAKE_TYPE } from "../../tls/wire/handshake-message.ts";
import type { PlacedMessage } from "../../tls/wire/handshake-stream.ts";
import type { SessionSecrets } from "../../tls/decrypt/key-log.ts";
import type { ServerFlight } from "../../tls/wire/server-flight.ts";
import { negotiatedVersion, type ServerHello } from "../../tls/wire/server-hello.ts";
import { encodeServerKeyExchange } from "../../tls/wire/server-key-exchange.ts";
import { TlsWitness } from "../../tls/decrypt/tls-witness.ts";
import { TLS_VERSION } from "../../tls/tables/versions.ts";
import { groupOf } from "./hello-layer.ts";

/** What was said in the clear so far. */
export interface ClearHandshake {
  readonly flight: ServerFlight;
  readonly hellos: readonly ClientHello[];
}

/** The server's flight up to TLS 1.2. */
const ORDER: readonly number[] = [
  HANDSHAKE_TYPE.serverHello,
  HANDSHAKE_TYPE.certificate,
  HANDSHAKE_TYPE.certificateStatus,
  HANDSHAKE_TYPE.serverKeyExchange,
  HANDSHAKE_TYPE.certificateRequest,
  HANDSHAKE_TYPE.serverHelloDone,
  HANDSHAKE_TYPE.newSessionTicket,
];

/** Messages that no server sends there. */
const FLIGHT_TYPES: ReadonlySet<number> = new Set([
  HANDSHAKE_TYPE.clientHello,
  HANDSHAKE_TYPE.encryptedExtensions,
  HANDSHAKE_TYPE.certificateVerify,
  HANDSHAKE_TYPE.clientKeyExchange,
  HANDSHAKE_TYPE.finished,
]);

export class ObservedProof {
  readonly #clear: () => ClearHandshake;
  /** Handshake messages as they were sent, headers included. */
  readonly #clientMessages: Uint8Array[] = [];
  readonly #serverMessages: Uint8Array[] = [];
  /** How many of the server's messages came before its ServerHelloDone, that one included. */
  #flightLength: number | null = null;
  /** Moves a fault of the last message of a type to its place on the wire. */
  readonly #placed = new Map<number, PlacedMessage["placed"]>();
  #isHelloChecked = false;
  #isLeafRead = false;
  #isExchangeChecked = false;
  /** How far the server's flight has come in its order. */
  #place = 0;
  #leaf: LeafKey | null = null;
  #signature: ServerProof | null = null;
  secrets: SessionSecrets | null = null;
  fault: TlsFault | null = null;
  witness: TlsWitness | null = null;
  /** As TLS 1.3 sent them sealed. */
  certificates: readonly Uint8Array[] | null = null;
  certificateRequest: CertificateRequest | null = null;

  /** @param clear reads what was said in the clear so far. */
  constructor(clear: () => ClearHandshake) {
    this.#clear = clear;
  }

  /** Takes a handshake message of the client, in the clear or opened. */
  clientMessage(message: PlacedMessage): void {
    if (this.witness === null) this.#clientMessages.push(encodeHandshakeMessage(message));
    this.#check();
  }

  /** Takes one of the server's in the clear. */
  serverMessage(message: PlacedMessage): void {
    this.#serverMessages.push(encodeHandshakeMessage(message));
    this.#placed.set(message.type, message.placed);
    this.#checkOrder(message);
    if (message.type === HANDSHAKE_TYPE.serverHelloDone) this.#flightLength = this.#serverMessages.length;
    this.#check();
  }

  /** Takes one of the server's that was opened. */
  sealedServerMessage(message: PlacedMessage): void {
    const { hello } = this.#clear().flight;
    if (this.witness !== null || this.fault !== null || hello === null) return;
    this.#check();
    this.#placed.set(message.type, message.placed);
    if (negotiatedVersion(hello) >= TLS_VERSION.tls13) this.#sealed13(message, hello);
    else if (message.type === HANDSHAKE_TYPE.finished) this.#finished12(message, hello);
    this.#serverMessages.push(encodeHandshakeMessage(message));
  }

  /** @param type the message that is at fault: its offset is counted in the server's bytes. */
  #fail(fault: TlsFault, type: number): void {
    const { field, offset, reason } = fault;
    const placed = this.#placed.get(type)?.({ field, offset, reason }).offset ?? offset;
    this.fault ??= { ...fault, offset: placed };
  }

  #offer(): Offer | null {
    const offered = this.#clear().hellos.at(-1);
    return offered === undefined ? null : offerOf(offered);
  }

  /** What can be checked by now, each thing once. */
  #check(): void {
    const { flight } = this.#clear();
    const offer = this.#offer();
    if (offer === null || this.fault !== null) return;
    if (!this.#isHelloChecked) this.#checkHello(flight, offer);
    const { hello } = flight;
    const suite = hello === null ? null : cipherSuite(hello.cipherSuite);
    if (hello === null || suite === null || this.fault !== null || this.#isExchangeChecked) return;
    if (negotiatedVersion(hello) < TLS_VERSION.tls13 && flight.certificates !== null) {
      if (!this.#isLeafRead) this.#readLeaf(flight.certificates);
      if (this.fault !== null || this.#leaf === null) return;
      if (flight.helloDone || flight.keyExchange !== null) this.#checkExchange(flight, hello, suite, offer);
    }
  }

  #checkHello({ hello, helloRetryRequest }: ServerFlight, offer: Offer): void {
    const { hellos } = this.#clear();
    if (hello === null) {
      if (helloRetryRequest === null || hellos.length !== 1) return;
      const fault = checkHelloRetryRequest(helloRetryRequest, offer);
      if (fault !== null) this.#fail(fault, HANDSHAKE_TYPE.serverHello);
      return;
    }
    this.#isHelloChecked = true;
    const fault = checkServerHello(hello, offer, helloRetryRequest);
    if (fault !== null) this.#fail(fault, HANDSHAKE_TYPE.serverHello);
  }

  #checkExchange(flight: ServerFlight, hello: ServerHello, suite: CipherSuite, offer: Offer): void {
    this.#isExchangeChecked = true;
    const leaf = this.#leaf;
    if (leaf === null) return;
    const unfit = checkKeyOfSuite(leaf, suite);
    if (unfit !== null) {
      this.#fail(unfit, HANDSHAKE_TYPE.certificate);
      return;
    }
    const { keyExchange } = flight;
    const [first] = this.#clear().hellos;
    if (keyExchange === null || keyExchange.kind === "opaque" || keyExchange.signature === null) return;
    if (first === undefined) return;
    const proof = ServerProof.ofKeyExchange(
      {
        signature: keyExchange.signature,
        parameters: encodeServerKeyExchange({ ...keyExchange, signature: null }),
        clientRandom: first.random,
        serverRandom: hello.random,
        version: negotiatedVersion(hello),
      },
      leaf,
      offer,
    );
    if (proof instanceof ServerProof) this.#signature = proof;
    else this.#fail(proof, HANDSHAKE_TYPE.serverKeyExchange);
  }

  /** Up to TLS 1.2 the messages have one order, and some have to be there (RFC 5246 7.3). */
  #checkOrder({ type }: PlacedMessage): void {
    const { hello } = this.#clear().flight;
    if (hello === null || negotiatedVersion(hello) >= TLS_VERSION.tls13) return;
    const suite = cipherSuite(hello.cipherSuite);
    const isExchangeMissing =
      type === HANDSHAKE_TYPE.serverHelloDone &&
      (suite?.keyExchange === "dhe" || suite?.keyExchange === "ecdhe") &&
      this.#clear().flight.keyExchange === null;
    const place = ORDER.indexOf(type);
    if (place >= 0 && place >= this.#place && !isExchangeMissing) {
      this.#place = place + 1;
      return;
    }
    if (place < 0 && !FLIGHT_TYPES.has(type)) return;
    const reason = `message ${type} is not due`;
    this.#fail({ kind: "order", message: "handshake", field: "handshake.msg_type", offset: 0, reason }, type);
  }

  /** No leaf where the certificate is at fault, or has a key that we do not read. */
  #readLeaf(chain: readonly Uint8Array[]): void {
    this.#isLeafRead = true;
    const reading = readLeaf(chain);
    if (reading.kind === "fault") this.#fail(reading.fault, HANDSHAKE_TYPE.certificate);
    this.#leaf = reading.kind === "leaf" ? reading.leaf : null;
  }

  #sealed13({ type, body }: PlacedMessage, hello: ServerHello): void {
    switch (type) {
      case HANDSHAKE_TYPE.certificateRequest: {
        const request = decodeCertificateRequest13(body);
        if (request.status === "done") this.certificateRequest = asCertificateRequest(request.value);
        return;
      }
      case HANDSHAKE_TYPE.certificate: {
        const decoded = decodeCertificate13(body);
        if (decoded.status !== "done") return;
        this.certificates = decoded.value.entries.map(({ certificate }) => certificate);
        this.#readLeaf(this.certificates);
        return;
      }
      case HANDSHAKE_TYPE.certificateVerify: {
        const verify = decodeCertificateVerify(body);
        const offer = this.#offer();
        const digest = this.#digest13(hello);
        if (verify.status !== "done" || offer === null || this.#leaf === null || digest === null) return;
        const proof = ServerProof.ofCertificateVerify(verify.value, digest, this.#leaf, offer);
        if (proof instanceof ServerProof) this.#signature = proof;
        else this.#fail(proof, HANDSHAKE_TYPE.certificateVerify);
        return;
      }
      case HANDSHAKE_TYPE.finished:
        this.#finished13(body, hello);
        return;
      default:
    }
  }

  #finished13(body: Uint8Array, hello: ServerHello): void {
    const suite = cipherSuite(hello.cipherSuite);
    const secret = this.secrets?.serverHandshake;
    const digest = this.#digest13(hello);
    if (suite === null || secret === undefined || digest === null || this.#signature === null) return;
    this.#conclude(FinishedProof.of13(body, derivationHash(suite), secret, digest), hello);
  }

  #finished12({ body }: PlacedMessage, hello: ServerHello): void {
    const suite = cipherSuite(hello.cipherSuite);
    const master = this.secrets?.master;
    if (suite === null || master === undefined) return;
    const version = negotiatedVersion(hello);
    const hash = derivationHash(suite);
    const transcript = new TranscriptHash();
    transcript.start(version >= TLS_VERSION.tls12 ? hash : "md5+sha1");
    for (const message of this.#messages12()) transcript.add(message);
    this.#conclude(FinishedProof.of12(body, { version, hash }, master, transcript.digest()), hello);
  }

  /** In the order of the handshake: hello, the server's flight, the client's, and what the server said after it. */
  #messages12(): readonly Uint8Array[] {
    const [hello, ...rest] = this.#clientMessages;
    const length = this.#flightLength ?? this.#serverMessages.length;
    const flight = this.#serverMessages.slice(0, length);
    const isAbbreviated = this.#flightLength === null;
    return hello === undefined
      ? []
      : [hello, ...flight, ...(isAbbreviated ? [] : rest), ...this.#serverMessages.slice(length)];
  }

  #conclude(finished: FinishedProof | TlsFault, hello: ServerHello): void {
    if (!(finished instanceof FinishedProof)) {
      this.#fail(finished, HANDSHAKE_TYPE.finished);
      return;
    }
    const agreed = {
      version: negotiatedVersion(hello),
      cipherSuite: hello.cipherSuite,
      group: groupOf(this.#clear().flight),
    };
    this.witness = TlsWitness.verified(agreed, { signature: this.#signature, finished });
  }

  /** The hash up to now; null where a message before is missing. */
  #digest13(hello: ServerHello): Uint8Array | null {
    const suite = cipherSuite(hello.cipherSuite);
    const { helloRetryRequest } = this.#clear().flight;
    const [first, second] = this.#clientMessages;
    if (suite === null || first === undefined) return null;
    const hash = derivationHash(suite);
    const transcript = new TranscriptHash();
    transcript.add(first);
    let rest: readonly Uint8Array[] = this.#serverMessages;
    if (helloRetryRequest !== null) {
      const [retry] = rest;
      if (retry === undefined || second === undefined) return null;
      transcript.replaceWithHash(hash);
      transcript.add(retry);
      transcript.add(second);
      rest = rest.slice(1);
    }
    transcript.start(hash);
    for (const message of rest) transcript.add(message);
    return transcript.digest();
  }
}
