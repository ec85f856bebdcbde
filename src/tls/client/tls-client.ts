/**
 * rdprobe's own TLS client, as a state machine without I/O: it sends the ClientHello of a profile byte for byte, goes
 * through the handshake of TLS 1.0 to 1.3, and verifies all that the server signs and finishes. It exists to probe.
 * It verifies no chain, no name and no date, gives its secrets to whoever records them, and takes weak parameters
 * without a word: never use it to protect anything.
 */

import { concatAll } from "../../bytes/concat-bytes.ts";
import { toHex } from "../../bytes/hex.ts";
import type { Alert } from "../wire/alert.ts";
import { derivationHash } from "../tables/bulk-ciphers.ts";
import { cipherSuite } from "../tables/cipher-suites.ts";
import { type ClientHello, encodeClientHelloRecord } from "../wire/client-hello.ts";
import { MAX_SESSION_ID_SIZE_BYTES, RANDOM_SIZE_BYTES } from "../wire/hello-start.ts";
import type { ClientProfile } from "../profiles/client-profile.ts";
import { EXTENSION, extensionData } from "../wire/extension.ts";
import { wellFormed } from "../wire/extension-lists.ts";
import { HANDSHAKE_TYPE } from "../wire/handshake-message.ts";
import { clientHelloOf } from "../profiles/hello-of-profile.ts";
import { decodeRetryGroup } from "../wire/key-share.ts";
import { CONTENT_TYPE, RECORD_HEADER_SIZE_BYTES } from "../wire/record.ts";
import { NO_FLIGHT, type ServerFlight } from "../wire/server-flight.ts";
import {
  decodeServerHello,
  isHelloRetryRequest,
  negotiatedVersion,
  type ServerHello,
} from "../wire/server-hello.ts";
import { TLS_VERSION } from "../tables/versions.ts";
import { ClientRecords } from "./client-records.ts";
import type { FlightInProgress, Handshake, Step } from "./handshake.ts";
import { Handshake12 } from "./handshake-12.ts";
import { beginHandshake13 } from "./handshake-13.ts";
import { type Offer, offerOf } from "./offer.ts";
import { alertOf, endsConnection, graverAlert } from "./received-alert.ts";
import { secondHello } from "./second-hello.ts";
import { checkHelloRetryRequest, checkServerHello } from "./checks/server-hello-check.ts";
import { type ServerMessage, ServerMessages } from "./server-messages.ts";
import { type ServerRecord, ServerRecords } from "./server-records.ts";
import type { KeyPair, TlsEntropy } from "./tls-entropy.ts";
import { faultOf, type TlsFault } from "./tls-fault.ts";
import type { TlsOutcome } from "./tls-outcome.ts";
import { TranscriptHash } from "./transcript-hash.ts";

export type { KeyPair, TlsEntropy } from "./tls-entropy.ts";

export interface TlsClientOptions {
  readonly profile: ClientProfile;
  /** For server_name, or null. */
  readonly serverName: string | null;
  readonly isAddress: boolean;
  /** All that is random or secret. */
  readonly entropy: TlsEntropy;
  /** Takes each line of an NSS key log, without its end; null where nobody records. */
  readonly onSecret: ((line: string) => void) | null;
}

interface TlsReading {
  /** The last hello sent. */
  readonly offered: ClientHello;
  /** What the server sent, also what was sealed. */
  readonly flight: ServerFlight;
  readonly outcome: TlsOutcome;
  /** A code of NAMED_GROUPS; null before it is known, and where there is none. */
  readonly group: number | null;
  /** The server's alert after the handshake, close_notify as well. */
  readonly sessionAlert: Alert | null;
  /** What the server broke after the handshake. */
  readonly sessionFault: TlsFault | null;
}

export interface TlsClient {
  /** Takes the server's next bytes, in any pieces. */
  receive(bytes: Uint8Array): void;
  /** What is to go on the wire now, as one piece; null where nothing is. */
  output(): Uint8Array | null;
  /** Application data that was opened since the last call; null where none was. */
  opened(): Uint8Array | null;
  /** Application data as one record. @throws RangeError where the handshake is not through. */
  seal(bytes: Uint8Array): Uint8Array;
  /** close_notify. */
  close(): Uint8Array;
  reading(): TlsReading;
}

/** A client whose ClientHello waits in `output`. */
export const createTlsClient = (options: TlsClientOptions): TlsClient => new HandshakeClient(options);

/** More warnings in a row are an attack. */
const MAX_WARNINGS = 5;

class HandshakeClient implements TlsClient {
  readonly #options: TlsClientOptions;
  readonly #input = new ServerRecords();
  readonly #messages = new ServerMessages();
  readonly #sender = new ClientRecords();
  readonly #transcript = new TranscriptHash();
  readonly #pairs = new Map<number, KeyPair>();
  readonly #flight: FlightInProgress = { ...NO_FLIGHT };
  #offered: ClientHello;
  #offer: Offer;
  #retry: ServerHello | null = null;
  #handshake: Handshake | null = null;
  #outcome: TlsOutcome = { kind: "handshaking", awaits: "server_hello" };
  #opened: Uint8Array[] = [];
  #sessionAlert: Alert | null = null;
  #sessionFault: TlsFault | null = null;
  #warnings = 0;

  constructor(options: TlsClientOptions) {
    const { profile, entropy, serverName, isAddress } = options;
    this.#options = options;
    this.#offered = clientHelloOf(profile, {
      serverName,
      isAddress,
      random: entropy.bytes(RANDOM_SIZE_BYTES),
      sessionId: entropy.bytes(MAX_SESSION_ID_SIZE_BYTES),
      keyShares: (group) => this.#pairOf(group)?.publicValue ?? new Uint8Array(0),
    });
    this.#offer = offerOf(this.#offered);
    if (this.#outcome.kind === "handshaking") this.#say(profile.recordVersion);
  }

  receive(bytes: Uint8Array): void {
    this.#flight.sizeBytes += bytes.length;
    if (this.#isOver) return;
    this.#input.append(bytes);
    while (!this.#isOver) {
      const next = this.#input.next();
      if (next.kind === "need") return;
      if (next.kind === "fault") this.#fail(next.fault);
      else this.#take(next.record);
    }
    this.#input.release();
    this.#messages.release();
  }

  output(): Uint8Array | null {
    return this.#sender.drain();
  }

  opened(): Uint8Array | null {
    const [only, second] = this.#opened;
    if (only === undefined) return null;
    const parts = this.#opened;
    this.#opened = [];
    if (second === undefined) return only;
    return concatAll(parts);
  }

  seal(bytes: Uint8Array): Uint8Array {
    if (this.#outcome.kind !== "established") throw new RangeError("tls client: no session to seal in");
    return this.#sender.record(CONTENT_TYPE.applicationData, bytes);
  }

  close(): Uint8Array {
    return this.#sender.alertRecord();
  }

  reading(): TlsReading {
    return {
      offered: this.#offered,
      flight: { ...this.#flight },
      outcome: this.#outcome,
      group: this.#handshake?.group ?? null,
      sessionAlert: this.#sessionAlert,
      sessionFault: this.#sessionFault,
    };
  }

  /** Nothing that comes now changes anything. */
  get #isOver(): boolean {
    const { kind } = this.#outcome;
    if (kind === "established") return this.#sessionAlert !== null || this.#sessionFault !== null;
    return kind !== "handshaking";
  }

  /** Null, and the end, for a group that cannot be had here. */
  #pairOf(group: number): KeyPair | null {
    try {
      const pair = this.#options.entropy.keyPair(group);
      this.#pairs.set(group, pair);
      return pair;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#outcome = { kind: "limit", limit: { kind: "group", group } };
      return null;
    }
  }

  #say(recordVersion: number): void {
    const record = encodeClientHelloRecord(this.#offered, recordVersion);
    this.#transcript.add(record.subarray(RECORD_HEADER_SIZE_BYTES));
    this.#sender.raw(record);
  }

  #fail(fault: TlsFault): void {
    if (this.#outcome.kind === "established") this.#sessionFault = fault;
    else this.#outcome = { kind: "fault", fault };
  }

  #take(record: ServerRecord): void {
    const { contentType, bytes, offset } = record;
    if (contentType !== CONTENT_TYPE.alert) this.#warnings = 0;
    switch (contentType) {
      case CONTENT_TYPE.alert:
        this.#takeAlert(bytes, offset);
        return;
      case CONTENT_TYPE.handshake:
        this.#messages.append(bytes, offset);
        this.#takeMessages();
        return;
      case CONTENT_TYPE.changeCipherSpec:
        this.#takeChangeCipherSpec(bytes, offset);
        return;
      case CONTENT_TYPE.applicationData:
        if (this.#outcome.kind !== "established") this.#fail(notDue(contentType, offset));
        else this.#opened.push(bytes.slice());
        return;
      default:
        this.#fail(notDue(contentType, offset));
    }
  }

  #takeChangeCipherSpec(bytes: Uint8Array, offset: number): void {
    if (bytes.length !== 1 || bytes[0] !== 1 || this.#handshake === null) {
      this.#fail(notDue(CONTENT_TYPE.changeCipherSpec, offset));
      return;
    }
    this.#follow(this.#handshake.changeCipherSpec(offset));
    this.#flight.encrypted = true;
  }

  #takeAlert(bytes: Uint8Array, offset: number): void {
    const read = alertOf(bytes, offset);
    if ("fault" in read) {
      this.#fail(read.fault);
      return;
    }
    const { alert } = read;
    if (this.#outcome.kind !== "established") this.#flight.alert = graverAlert(this.#flight.alert, alert);
    if (!endsConnection(alert, this.#flight.hello)) {
      this.#warnings += 1;
      if (this.#warnings >= MAX_WARNINGS)
        this.#fail(faultOf("order", "alert", "", "too many warnings", offset));
      return;
    }
    const { outcome } = this.reading();
    if (outcome.kind === "established") this.#sessionAlert = alert;
    else if (outcome.kind === "handshaking") this.#outcome = { kind: "alert", alert, awaits: outcome.awaits };
  }

  #takeMessages(): void {
    while (!this.#isOver) {
      const next = this.#messages.next();
      switch (next.kind) {
        case "need":
          return;
        case "message":
          this.#follow(this.#stepOf(next.message));
          break;
        case "fault":
          this.#fail(next.fault);
          break;
        case "limit":
          if (this.#outcome.kind !== "established") this.#outcome = next;
          else return;
      }
    }
  }

  #stepOf(message: ServerMessage): Step {
    const handshake = this.#handshake;
    if (handshake === null) {
      if (message.type === HANDSHAKE_TYPE.helloRequest) return null;
      return message.type === HANDSHAKE_TYPE.serverHello
        ? this.#serverHello(message)
        : { kind: "fault", fault: messageNotDue(message) };
    }
    return this.#outcome.kind === "established"
      ? handshake.laterMessage(message)
      : handshake.message(message);
  }

  #follow(step: Step): void {
    switch (step?.kind) {
      case undefined:
        if (this.#outcome.kind === "handshaking") {
          this.#outcome = { kind: "handshaking", awaits: this.#handshake?.awaits ?? "server_hello" };
        }
        return;
      case "fault":
        this.#fail(step.fault);
        return;
      case "limit":
      case "established":
        this.#outcome = step;
    }
  }

  #serverHello(message: ServerMessage): Step {
    const decoded = decodeServerHello(message.body);
    if (decoded.status !== "done") {
      const fault =
        decoded.status === "bad"
          ? { kind: "decode" as const, message: "server_hello", ...decoded.fault }
          : faultOf("decode", "server_hello", "", "it ends too early");
      return { kind: "fault", fault: placed(fault, message) };
    }
    const hello = decoded.value;
    return isHelloRetryRequest(hello) ? this.#helloRetryRequest(hello, message) : this.#begin(hello, message);
  }

  /** RFC 8446 4.1.4: another hello, with the share that is asked for, and the cookie. */
  #helloRetryRequest(hello: ServerHello, message: ServerMessage): Step {
    if (this.#retry !== null) return { kind: "fault", fault: messageNotDue(message) };
    this.#flight.helloRetryRequest = hello;
    const fault = checkHelloRetryRequest(hello, this.#offer);
    if (fault !== null) return { kind: "fault", fault: placed(fault, message) };
    if (!this.#messages.isEmpty) return { kind: "fault", fault: messageNotDue(message) };
    const suite = cipherSuite(hello.cipherSuite);
    const group = wellFormed(extensionData(hello.extensions, EXTENSION.keyShare), decodeRetryGroup);
    const pair = group === null ? null : this.#pairOf(group);
    if (suite === null || (group !== null && pair === null)) return null;
    this.#retry = hello;
    this.#input.retry();
    this.#transcript.replaceWithHash(derivationHash(suite));
    this.#transcript.add(message.whole.slice());
    const share = group === null || pair === null ? null : { group, keyExchange: pair.publicValue };
    this.#offered = secondHello(this.#offered, hello, share);
    this.#offer = offerOf(this.#offered);
    if (this.#offered.sessionId.length > 0) this.#sender.changeCipherSpec();
    this.#say(TLS_VERSION.tls12);
    return null;
  }

  #begin(hello: ServerHello, message: ServerMessage): Step {
    this.#flight.hello = hello;
    const fault = checkServerHello(hello, this.#offer, this.#retry);
    if (fault !== null) return { kind: "fault", fault: placed(fault, message) };
    const version = negotiatedVersion(hello);
    const is13 = version >= TLS_VERSION.tls13;
    // The next record is under keys: nothing of this one may be left.
    if (is13 && !this.#messages.isEmpty) return { kind: "fault", fault: messageNotDue(message) };
    this.#transcript.add(message.whole.slice());
    this.#input.agreeOn(version);
    this.#sender.agreeOn(version);
    const parts = {
      offered: this.#offered,
      offer: this.#offer,
      hello,
      isRetried: this.#retry !== null,
      pairs: this.#pairs,
      entropy: this.#options.entropy,
      flight: this.#flight,
      transcript: this.#transcript,
      input: this.#input,
      messages: this.#messages,
      output: this.#sender,
      tell: (label: string, secret: Uint8Array) => this.#tell(label, secret),
    };
    if (!is13) {
      this.#handshake = new Handshake12(parts);
      return null;
    }
    const begun = beginHandshake13(parts, message.offset);
    if ("kind" in begun) return begun;
    this.#handshake = begun;
    return null;
  }

  #tell(label: string, secret: Uint8Array): void {
    const { onSecret } = this.#options;
    if (onSecret !== null) onSecret(`${label} ${toHex(this.#offered.random)} ${toHex(secret)}`);
  }
}

const placed = (fault: TlsFault, { offset }: ServerMessage): TlsFault => ({
  ...fault,
  offset: fault.offset + offset,
});

const messageNotDue = ({ type, offset }: ServerMessage): TlsFault =>
  faultOf("order", "handshake", "msg_type", `message ${type} is not due`, offset);

const notDue = (contentType: number, offset: number): TlsFault =>
  faultOf("order", "record", "type", `content type ${contentType} is not due`, offset);
