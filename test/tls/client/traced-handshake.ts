/**
 * A handshake of TLS 1.3 that somebody else began: the client's own state machine from the ServerHello on, with a
 * hello and keys that no profile has.
 */
import { decodeClientHello } from "../../../src/tls/wire/client-hello.ts";
import { ClientRecords } from "../../../src/tls/client/client-records.ts";
import type { FlightInProgress, Handshake, Step } from "../../../src/tls/client/handshake.ts";
import { beginHandshake13 } from "../../../src/tls/client/handshake-13.ts";
import { offerOf } from "../../../src/tls/client/offer.ts";
import {
  checkHelloRetryRequest,
  checkServerHello,
} from "../../../src/tls/client/checks/server-hello-check.ts";
import { ServerMessages } from "../../../src/tls/client/server-messages.ts";
import { ServerRecords } from "../../../src/tls/client/server-records.ts";
import { TranscriptHash } from "../../../src/tls/client/transcript-hash.ts";
import { HANDSHAKE_HEADER_SIZE_BYTES } from "../../../src/tls/wire/handshake-message.ts";
import { CONTENT_TYPE, RECORD_HEADER_SIZE_BYTES } from "../../../src/tls/wire/record.ts";
import { decodeServerHello, type ServerHello } from "../../../src/tls/wire/server-hello.ts";
import { TLS_VERSION } from "../../../src/tls/tables/versions.ts";
import { TLS_ENTROPY } from "../../../src/transport/entropy/tls-entropy.ts";
import { valueIn } from "../expectations.ts";
import { knownKeyPair } from "./known-key-pairs.ts";
import type { Trace } from "./rfc8448-traces.ts";

export interface TracedHandshake {
  /** How the server's flight ended. */
  readonly step: Step;
  readonly flight: FlightInProgress;
  readonly secrets: Readonly<Record<string, Uint8Array>>;
  /** What the client answers. */
  readonly answer: Uint8Array | null;
  readonly output: ClientRecords;
  /** Opens what comes after the handshake: the type and the content of each record. */
  open(bytes: Uint8Array): readonly (readonly [number, Uint8Array])[];
}

const bodyOf = (record: Uint8Array): Uint8Array =>
  record.subarray(RECORD_HEADER_SIZE_BYTES + HANDSHAKE_HEADER_SIZE_BYTES);
const messageOf = (record: Uint8Array): Uint8Array => record.subarray(RECORD_HEADER_SIZE_BYTES);

/** @throws Error where a hello does not pass its checks */
export const traceHandshake = (trace: Trace): TracedHandshake => {
  const offered = clientHelloIn(trace.clientHello);
  const offer = offerOf(offered);
  const hello = serverHelloIn(trace.serverHello);
  const retry = trace.retry === null ? null : serverHelloIn(trace.retry.request);
  const transcript = new TranscriptHash();
  if (trace.retry !== null && retry !== null) {
    const fault = checkHelloRetryRequest(retry, offerOf(clientHelloIn(trace.retry.clientHello)));
    if (fault !== null) throw new Error(JSON.stringify(fault));
    transcript.add(messageOf(trace.retry.clientHello));
    transcript.replaceWithHash("sha256");
    transcript.add(messageOf(trace.retry.request));
  }
  const fault = checkServerHello(hello, offer, retry);
  if (fault !== null) throw new Error(JSON.stringify(fault));
  transcript.add(messageOf(trace.clientHello));
  transcript.add(messageOf(trace.serverHello));

  const input = new ServerRecords();
  const messages = new ServerMessages();
  const output = new ClientRecords();
  const flight: FlightInProgress = { ...NOTHING_YET, hello, helloRetryRequest: retry };
  const secrets: Record<string, Uint8Array> = {};
  input.agreeOn(TLS_VERSION.tls13);
  output.agreeOn(TLS_VERSION.tls13);
  const pairs = new Map([...trace.privateKeys].map(([group, key]) => [group, knownKeyPair(group, key)]));
  const begun = beginHandshake13(
    {
      ...{
        offered,
        offer,
        hello,
        isRetried: retry !== null,
        pairs,
        entropy: TLS_ENTROPY,
        flight,
        transcript,
      },
      ...{ input, messages, output },
      tell: (label, secret) => {
        secrets[label] = secret;
      },
    },
    0,
  );
  if ("kind" in begun) throw new Error(JSON.stringify(begun));
  input.append(trace.serverFlight);
  const step = stepsOf(begun, input, messages);
  return {
    ...{ step, flight, secrets, output, answer: output.drain() },
    open: (bytes) => {
      input.append(bytes);
      const opened: [number, Uint8Array][] = [];
      for (let next = input.next(); next.kind === "record"; next = input.next()) {
        opened.push([next.record.contentType, Uint8Array.from(next.record.bytes)]);
      }
      return opened;
    },
  };
};

const stepsOf = (handshake: Handshake, input: ServerRecords, messages: ServerMessages): Step => {
  for (let next = input.next(); next.kind !== "need"; next = input.next()) {
    if (next.kind === "fault") return next;
    // An alert, where the record's type was changed: the handshake is not through.
    if (next.record.contentType !== CONTENT_TYPE.handshake) return null;
    messages.append(next.record.bytes, next.record.offset);
    for (let read = messages.next(); read.kind !== "need"; read = messages.next()) {
      if (read.kind !== "message") return read;
      const step = handshake.message(read.message);
      if (step !== null) return step;
    }
  }
  return null;
};

const clientHelloIn = (record: Uint8Array) => {
  const body = bodyOf(record);
  return valueIn(decodeClientHello(body), body);
};

const serverHelloIn = (record: Uint8Array): ServerHello => {
  const body = bodyOf(record);
  return valueIn(decodeServerHello(body), body);
};

const NOTHING_YET: FlightInProgress = {
  ...{
    hello: null,
    helloRetryRequest: null,
    certificates: null,
    keyExchange: null,
    certificateRequest: null,
  },
  ...{ helloDone: false, encrypted: false, alert: null, fault: null, sizeBytes: 0 },
};
