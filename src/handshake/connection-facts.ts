/**
 * The facts of one connection: its transcript, decoded. The same for a live probe and for a captured
 * stream; what they mean is the judge's business.
 */
import { pooledBytes } from "../bytes/pooled-bytes.ts";
import type { ServerFlight } from "../tls/server-flight.ts";
import { type CredSspFacts, readCredSsp } from "./credssp-facts.ts";
import { isMcsPacket, type McsFacts, readMcs } from "./mcs-facts.ts";
import {
  isConfirm,
  isStandardSecurity,
  type NegotiationFacts,
  readNegotiation,
  tlsProtocol,
} from "./negotiation-facts.ts";
import { readTls, type TlsFacts } from "./tls-facts.ts";
import type { ConnectFailure, SessionView, Transcript, WireEvent } from "./transcript.ts";

/** The stage of a connection's handshake. */
type ConnectionStage = "tcp" | "negotiation" | "tls" | "credssp" | "mcs";

export type ConnectFacts =
  | { readonly outcome: "open" }
  | { readonly outcome: ConnectFailure; readonly detail: string };

/** How the conversation came to its end. `ours`: we had what we wanted and closed. */
export type ConnectionEnd =
  | { readonly kind: "ours" }
  | { readonly kind: "fin" | "rst" | "timeout" | "overflow"; readonly stage: ConnectionStage };

/** When each stage was over, in ms from the transcript's origin; null where it was not reached. */
export interface StageTimes {
  readonly startedAtMs: number;
  readonly connectedAtMs: number | null;
  readonly negotiatedAtMs: number | null;
  readonly securedAtMs: number | null;
  readonly endedAtMs: number;
}

export interface ConnectionFacts {
  readonly connect: ConnectFacts;
  /** Null where no connection came to be, or where TLS was begun without it. */
  readonly negotiation: NegotiationFacts | null;
  /** Null where TLS was not selected or not begun. */
  readonly tls: TlsFacts | null;
  /** Null where CredSSP was not begun. */
  readonly credssp: CredSspFacts | null;
  /** Null where MCS was not begun, or where a capture hides it in TLS. */
  readonly mcs: McsFacts | null;
  readonly end: ConnectionEnd;
  readonly times: StageTimes;
}

/**
 * Reads a connection's facts from its transcript.
 * @param startedAtMs when the dialling began.
 * @param serverFlight what was read of the server's TLS bytes already, if anything was.
 */
export const readConnection = (
  transcript: Transcript,
  startedAtMs: number,
  serverFlight: ServerFlight | null = null,
): ConnectionFacts => {
  const whole = gather(transcript);
  const failure = transcript.find((event) => event.kind === "connect-failed");
  const connect: ConnectFacts =
    failure === undefined ? { outcome: "open" } : { outcome: failure.reason, detail: failure.detail };
  const isDirect = whole.sent[0] === TLS_HANDSHAKE && !isConfirm(whole.received);
  const negotiation = failure === undefined && !isDirect ? readNegotiation(whole.sent, whole.received) : null;
  const tls = isDirect
    ? directTls(whole, serverFlight)
    : negotiation === null
      ? null
      : tlsOf(negotiation, whole, serverFlight);
  const negotiatedAtMs =
    negotiation?.answer.kind === "tpdu"
      ? timeOfByte(transcript, "received", negotiation.serverSizeBytes)
      : null;
  const securedAtMs = whole.securedAtMs;
  const isMcsSealed = isMcsPacket(whole.sealed);
  const mcs = isMcsSealed ? sealedMcs(transcript, whole) : clearMcs(transcript, negotiation, whole);
  return {
    connect,
    negotiation,
    tls,
    credssp:
      whole.sealedAtMs === null || isMcsSealed
        ? null
        : readCredSsp({
            sealed: whole.sealed,
            opened: whole.opened,
            sentAtMs: whole.sealedAtMs,
            answeredAtMs: whole.openedAtMs,
            alert: whole.sealedAlert,
          }),
    mcs,
    end: endOf(whole.end, mcs === null ? stageReached(connect, negotiation, tls) : "mcs"),
    times: {
      startedAtMs,
      connectedAtMs: transcript.find((event) => event.kind === "connected")?.atMs ?? null,
      negotiatedAtMs,
      securedAtMs,
      endedAtMs: whole.end?.atMs ?? transcript.at(-1)?.atMs ?? startedAtMs,
    },
  };
};

type EndEvent = Extract<
  WireEvent,
  { kind: "fin" | "rst" | "timeout" | "overflow" | "ended" | "session-failed" | "connect-failed" }
>;

interface Gathered {
  readonly sent: Uint8Array;
  readonly received: Uint8Array;
  readonly session: SessionView | null;
  readonly securedAtMs: number | null;
  readonly localFault: string | null;
  /** Application data of both sides, and when it went over. */
  readonly sealed: Uint8Array;
  readonly opened: Uint8Array;
  readonly sealedAtMs: number | null;
  readonly openedAtMs: number | null;
  /** An alert of the peer that came encrypted. */
  readonly sealedAlert: number | null;
  /** The first event that ended the conversation. */
  readonly end: EndEvent | null;
}

const gather = (transcript: Transcript): Gathered => {
  const sent: Uint8Array[] = [];
  const received: Uint8Array[] = [];
  let session: SessionView | null = null;
  let securedAtMs: number | null = null;
  let localFault: string | null = null;
  const sealed: Uint8Array[] = [];
  const opened: Uint8Array[] = [];
  let sealedAtMs: number | null = null;
  let openedAtMs: number | null = null;
  let sealedAlert: number | null = null;
  let end: EndEvent | null = null;
  for (const event of transcript) {
    switch (event.kind) {
      case "connected":
        break;
      case "sent":
        sent.push(event.bytes);
        break;
      case "received":
        if (end === null) received.push(event.bytes);
        break;
      case "secured":
        session = event.session;
        securedAtMs = event.atMs;
        break;
      case "sealed":
        sealed.push(event.bytes);
        sealedAtMs ??= sentBehind(transcript, event.atMs);
        break;
      case "opened":
        opened.push(event.bytes);
        openedAtMs = receivedBefore(transcript, event.atMs);
        break;
      case "session-failed":
        localFault = event.detail;
        sealedAlert = event.alert;
        end ??= event;
        break;
      default:
        end ??= event;
    }
  }
  return {
    sent: join(sent),
    received: join(received),
    session,
    securedAtMs,
    localFault,
    sealed: join(sealed),
    opened: join(opened),
    sealedAtMs,
    openedAtMs,
    sealedAlert,
    end,
  };
};

/** When what was sealed then was on the wire. */
const sentBehind = (transcript: Transcript, atMs: number): number =>
  transcript.find((event) => event.kind === "sent" && event.atMs >= atMs)?.atMs ?? atMs;

/** When what was opened then had been on the wire. */
const receivedBefore = (transcript: Transcript, atMs: number): number =>
  transcript.findLast((event) => event.kind === "received" && event.atMs <= atMs)?.atMs ?? atMs;

/** Content type of the record that a ClientHello stands in (RFC 8446 5.1). */
const TLS_HANDSHAKE = 22;

const directTls = (
  { sent, received, session, localFault }: Gathered,
  serverFlight: ServerFlight | null,
): TlsFacts => readTls({ client: sent, server: received, serverFlight, session, localFault });

const tlsOf = (
  negotiation: NegotiationFacts,
  whole: Gathered,
  serverFlight: ServerFlight | null,
): TlsFacts | null => {
  if (negotiation.answer.kind !== "tpdu" || negotiation.takenBack) return null;
  const client = whole.sent.subarray(negotiation.clientSizeBytes);
  const server = whole.received.subarray(negotiation.serverSizeBytes);
  if (client.length === 0 && server.length === 0) return null;
  // A client of a capture may begin TLS where nobody agreed on it, and be answered.
  const isBegun = client[0] === TLS_HANDSHAKE;
  if (!isBegun && tlsProtocol(negotiation.answer.tpdu, negotiation.request) === null) return null;
  return readTls({ client, server, serverFlight, session: whole.session, localFault: whole.localFault });
};

/** MCS inside a TLS session of our own. */
const sealedMcs = (transcript: Transcript, { sealed, opened, sealedAtMs }: Gathered): McsFacts | null =>
  sealedAtMs === null
    ? null
    : readMcs({
        client: sealed,
        server: opened,
        sentAtMs: sealedAtMs,
        arrivalOf: (size) => timeOfByte(transcript, "opened", size),
      });

/** MCS behind a negotiation that led to Standard RDP Security. */
const clearMcs = (
  transcript: Transcript,
  negotiation: NegotiationFacts | null,
  { sent, received }: Gathered,
): McsFacts | null => {
  if (negotiation?.answer.kind !== "tpdu" || !isStandardSecurity(negotiation.answer.tpdu)) return null;
  const { clientSizeBytes, serverSizeBytes } = negotiation;
  const sentAtMs = timeOfByte(transcript, "sent", clientSizeBytes + 1);
  if (sentAtMs === null) return null;
  return readMcs({
    client: sent.subarray(clientSizeBytes),
    server: received.subarray(serverSizeBytes),
    sentAtMs,
    arrivalOf: (size) => timeOfByte(transcript, "received", serverSizeBytes + size),
  });
};

const stageReached = (
  connect: ConnectFacts,
  negotiation: NegotiationFacts | null,
  tls: TlsFacts | null,
): ConnectionStage => {
  if (connect.outcome !== "open") return "tcp";
  if (negotiation === null && tls !== null) return "tls";
  if (negotiation?.answer.kind !== "tpdu") return "negotiation";
  if (tlsProtocol(negotiation.answer.tpdu, negotiation.request) === null) return "negotiation";
  return tls?.completed === true ? "credssp" : "tls";
};

const endOf = (end: EndEvent | null, stage: ConnectionStage): ConnectionEnd => {
  switch (end?.kind) {
    case "fin":
    case "rst":
    case "timeout":
    case "overflow":
      return { kind: end.kind, stage };
    default:
      return { kind: "ours" };
  }
};

/** When the `size`th byte of one direction went over. */
const timeOfByte = (
  transcript: Transcript,
  kind: "sent" | "received" | "opened",
  size: number,
): number | null => {
  let seen = 0;
  for (const event of transcript) {
    if (event.kind !== kind) continue;
    seen += event.bytes.length;
    if (seen >= size) return event.atMs;
  }
  return null;
};

const join = (parts: readonly Uint8Array[]): Uint8Array => {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const whole = pooledBytes(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
