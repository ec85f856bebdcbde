/**
 * From what was seen of a captured stream to its transcript, the same that a live probe of that connection
 * would have written: with the endings in their order, and with what TLS secrets open.
 */
import { decodeTsRequest } from "../credssp/ts-request.ts";
import { decodeAlert } from "../tls/alert.ts";
import type { KeyLog } from "../tls/key-log.ts";
import { type OpenedSession, openSession } from "../tls/opened-session.ts";
import { CONTENT_TYPE } from "../tls/record.ts";
import type { CapturedConnection, CaptureView } from "./captured-connection.ts";
import { isCredSsp, type NegotiationFacts, readNegotiation, tlsProtocol } from "./negotiation-facts.ts";
import { bytesOf, type StreamTrace, timeOfByte } from "./stream-trace.ts";
import { SEALED_ALERT_BYTES } from "./tls-traffic.ts";
import type { WireEvent } from "./transcript.ts";

/** As long as a probe waits for one stage: a longer silence is a time-out. */
const CAPTURE_TIMEOUT_MS = 5000;
/** How long an unanswered SYN is watched. */
const SYN_WATCH_MS = 30_000;
const MAX_TS_REQUESTS = 8;

/**
 * The connection of a stream that is over.
 * @param nowMs when the last packet of the capture up to then was taken, milliseconds since the epoch.
 */
export const connectionOf = (trace: StreamTrace, nowMs: number, keyLog: KeyLog): CapturedConnection => {
  const { stream, client, server, mark } = trace;
  const originMs = mark?.probeStartedAtMs ?? trace.firstTimeMs;
  const isSynAlone = trace.connectedMs === null && trace.chunks.length === 0 && trace.synMs !== null;
  const opened = isSynAlone ? null : readSealed(trace, keyLog);
  const events = isSynAlone
    ? failedConnect(trace, nowMs)
    : [
        ...exchange(trace),
        ...sealedEvents(trace, opened),
        ...(mark === null ? silence(trace, opened, nowMs) : []),
        ...(isPast(trace, opened) ? [] : endings(trace)),
      ];
  const placed = events.map((event) => ({ ...event, atMs: Math.max(0, event.atMs - originMs) }));
  return {
    stream,
    client,
    server,
    originMs,
    startedAtMs: mark?.startedAtMs ?? 0,
    transcript: [...placed, ...(mark?.unseen ?? [])].toSorted((a, b) => a.atMs - b.atMs || rank(a) - rank(b)),
    view: viewOf(trace, opened, nowMs),
    mark,
  };
};

/** Whatever ended the connection, it was not the handshake, or nobody can tell. */
const isPast = ({ mark, progress, gap }: StreamTrace, opened: OpenedTls | null): boolean =>
  mark === null && ((progress.isSettled && !awaitsChallenge(opened)) || gap?.wentOn === true);

/** Of events at the same moment the ending is the last, and our own the very last. */
const rank = ({ kind }: WireEvent): number => {
  if (kind === "ended") return 2;
  return ENDINGS.has(kind) ? 1 : 0;
};

const ENDINGS: ReadonlySet<WireEvent["kind"]> = new Set([
  "fin",
  "rst",
  "timeout",
  "overflow",
  "session-failed",
  "connect-failed",
]);

/** Here and below `atMs` counts from the epoch. */
const failedConnect = (trace: StreamTrace, nowMs: number): readonly WireEvent[] => {
  const { refusedMs, unreachable, mark } = trace;
  if (mark?.unseen.some(({ kind }) => kind === "connect-failed") === true) return [];
  if (refusedMs !== null) {
    return [{ kind: "connect-failed", atMs: refusedMs, reason: "refused", detail: "RST" }];
  }
  if (unreachable !== null) {
    const { timeMs: atMs, detail } = unreachable;
    return [{ kind: "connect-failed", atMs, reason: "unreachable", detail }];
  }
  const lastMs = trace.lastSynMs ?? trace.firstTimeMs;
  const atMs = Math.max(lastMs, Math.min(nowMs, lastMs + SYN_WATCH_MS));
  return [{ kind: "connect-failed", atMs, reason: "no-answer", detail: "no SYN-ACK" }];
};

const exchange = ({ chunks, connectedMs, firstTimeMs }: StreamTrace): readonly WireEvent[] => [
  { kind: "connected", atMs: connectedMs ?? firstTimeMs },
  ...chunks.map(
    ({ from, timeMs: atMs, bytes }): WireEvent => ({
      kind: from === "client" ? "sent" : "received",
      atMs,
      bytes,
    }),
  ),
];

/** A TLS session that the key log knows. */
interface OpenedTls {
  readonly session: OpenedSession;
  readonly negotiation: NegotiationFacts;
  /** Bytes of each side before TLS. */
  readonly skipped: { readonly client: number; readonly server: number };
}

const TLS_HANDSHAKE = CONTENT_TYPE.handshake;

const readSealed = ({ chunks, progress, mark }: StreamTrace, keyLog: KeyLog): OpenedTls | null => {
  if (keyLog.isEmpty) return null;
  const client = bytesOf(chunks, "client");
  const server = bytesOf(chunks, "server");
  const negotiation = readNegotiation(client, server);
  const isDirect = mark !== null && client[0] === TLS_HANDSHAKE;
  if (progress.layer !== "tls" && !isDirect) return null;
  const skipped = isDirect
    ? { client: 0, server: 0 }
    : { client: negotiation.clientSizeBytes, server: negotiation.serverSizeBytes };
  const session = openSession(client.subarray(skipped.client), server.subarray(skipped.server), keyLog);
  return session === null ? null : { session, negotiation, skipped };
};

/** What a session of our own would have told: that it stands, and what was said inside. */
const sealedEvents = (trace: StreamTrace, opened: OpenedTls | null): readonly WireEvent[] => {
  const { securedMs, chunks } = trace;
  if (securedMs === null) return [];
  const chain = opened?.session.chain ?? [];
  const events: WireEvent[] = [{ kind: "secured", atMs: securedMs, session: { chain, group: null } }];
  for (const { from, contentType, bytes, endOffset } of opened?.session.records ?? []) {
    const atMs = timeOfByte(chunks, from, endOffset + (opened?.skipped[from] ?? 0));
    if (contentType === CONTENT_TYPE.applicationData) {
      events.push({ kind: from === "client" ? "sealed" : "opened", atMs, bytes });
    } else if (contentType === CONTENT_TYPE.alert && from === "server" && trace.mark === null) {
      const description = endingAlert(bytes);
      if (description !== null) {
        events.push({ kind: "session-failed", atMs, detail: `alert ${description}`, alert: description });
      }
    }
  }
  return events;
};

/** close_notify and user_canceled end a session as it should; every other alert is fatal (RFC 8446 6). */
const endingAlert = (bytes: Uint8Array): number | null => {
  const alert = decodeAlert(bytes);
  if (alert.status !== "done") return null;
  const { description } = alert.value;
  return description === 0 || description === 90 ? null : description;
};

/** CredSSP was begun, as the opened session shows, and the server has not answered. */
const awaitsChallenge = (opened: OpenedTls | null): boolean =>
  opened !== null &&
  hasApplicationData(opened.session, "client") &&
  !hasApplicationData(opened.session, "server");

const hasApplicationData = ({ records }: OpenedSession, side: "client" | "server"): boolean =>
  records.some(({ from, contentType }) => from === side && contentType === CONTENT_TYPE.applicationData);

/**
 * A server that keeps quiet for long, and what a client that nobody answers has said: without keys its first
 * record of application data is CredSSP's, whatever is in it.
 */
const silence = (trace: StreamTrace, opened: OpenedTls | null, nowMs: number): readonly WireEvent[] => {
  const { progress, ends, lastSpeaker, lastDataMs, gap } = trace;
  const isOver = progress.isSettled && !awaitsChallenge(opened);
  if (isOver || progress.layer === "none" || gap !== null || lastDataMs === null) return [];
  const untilMs = ends.client?.timeMs ?? nowMs;
  const isTimeout =
    lastSpeaker === "client" && ends.server === null && untilMs - lastDataMs >= CAPTURE_TIMEOUT_MS;
  const events: WireEvent[] = isTimeout ? [{ kind: "timeout", atMs: untilMs }] : [];
  const isUnanswered = opened === null && progress.isSecured && progress.clientSpoke && !progress.serverSpoke;
  if (isUnanswered && (isTimeout || ends.server !== null) && selectsCredSsp(trace)) {
    events.unshift({ kind: "sealed", atMs: lastDataMs, bytes: new Uint8Array(0) });
  }
  return events;
};

const selectsCredSsp = ({ chunks }: StreamTrace): boolean => {
  const { answer, request } = readNegotiation(bytesOf(chunks, "client"), bytesOf(chunks, "server"));
  return answer.kind === "tpdu" && isCredSsp(tlsProtocol(answer.tpdu, request));
};

/** What came before belongs before: a side that has ended may still be told more. */
const endings = ({ ends, chunks, overflow }: StreamTrace): readonly WireEvent[] => {
  const lastMs = chunks.at(-1)?.timeMs ?? 0;
  const events: WireEvent[] = [];
  if (overflow !== null) {
    events.push({
      kind: "overflow",
      atMs: Math.max(lastMs, overflow.timeMs),
      limitBytes: overflow.limitBytes,
    });
  }
  if (ends.server !== null) {
    events.push({ kind: ends.server.kind, atMs: Math.max(lastMs, ends.server.timeMs) });
  }
  if (ends.client !== null) events.push({ kind: "ended", atMs: Math.max(lastMs, ends.client.timeMs) });
  return events;
};

const viewOf = (trace: StreamTrace, opened: OpenedTls | null, nowMs: number): CaptureView => {
  const { progress, resets, ends, mark } = trace;
  const server = resets.evidence("server");
  const reset = [
    ends.server?.kind === "rst" ? server : null,
    ends.client?.kind === "rst" ? resets.evidence("client") : null,
  ];
  return {
    clientEnd: ends.client?.kind ?? null,
    clientAlert: progress.client.fatalAlert,
    clientSealedAlert:
      !progress.isSecured && progress.client.applicationRecords.at(-1)?.sizeBytes === SEALED_ALERT_BYTES,
    lastSpeaker: trace.lastSpeaker,
    silenceMs: silenceMs(trace, nowMs),
    gap: trace.gap,
    isFromStart: trace.synMs !== null || trace.connectedMs !== null,
    clientCertainty: trace.clientCertainty,
    fronts: trace.fronts,
    isSettled: progress.isSettled,
    serverBytesBehind: progress.serverBytesBehind,
    clientSpoke: progress.clientSpoke,
    reset: mark === null ? (reset.find((evidence) => evidence !== null) ?? null) : null,
    ignoredReset: server?.wentOn === true ? server : null,
    secrets: opened === null ? "none" : opened.session.fits ? "read" : "unfit",
    laterErrorCode: opened === null ? null : laterErrorCode(opened),
  };
};

const silenceMs = ({ ends, lastDataMs }: StreamTrace, nowMs: number): number => {
  if (lastDataMs === null) return 0;
  const times = [ends.client?.timeMs, ends.server?.timeMs].filter((time) => time !== undefined);
  return Math.max(0, Math.min(...times, nowMs) - lastDataMs);
};

/** The error code of a TSRequest behind the server's first one: how a logon was refused. */
const laterErrorCode = ({ session, negotiation }: OpenedTls): number | null => {
  const { answer, request } = negotiation;
  if (answer.kind !== "tpdu" || !isCredSsp(tlsProtocol(answer.tpdu, request))) return null;
  let rest = Uint8Array.from(
    session.records.flatMap(({ from, contentType, bytes }) =>
      from === "server" && contentType === CONTENT_TYPE.applicationData ? [...bytes] : [],
    ),
  );
  for (let index = 0; index < MAX_TS_REQUESTS; index += 1) {
    const decoded = decodeTsRequest(rest);
    if (decoded.status !== "done") return null;
    const { errorCode } = decoded.value;
    if (index > 0 && errorCode !== null && errorCode !== 0) return errorCode;
    rest = rest.slice(decoded.size);
  }
  return null;
};
