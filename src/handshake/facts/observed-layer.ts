/**
 * TLS of a captured connection, followed from outside: all that is in the clear, what keys open, and who has to speak
 * next. What can be verified is: the server's signature in the clear, and with keys all that our own client verifies.
 * What cannot, the client of the capture shows by going on.
 */
import { GrowingBytes } from "../../bytes/growing-bytes.ts";
import { ALERT_LEVEL, type Alert, decodeAlert } from "../../tls/wire/alert.ts";
import { cipherSuite } from "../../tls/tables/cipher-suites.ts";
import { type ClientHello, decodeClientHello } from "../../tls/wire/client-hello.ts";
import { HANDSHAKE_TYPE } from "../../tls/wire/handshake-message.ts";
import { HandshakeStream } from "../../tls/wire/handshake-stream.ts";
import type { KeyLog } from "../../tls/decrypt/key-log.ts";
import {
  ObservedSide,
  SEALED_ALERT_BYTES,
  type SealedRecord,
  sealedFinishedBytes,
} from "../../tls/decrypt/observed-side.ts";
import { CONTENT_TYPE } from "../../tls/wire/record.ts";
import type { PlacedRecord } from "../../tls/wire/record-stream.ts";
import { type ServerFlight, ServerFlightState } from "../../tls/wire/server-flight.ts";
import { negotiatedVersion, type ServerHello } from "../../tls/wire/server-hello.ts";
import { type SessionOpeners, sessionOpeners } from "../../tls/decrypt/session-openers.ts";
import type { TlsFault } from "../../tls/client/tls-fault.ts";
import { TlsWitness } from "../../tls/decrypt/tls-witness.ts";
import { TLS_VERSION } from "../../tls/tables/versions.ts";
import { decodeFault, groupOf } from "./hello-layer.ts";
import type { StoppedTls } from "../conversation/transcript.ts";
import { isClientHelloAlone } from "../conversation/lone-client-hello.ts";
import { ObservedProof } from "./observed-proof.ts";
import { APPLICATION_DATA } from "./tls-layer.ts";
import type { ClientAlert, TlsLayer, TlsLayerFacts, TlsState, TlsWords } from "./tls-layer.ts";

/** A HelloRetryRequest has the client send a second one. */
const MAX_HELLOS = 2;
const CLOSE_NOTIFY = 0;
const USER_CANCELED = 90;

export class ObservedLayer implements TlsLayer {
  readonly #keyLog: KeyLog;
  readonly #client = new ObservedSide();
  readonly #server = new ObservedSide();
  readonly #clientMessages = new HandshakeStream();
  readonly #sealedMessages = { client: new HandshakeStream(), server: new HandshakeStream() };
  readonly #flight = new ServerFlightState((message) => this.#proof.serverMessage(message));
  readonly #proof = new ObservedProof(() => ({ flight: this.#clearFlight(), hellos: this.#hellos }));
  readonly #sealed = new GrowingBytes();
  readonly #opened = new GrowingBytes();
  #hellos: readonly ClientHello[] = [];
  #openers: SessionOpeners | null = null;
  #clientAlert: ClientAlert | null = null;
  #serverAlert: Alert | null = null;
  #clientWentOn = false;
  #stopped: StoppedTls | null = null;
  /** Of the client's bytes, those that the server had when it sent each of its records of application data. */
  readonly #heardAt: number[] = [];
  /** Bytes of the client's TLS that the server had acknowledged when it last spoke. */
  #heardBytes = 0;
  /** Bytes of a side are missing: nothing of it can be read from there on. */
  #isCut = false;

  constructor(keyLog: KeyLog) {
    this.#keyLog = keyLog;
  }

  get serverSizeBytes(): number {
    return this.#server.sizeBytes;
  }

  get sealed(): Uint8Array {
    return this.#sealed.bytes;
  }

  get opened(): Uint8Array {
    return this.#opened.bytes;
  }

  /** There were keys for this session: did they open all of it? */
  get secrets(): "none" | "read" | "unfit" {
    if (this.#openers === null) return "none";
    return this.#client.isUnfit || this.#server.isUnfit ? "unfit" : "read";
  }

  /** The key log may know the session, and was not asked when its bytes came. */
  get mayHaveKeys(): boolean {
    const [offered] = this.#hellos;
    return this.#openers === null && offered !== undefined && this.#keyLog.secretsOf(offered.random) !== null;
  }

  /** Takes how many bytes of the client's TLS the server has acknowledged. */
  heard(bytes: number): void {
    this.#heardBytes = Math.max(this.#heardBytes, bytes);
  }

  stop(state: StoppedTls): void {
    this.#stopped = state;
  }

  /** Bytes of a side are missing from here on. */
  cut(): void {
    this.#isCut = true;
  }

  sent(bytes: Uint8Array): void {
    const hadAnswer = this.words.serverSpoke;
    const before = this.#clientWords();
    this.#client.receive(bytes, (record) => this.#takeOfClient(record));
    if (hadAnswer && this.#clientWords() > before) this.#clientWentOn = true;
  }

  received(bytes: Uint8Array): void {
    if (this.#isCut) return;
    const fault = this.#server.receive(bytes, (record) => this.#takeOfServer(record));
    // What breaks later is no fault of the handshake: xrdp says goodbye in RDP after a fatal alert.
    if (fault !== null && !this.#hasRefused && this.state.kind !== "established") this.#flight.fail(fault);
    while (this.#heardAt.length < this.#server.applicationRecords.length)
      this.#heardAt.push(this.#heardBytes);
  }

  /** A fatal alert in the clear is the server's last word in TLS. */
  get #hasRefused(): boolean {
    return this.#clearFlight().alert?.level === ALERT_LEVEL.fatal;
  }

  get words(): TlsWords {
    const isReadable = this.secrets === "read";
    const clientSpoke = isReadable ? this.#sealed.size > 0 : this.#clientWord() !== null;
    const serverSpoke = clientSpoke && (isReadable ? this.#opened.size > 0 : this.#hasServerSpoken);
    return { clientSpoke, serverSpoke, clientWentOn: this.#clientWentOn, isReadable };
  }

  get state(): TlsState {
    if (this.#stopped !== null) return this.#stopped;
    const flight = this.#clearFlight();
    const fault = this.#proof.fault ?? clearFault(flight);
    if (fault !== null) return { kind: "fault", fault };
    if (flight.alert?.level === ALERT_LEVEL.fatal) return { kind: "alert", alert: flight.alert };
    const isProven = this.#proof.witness !== null;
    if (this.#serverAlert !== null && !isProven) return { kind: "alert", alert: this.#serverAlert };
    const witness = this.#proof.witness ?? this.#acceptance(flight);
    if (witness !== null) return { kind: "established", witness };
    return { kind: "unfinished", ...this.#owed(flight) };
  }

  facts(): TlsLayerFacts {
    const clear = this.#clearFlight();
    const { certificates, certificateRequest, witness } = this.#proof;
    const flight = {
      ...clear,
      certificates: clear.certificates ?? certificates,
      certificateRequest: clear.certificateRequest ?? certificateRequest,
      alert: clear.alert ?? (witness === null ? this.#serverAlert : null),
    };
    return {
      offered: this.#hellos.at(-1) ?? null,
      flight,
      group: groupOf(clear),
      state: this.state,
      sessionAlert: witness === null ? null : this.#serverAlert,
      sessionFault: null,
      clientAlert: this.#clientAlert ?? this.#sealedClientAlert(),
    };
  }

  #takeOfClient(record: PlacedRecord): void {
    const side = this.#client;
    switch (record.contentType) {
      case CONTENT_TYPE.changeCipherSpec:
        side.changedCipherSpec = true;
        return;
      case CONTENT_TYPE.handshake:
        if (side.changedCipherSpec && !this.#isTls13 && !isClientHelloAlone(record.fragment)) break;
        this.#clientMessages.append(record);
        this.#takeClientMessages();
        return;
      case CONTENT_TYPE.alert:
        if (side.changedCipherSpec && !this.#isTls13) break;
        this.#takeClientAlert(record.fragment);
        return;
      case CONTENT_TYPE.applicationData:
        break;
      default:
        return;
    }
    const opened = this.#openAs("client", record);
    if (opened === null) return;
    if (opened.contentType === CONTENT_TYPE.applicationData) this.#sealed.append(opened.bytes);
    else if (opened.contentType === CONTENT_TYPE.alert) this.#takeClientAlert(opened.bytes);
    else this.#takeSealedMessages("client", record, opened.bytes);
  }

  #takeOfServer(record: PlacedRecord): void {
    if (this.#hasRefused) return;
    const side = this.#server;
    const isSealed =
      record.contentType === CONTENT_TYPE.applicationData ||
      (side.changedCipherSpec && !this.#isTls13 && record.contentType !== CONTENT_TYPE.changeCipherSpec);
    if (!isSealed) {
      if (record.contentType === CONTENT_TYPE.changeCipherSpec) side.changedCipherSpec = true;
      this.#flight.take(record);
      return;
    }
    this.#flight.take(record);
    const opened = this.#openAs("server", record);
    if (opened === null) return;
    if (opened.contentType === CONTENT_TYPE.applicationData) this.#opened.append(opened.bytes);
    else if (opened.contentType === CONTENT_TYPE.alert) {
      const alert = decodeAlert(opened.bytes);
      if (alert.status === "done") this.#serverAlert ??= alert.value;
    } else this.#takeSealedMessages("server", record, opened.bytes);
  }

  #openAs(from: "client" | "server", record: PlacedRecord) {
    this.#findKeys();
    return (from === "client" ? this.#client : this.#server).openSealed(record);
  }

  #findKeys(): void {
    if (this.#openers !== null || this.#keyLog.isEmpty) return;
    const offered = this.#hellos[0];
    const { hello } = this.#clearFlight();
    const secrets = offered === undefined ? null : this.#keyLog.secretsOf(offered.random);
    const suite = hello === null ? null : cipherSuite(hello.cipherSuite);
    if (offered === undefined || hello === null || secrets === null || suite === null) return;
    this.#openers = sessionOpeners(suite, secrets, offered.random, hello);
    this.#client.opener = this.#openers?.client ?? null;
    this.#server.opener = this.#openers?.server ?? null;
    this.#proof.secrets = secrets;
  }

  #takeClientMessages(): void {
    for (let next = this.#clientMessages.next(); next.status === "done"; next = this.#clientMessages.next()) {
      const message = next.value;
      if (message.type === HANDSHAKE_TYPE.clientHello && this.#hellos.length < MAX_HELLOS) {
        const hello = decodeClientHello(message.body);
        if (hello.status === "done") this.#hellos = [...this.#hellos, hello.value];
      }
      this.#proof.clientMessage(message);
    }
  }

  #takeSealedMessages(from: "client" | "server", record: PlacedRecord, fragment: Uint8Array): void {
    const messages = this.#sealedMessages[from];
    messages.append({ ...record, fragment });
    for (let next = messages.next(); next.status === "done"; next = messages.next()) {
      if (from === "client") this.#proof.clientMessage(next.value);
      else this.#proof.sealedServerMessage(next.value);
      (from === "client" ? this.#client : this.#server).opener?.passed(next.value.type);
    }
  }

  #takeClientAlert(bytes: Uint8Array): void {
    const alert = decodeAlert(bytes);
    if (alert.status !== "done" || this.#clientAlert !== null) return;
    const { description } = alert.value;
    if (description !== CLOSE_NOTIFY && description !== USER_CANCELED)
      this.#clientAlert = { alert: alert.value };
  }

  /** The client's last record is as long as an alert that TLS 1.3 seals, and came before its Finished. */
  #sealedClientAlert(): ClientAlert | null {
    const { hello } = this.#clearFlight();
    if (hello === null || !this.#isTls13 || this.#openers !== null) return null;
    const isAlert = this.#client.lastRecord?.sizeBytes === SEALED_ALERT_BYTES;
    return isAlert && this.#clientFinished(hello) < 0 ? { alert: null } : null;
  }

  #clearFlight(): ServerFlight {
    return this.#flight.known(this.#server.sizeBytes);
  }

  get #isTls13(): boolean {
    const { hello, helloRetryRequest } = this.#clearFlight();
    const latest = hello ?? helloRetryRequest;
    return latest !== null && negotiatedVersion(latest) >= TLS_VERSION.tls13;
  }

  /** Which of the client's records is its Finished, in TLS 1.3: a shorter one is a sealed alert; -1 without. */
  #clientFinished({ cipherSuite: code }: ServerHello): number {
    const least = sealedFinishedBytes(code);
    return this.#client.applicationRecords.findIndex(({ sizeBytes }) => sizeBytes >= least);
  }

  /** How many records the client has said inside the session, as far as their sizes tell. */
  #clientWords(): number {
    return this.#wordRecords().length;
  }

  #clientWord(): SealedRecord | null {
    return this.#wordRecords()[0] ?? null;
  }

  #wordRecords(): readonly SealedRecord[] {
    const { applicationRecords } = this.#client;
    const { hello } = this.#clearFlight();
    if (hello === null || !this.#isTls13) return applicationRecords;
    const finished = this.#clientFinished(hello);
    if (finished < 0) return [];
    return applicationRecords.slice(finished + 1).filter(({ sizeBytes }) => sizeBytes !== SEALED_ALERT_BYTES);
  }

  /** In TLS 1.3, whose session tickets look the same, the server has spoken with a record after it had heard the client. */
  get #hasServerSpoken(): boolean {
    if (!this.#isTls13) return this.#server.applicationRecords.length > 0;
    const word = this.#clientWord();
    if (word === null) return false;
    return this.#server.applicationRecords.some(
      ({ sizeBytes }, index) =>
        sizeBytes !== SEALED_ALERT_BYTES && (this.#heardAt[index] ?? 0) >= word.endOffset,
    );
  }

  /** What the client of the capture shows to have verified, by what it sent after it. */
  #acceptance(flight: ServerFlight): TlsWitness | null {
    const { hello } = flight;
    if (hello === null || this.#isCut) return null;
    const isAccepted = this.#isTls13 ? this.#isFinishedAccepted(hello) : this.#isSessionUsed(flight);
    if (!isAccepted) return null;
    const version = negotiatedVersion(hello);
    return TlsWitness.acceptedByClient({ version, cipherSuite: hello.cipherSuite, group: groupOf(flight) });
  }

  /** A client of TLS 1.3 sends its Finished once it has verified the server's (RFC 8446 4.4). */
  #isFinishedAccepted(hello: ServerHello): boolean {
    if (this.#server.applicationRecords.length === 0 || this.#clientFinished(hello) < 0) return false;
    // A sealed alert of the server refuses the client, unless it answers the client's own close_notify.
    const isRefused = this.#server.lastRecord?.sizeBytes === SEALED_ALERT_BYTES;
    return !isRefused || this.#clientWentOn || this.#isCloseAnswered;
  }

  /** The client's last record is as long as a sealed alert, and the server had it when it sent its own. */
  get #isCloseAnswered(): boolean {
    const { lastRecord } = this.#client;
    return (
      lastRecord?.sizeBytes === SEALED_ALERT_BYTES && lastRecord.endOffset <= (this.#heardAt.at(-1) ?? 0)
    );
  }

  /** Up to TLS 1.2 the server's Finished is the last, and the client's first word shows that it was right. */
  #isSessionUsed({ helloDone }: ServerFlight): boolean {
    const client = this.#client;
    if (!this.#areFinished) return false;
    // An abbreviated handshake ends with the client's Finished (RFC 5246 7.3).
    return client.applicationRecords.length > 0 || !helloDone;
  }

  /** Up to TLS 1.2: both sides' Finished have passed. */
  get #areFinished(): boolean {
    return this.#client.sealedHandshakes > 0 && this.#server.sealedHandshakes > 0;
  }

  #owed(flight: ServerFlight): { readonly owes: "server" | "client" | "unknown"; readonly awaits: string } {
    const client = this.#client;
    const server = this.#server;
    if (this.#isCut) return { owes: "unknown", awaits: "what is missing" };
    if (this.#hellos.length === 0) {
      const isUnseen = client.sizeBytes === 0 && server.sizeBytes > 0;
      return { owes: isUnseen ? "unknown" : "client", awaits: "ClientHello" };
    }
    if (server.isWithinRecord || this.#flight.isWithinMessage) {
      return { owes: "server", awaits: flight.hello === null ? "ServerHello" : "the rest of its message" };
    }
    const { hello, helloRetryRequest, helloDone } = flight;
    if (hello === null) {
      const isRetryDue = helloRetryRequest !== null && this.#hellos.length < MAX_HELLOS;
      return isRetryDue
        ? { owes: "client", awaits: "ClientHello" }
        : { owes: "server", awaits: "ServerHello" };
    }
    if (this.#isTls13) return this.#owedIn13();
    if (!helloDone && !server.changedCipherSpec) {
      return { owes: "server", awaits: flight.certificates === null ? "Certificate" : "ServerHelloDone" };
    }
    if (helloDone && client.sealedHandshakes === 0) return { owes: "client", awaits: "Finished" };
    if (server.sealedHandshakes === 0) return { owes: "server", awaits: "Finished" };
    return client.sealedHandshakes === 0
      ? { owes: "client", awaits: "Finished" }
      : { owes: "client", awaits: APPLICATION_DATA };
  }

  #owedIn13(): { readonly owes: "server" | "client" | "unknown"; readonly awaits: string } {
    if (this.#server.applicationRecords.length === 0)
      return { owes: "server", awaits: "EncryptedExtensions" };
    if (this.secrets === "read") return { owes: "server", awaits: "Finished" };
    const { hello } = this.#clearFlight();
    const isFinished = hello !== null && this.#clientFinished(hello) >= 0;
    return { owes: "unknown", awaits: isFinished ? APPLICATION_DATA : "Finished" };
  }
}

const clearFault = ({ fault }: ServerFlight): TlsFault | null => (fault === null ? null : decodeFault(fault));
