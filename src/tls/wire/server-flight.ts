/**
 * Everything that a server sends in answer to a ClientHello, as far as it is in the clear: read from bytes
 * that come in any pieces.
 */
import type { Decoded, DecodeFault } from "../../bytes/decoded.ts";
import { ALERT_LEVEL, type Alert, decodeAlert } from "./alert.ts";
import { decodeCertificate } from "./certificate.ts";
import { type CertificateRequest, decodeCertificateRequest } from "./certificate-request.ts";
import { cipherSuite } from "../tables/cipher-suites.ts";
import { HANDSHAKE_HEADER_SIZE_BYTES, HANDSHAKE_TYPE } from "./handshake-message.ts";
import { HandshakeStream, type PlacedMessage } from "./handshake-stream.ts";
import { CONTENT_TYPE, MAX_FRAGMENT_SIZE_BYTES } from "./record.ts";
import { type PlacedRecord, RecordStream } from "./record-stream.ts";
import {
  decodeServerHello,
  isHelloRetryRequest,
  negotiatedVersion,
  type ServerHello,
} from "./server-hello.ts";
import { decodeServerKeyExchange, type ServerKeyExchange } from "./server-key-exchange.ts";
import { TLS_VERSION } from "../tables/versions.ts";

export interface ServerFlight {
  readonly hello: ServerHello | null;
  readonly helloRetryRequest: ServerHello | null;
  /** DER, the leaf first; null in TLS 1.3, which encrypts it. */
  readonly certificates: readonly Uint8Array[] | null;
  readonly keyExchange: ServerKeyExchange | null;
  readonly certificateRequest: CertificateRequest | null;
  /** ServerHelloDone: the server waits for the client's keys (up to TLS 1.2). */
  readonly helloDone: boolean;
  /** ChangeCipherSpec (up to TLS 1.2) or application data came: what follows cannot be read, and is not. */
  readonly encrypted: boolean;
  /** The first alert in the clear; a fatal one takes the place of a warning. */
  readonly alert: Alert | null;
  /** What broke the protocol first, its offset counted in the server's TLS bytes. Nothing is read after it. */
  readonly fault: DecodeFault | null;
  /** All bytes received, read or not. */
  readonly sizeBytes: number;
}

export interface ServerFlightReader {
  /** Takes the server's next bytes, however many. */
  receive(bytes: Uint8Array): void;
  /** What is known so far. */
  flight(): ServerFlight;
}

/** The flight in bytes that are all there; an incomplete one is what is known so far. */
export const readServerFlight = (bytes: Uint8Array): ServerFlight => {
  const reader = createServerFlightReader();
  reader.receive(bytes);
  return reader.flight();
};

/** Holds one unfinished record and one unfinished handshake message at most, and what it found. */
export const createServerFlightReader = (): ServerFlightReader => {
  const records = new RecordStream();
  const flight = new ServerFlightState();
  let sizeBytes = 0;

  return {
    receive(bytes) {
      sizeBytes += bytes.length;
      for (let at = 0; at < bytes.length && !flight.isOver; at += MAX_FRAGMENT_SIZE_BYTES) {
        records.append(
          bytes.length <= MAX_FRAGMENT_SIZE_BYTES ? bytes : bytes.subarray(at, at + MAX_FRAGMENT_SIZE_BYTES),
        );
        while (!flight.isOver) {
          const record = records.next();
          if (record.status === "need") break;
          if (record.status === "bad") flight.fail(record.fault);
          else flight.take(record.value);
        }
      }
    },
    flight: () => flight.known(sizeBytes),
  };
};

/** Takes a handshake message: its type and its body. */
export type OnMessage = (message: PlacedMessage) => void;

const NOBODY: OnMessage = () => {};

/** The flight as it is being found out, record by record: for whoever cuts the records. */
export class ServerFlightState {
  readonly #messages = new HandshakeStream();
  readonly #onMessage: OnMessage;
  readonly #known = { ...NO_FLIGHT };

  /** @param onMessage takes each handshake message in the clear, as it was sent. */
  constructor(onMessage: OnMessage = NOBODY) {
    this.#onMessage = onMessage;
  }

  /** Nothing more of it can be read. */
  get isOver(): boolean {
    return isOver(this.#known);
  }

  /** Takes the server's next record; one after the end of the flight changes nothing. */
  take(record: PlacedRecord): void {
    if (!this.isOver) takeRecord(this.#known, record, this.#messages, this.#onMessage);
  }

  /** What comes now is no TLS record. */
  fail(fault: DecodeFault): void {
    this.#known.fault ??= fault;
  }

  /** A handshake message began and is not whole. */
  get isWithinMessage(): boolean {
    return this.#messages.isWithinMessage;
  }

  /** @param sizeBytes all bytes that the server has sent. */
  known(sizeBytes: number): ServerFlight {
    return { ...this.#known, sizeBytes };
  }
}

/** The flight as it is being found out. */
type Known = { -readonly [Part in keyof ServerFlight]: ServerFlight[Part] };

type Findings = Partial<ServerFlight>;

const NOTHING: Findings = {};

/** Before the server's first byte. */
export const NO_FLIGHT: ServerFlight = {
  hello: null,
  helloRetryRequest: null,
  certificates: null,
  keyExchange: null,
  certificateRequest: null,
  helloDone: false,
  encrypted: false,
  alert: null,
  fault: null,
  sizeBytes: 0,
};

const isOver = (flight: ServerFlight): boolean => flight.encrypted || flight.fault !== null;

const takeRecord = (
  known: Known,
  record: PlacedRecord,
  messages: HandshakeStream,
  onMessage: OnMessage,
): void => {
  switch (record.contentType) {
    case CONTENT_TYPE.changeCipherSpec:
      // A TLS 1.3 server sends one for the sake of middleboxes, and it changes nothing (RFC 8446 D.4).
      if (!isTls13(known)) known.encrypted = true;
      return;
    case CONTENT_TYPE.applicationData:
      known.encrypted = true;
      return;
    case CONTENT_TYPE.alert:
      Object.assign(known, findingsOfAlert(known, record));
      return;
    case CONTENT_TYPE.handshake:
      messages.append(record);
      takeMessages(known, messages, onMessage);
  }
};

const findingsOfAlert = (flight: ServerFlight, record: PlacedRecord): Findings => {
  const decoded = decodeAlert(record.fragment);
  if (decoded.status !== "done") {
    const reason = `${record.fragment.length} bytes are no alert`;
    return { fault: { field: "alert", offset: record.fragmentOffset, reason } };
  }
  const alert = decoded.value;
  const isGraver = flight.alert?.level !== ALERT_LEVEL.fatal && alert.level === ALERT_LEVEL.fatal;
  return flight.alert === null || isGraver ? { alert } : NOTHING;
};

const takeMessages = (known: Known, messages: HandshakeStream, onMessage: OnMessage): void => {
  while (known.fault === null) {
    const message = messages.next();
    if (message.status === "need") return;
    if (message.status === "bad") known.fault = message.fault;
    else {
      Object.assign(known, findingsOfMessage(known, message.value));
      onMessage(message.value);
    }
  }
};

const findingsOfMessage = (flight: ServerFlight, message: PlacedMessage): Findings => {
  const version = flight.hello === null ? TLS_VERSION.tls12 : negotiatedVersion(flight.hello);
  const suite = flight.hello === null ? null : cipherSuite(flight.hello.cipherSuite);
  const { body } = message;
  switch (message.type) {
    case HANDSHAKE_TYPE.serverHello:
      return finding(message, decodeServerHello(body), (hello) => withHello(flight, message, hello));
    case HANDSHAKE_TYPE.certificate:
      if (flight.certificates !== null) return second(message, "certificate");
      return finding(message, decodeCertificate(body), ({ chain }) => ({ certificates: chain }));
    case HANDSHAKE_TYPE.serverKeyExchange:
      return finding(message, decodeServerKeyExchange(body, suite, version), (keyExchange) => ({
        keyExchange,
      }));
    case HANDSHAKE_TYPE.certificateRequest:
      return finding(message, decodeCertificateRequest(body, version), (certificateRequest) => ({
        certificateRequest,
      }));
    case HANDSHAKE_TYPE.serverHelloDone:
      return { helloDone: true };
    default:
      return NOTHING;
  }
};

const finding = <T>(
  message: PlacedMessage,
  decoded: Decoded<T>,
  findings: (value: T) => Findings,
): Findings => {
  if (decoded.status === "done") return findings(decoded.value);
  return decoded.status === "bad" ? { fault: message.placed(decoded.fault) } : NOTHING;
};

const withHello = (flight: ServerFlight, message: PlacedMessage, hello: ServerHello): Findings => {
  if (flight.hello !== null) return second(message, "server_hello");
  if (!isHelloRetryRequest(hello)) return { hello };
  return flight.helloRetryRequest === null
    ? { helloRetryRequest: hello }
    : second(message, "hello_retry_request");
};

const second = (message: PlacedMessage, name: string): Findings => ({
  fault: message.placed({
    field: `handshake.${name}`,
    offset: -HANDSHAKE_HEADER_SIZE_BYTES,
    reason: "a second one came",
  }),
});

const isTls13 = ({ hello, helloRetryRequest }: ServerFlight): boolean => {
  const latest = hello ?? helloRetryRequest;
  return latest !== null && negotiatedVersion(latest) >= TLS_VERSION.tls13;
};
