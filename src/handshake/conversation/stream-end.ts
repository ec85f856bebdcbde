/**
 * How a captured connection ended: what silence and the two sides' ends mean, by what was owed at that moment and by
 * whom, and by what was acknowledged.
 */
import { least } from "../../bytes/extremes.ts";
import type { Side, TcpDirection, TcpStream } from "../../capture/tcp/tcp-event.ts";
import type { CapturedConnection, CaptureView, LostBytes } from "./captured-connection.ts";
import type { CapturedConversation } from "./captured-conversation.ts";
import type { Owed } from "./conversation-reader.ts";
import type { RecordingMark } from "./recording-mark.ts";
import type { ResetObserver } from "../facts/reset-evidence.ts";
import type { StreamFront } from "./stream-front.ts";
import type { StreamEnding, StreamTimes } from "./stream-times.ts";
import type { WireEvent } from "./transcript.ts";

/** A silence where something is owed is a time-out from here on; a shorter one says nothing. */
const LEAST_SILENCE_MS = 1000;
/** How long an unanswered SYN is watched. */
const SYN_WATCH_MS = 30_000;

export interface EndedStream {
  readonly stream: TcpStream;
  /** The stream's client is the server. */
  readonly isSwapped: boolean;
  readonly mark: RecordingMark | null;
  readonly fronts: readonly StreamFront[];
  readonly conversation: CapturedConversation;
  readonly times: StreamTimes;
  readonly resets: ResetObserver;
  /** When the last packet of the capture up to then was taken, milliseconds since the epoch. */
  readonly nowMs: number;
}

/** The connection of a stream that is over. To be called once. */
export const capturedConnection = (ended: EndedStream): CapturedConnection => {
  const { stream, isSwapped, mark, conversation, times } = ended;
  const originMs = mark?.probeStartedAtMs ?? stream.firstTimeMs;
  const directions = directionsOf(ended);
  conversation.flush();
  for (const side of SIDES) missUncaptured(conversation, side, directions[side]);
  const lost = mark === null ? lostBytes(ended, directions) : null;
  if (times.isSynAlone) enterFailedConnect(ended, originMs);
  else if (mark === null) enterEndings(ended, originMs, directions);
  else conversation.enterUnseen();
  return {
    stream: stream.number,
    client: isSwapped ? stream.server : stream.client,
    server: isSwapped ? stream.client : stream.server,
    originMs,
    startedMs: stream.firstTimeMs,
    facts: conversation.facts(mark?.startedAtMs ?? 0),
    view: viewOf(ended, directions, lost),
    mark,
  };
};

const SIDES = ["client", "server"] as const;

type Directions = Readonly<Record<Side, TcpDirection>>;

const directionsOf = ({ stream, isSwapped }: EndedStream): Directions => ({
  client: isSwapped ? stream.serverDirection : stream.clientDirection,
  server: isSwapped ? stream.clientDirection : stream.serverDirection,
});

/** What the other side has acknowledged after the last byte that was captured. One may be a FIN. */
const missUncaptured = (
  conversation: CapturedConversation,
  side: Side,
  { acknowledgedBytes, payloadBytes }: TcpDirection,
): void => {
  const missing = (acknowledgedBytes ?? 0) - payloadBytes;
  if (missing > 1) conversation.cut(side, payloadBytes, missing);
};

/** For how long nothing more came: up to the first end, or to where the capture ends. */
const silenceOf = ({ times, nowMs }: EndedStream): number => {
  const lastMs = times.lastDataMs ?? times.connectedMs ?? times.lastSynMs;
  if (lastMs === null) return 0;
  const untilMs = least(
    nowMs,
    times.ends.map(({ timeMs }) => timeMs),
  );
  return Math.max(0, untilMs - lastMs);
};

/**
 * Bytes that never arrived. The server's flight is acknowledged by any client that got it; a client's bytes are not
 * acknowledged in a recording that stands for a capture, so that only what was sent again counts as lost.
 */
const lostBytes = (ended: EndedStream, directions: Directions): LostBytes | null => {
  const { conversation } = ended;
  const isOpen = !conversation.isSettled && silenceOf(ended) >= LEAST_SILENCE_MS;
  if (!isOpen || directions.client.packets === 0 || directions.server.packets === 0) return null;
  const { server, client } = directions;
  const ofServer = conversation.lostAt("server", server.payloadBytes, server.acknowledgedBytes);
  if (ofServer !== null) return ofServer;
  return client.retransmissions === 0
    ? null
    : conversation.lostAt("client", client.payloadBytes, client.acknowledgedBytes);
};

const enterFailedConnect = ({ conversation, times, mark, nowMs }: EndedStream, originMs: number): void => {
  const at = (timeMs: number): number => Math.max(0, timeMs - originMs);
  if (mark !== null) conversation.enterUnseen();
  if (conversation.reader.isEnded) return;
  const { refusedMs, unreachableAt, lastSynMs } = times;
  if (refusedMs !== null) {
    conversation.enter({ kind: "connect-failed", atMs: at(refusedMs), reason: "refused", detail: "RST" });
    return;
  }
  if (unreachableAt !== null) {
    const { timeMs, detail } = unreachableAt;
    conversation.enter({ kind: "connect-failed", atMs: at(timeMs), reason: "unreachable", detail });
    return;
  }
  const lastMs = lastSynMs ?? originMs;
  const untilMs = Math.max(lastMs, Math.min(nowMs, lastMs + SYN_WATCH_MS));
  const firstMs = times.synMs ?? lastMs;
  const isWatched = untilMs - firstMs >= LEAST_SILENCE_MS;
  conversation.enter(
    isWatched
      ? { kind: "connect-failed", atMs: at(untilMs), reason: "no-answer", detail: "no SYN-ACK" }
      : { kind: "ended", atMs: at(untilMs) },
  );
};

/** The silence that is a time-out, and the ends of both sides in their order. */
const enterEndings = (ended: EndedStream, originMs: number, directions: Directions): void => {
  const { conversation, times } = ended;
  if (isPast(ended)) return;
  const owed = conversation.reader.owed();
  const timeout = timeoutOf(ended, owed, directions);
  if (timeout !== null) conversation.enter({ kind: "timeout", atMs: Math.max(0, timeout - originMs) });
  const lastMs = times.lastDataMs ?? 0;
  // A side that has ended may still be told more: what came before it belongs before.
  const ends = times.ends.map((end) => ({ ...end, timeMs: Math.max(lastMs, end.timeMs) }));
  for (const end of ends.toSorted((a, b) => a.timeMs - b.timeMs)) {
    conversation.enter(eventOf(end, originMs));
  }
};

const eventOf = ({ from, kind, timeMs }: StreamEnding, originMs: number): WireEvent => ({
  kind: from === "server" ? kind : "ended",
  atMs: Math.max(0, timeMs - originMs),
});

/** Whatever ended the connection, it was not the handshake, or nobody can tell. */
const isPast = ({ conversation }: EndedStream): boolean => {
  const { gap, acknowledgments } = conversation;
  if (conversation.isSettled) return conversation.reader.owed() === null;
  if (gap === null) return false;
  return !acknowledgments.isCaptured(gap.from) || acknowledgments.isAnsweredAfter(gap.from, gap.offset);
};

/** When a silence ended that is a time-out; null where there is none, or where nobody can say whose it is. */
const timeoutOf = (ended: EndedStream, owed: Owed | null, directions: Directions): number | null => {
  const { conversation, times, nowMs } = ended;
  if (owed === null || owed.by !== "server" || conversation.gap !== null) return null;
  if (directions.server.packets === 0 || directions.client.packets === 0) return null;
  const [first] = times.ends;
  if (first?.from === "server" || silenceOf(ended) < LEAST_SILENCE_MS) return null;
  return first?.timeMs ?? nowMs;
};

const viewOf = (ended: EndedStream, directions: Directions, lost: LostBytes | null): CaptureView => {
  const { stream, isSwapped, mark, fronts, conversation, times, resets } = ended;
  const { layer, gap } = conversation;
  const [first] = times.ends;
  const server = resets.evidence("server");
  const reset = [
    times.ends.some(({ from, kind }) => from === "server" && kind === "rst") ? server : null,
    times.ends.some(({ from, kind }) => from === "client" && kind === "rst")
      ? resets.evidence("client")
      : null,
  ];
  const isCaptured = {
    client: directions.client.packets > 0 && directions.client.payloadBytes > 0,
    server: directions.server.packets > 0,
  };
  return {
    clientEnd: first?.from === "client" ? first.kind : null,
    silenceMs: silenceOf(ended),
    gap: lost === null ? gap : null,
    lost,
    isCaptured,
    isBothWays: directions.client.packets > 0 && directions.server.packets > 0,
    hasTimes: stream.clock === "dated",
    isFromStart: times.synMs !== null || times.connectedMs !== null,
    clientCertainty: isSwapped ? "certain" : stream.clientCertainty,
    fronts,
    isSettled: conversation.isSettled,
    clientSpoke: layer?.words.clientSpoke === true,
    clientWentOn: layer?.words.clientWentOn === true,
    reset: mark === null ? (reset.find((evidence) => evidence !== null) ?? null) : null,
    ignoredReset: server?.wentOn === true ? server : null,
    secrets: layer?.secrets ?? "none",
    laterErrorCode: conversation.laterErrorCode,
  };
};
