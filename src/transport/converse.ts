/** The driver: carries out what a conversation asks for, on a real socket and within deadlines. */
import { setTimeout as sleep, setImmediate as turnOfTheLoop } from "node:timers/promises";
import type { TLSSocket } from "node:tls";
import { readConnection } from "../handshake/connection-facts.ts";
import { type AwaitedStage, type ConversationPlan, createConversation } from "../handshake/conversation.ts";
import type { Transcript } from "../handshake/transcript.ts";
import type { ServerFlight } from "../tls/server-flight.ts";
import type { Clock } from "./clock.ts";
import { helloIngredients } from "./hello-ingredients.ts";
import { sentName } from "./server-name-of-host.ts";
import { type Endpoint, type LocalEndpoint, TappedSocket } from "./tapped-socket.ts";
import { keepSecrets, sessionContext, startTlsSession } from "./tls-session.ts";

export interface ConverseOptions {
  readonly endpoint: Endpoint;
  /** The name or address that the user asked for; a name goes into SNI. */
  readonly host: string;
  readonly clock: Clock;
  /** For one stage, milliseconds. */
  readonly timeoutMs: number;
  /** For the TCP handshake, milliseconds; `timeoutMs` where it is left out. */
  readonly connectTimeoutMs?: number;
  /** When all must be over, in milliseconds of `clock`. */
  readonly deadlineAtMs: number;
  /** Takes the connection's traffic when it is over. */
  readonly onTraffic?: (traffic: ConnectionTraffic) => void;
}

/** All that went over a connection, for a recording. */
export interface ConnectionTraffic {
  readonly transcript: Transcript;
  /** When the dialling began, by the transcript's clock. */
  readonly startedAtMs: number;
  /** Null where the system did not say. */
  readonly local: LocalEndpoint | null;
  readonly remote: Endpoint;
  /** The TLS secrets of our own session, in the NSS key log format; empty without one. */
  readonly keyLog: string;
}

export interface Conversed {
  readonly transcript: Transcript;
  readonly startedAtMs: number;
  /** What the conversation has read of the answer to its hello. */
  readonly serverFlight: ServerFlight | null;
  /** Settles once the peer has ended its side as well, or was dropped. */
  readonly closed: Promise<void>;
}

/**
 * Holds one conversation on one new TCP connection and ends it politely. What the peer does, stands in
 * the transcript.
 * @throws LocalResourceError when this machine cannot open a connection.
 */
export const converse = async (plan: ConversationPlan, options: ConverseOptions): Promise<Conversed> => {
  const { clock, endpoint, host, onTraffic } = options;
  const startedAtMs = clock.nowMs();
  const tap = new TappedSocket(endpoint, clock, onTraffic !== undefined);
  const conversation = createConversation(plan, helloIngredients(host));
  const deadlines = stageDeadlines(options);
  let session: TLSSocket | null = null;
  const secrets = keepSecrets(onTraffic !== undefined);
  const { tls } = plan;
  // The SYN goes out first; until its answer comes there is time.
  if (tls.kind === "session") setImmediate(() => sessionContext(tls.profile));
  for (;;) {
    const action = conversation.next();
    switch (action.kind) {
      case "send":
        tap.send(action.bytes);
        break;
      case "start-tls":
        session = startTlsSession(tap, action.profile, sentName(host), secrets.onSecret);
        break;
      case "pause":
        await sleep(action.durationMs);
        break;
      case "send-sealed":
        tap.sealed(action.bytes);
        session?.write(action.bytes);
        break;
      case "need-data":
        if (action.stage === "credssp") warmUpReading(tap.transcript);
        conversation.receive(await tap.nextEvent(deadlines(action.stage)));
        break;
      case "done":
        endPolitely(tap, session);
        // The FIN is to be on its way before the reading of what came keeps the processor busy.
        await tap.ended;
        await turnOfTheLoop();
        onTraffic?.({
          transcript: tap.transcript,
          startedAtMs,
          local: tap.local,
          remote: endpoint,
          keyLog: secrets.keyLog(),
        });
        return {
          transcript: tap.transcript,
          startedAtMs,
          serverFlight: conversation.serverFlight(),
          closed: tap.closed,
        };
    }
  }
};

let isWarm = false;

/**
 * The first reading compiles the code that reads, which takes longer than the reading itself: it is done
 * once, while the last answer of the first session is on its way.
 */
const warmUpReading = (transcript: Transcript): void => {
  if (isWarm) return;
  isWarm = true;
  setImmediate(() => readConnection(transcript, 0));
};

/** What writing close_notify may take, before the FIN follows without it. */
const CLOSE_NOTIFY_MS = 100;

/** Each stage has the time-out for itself; none goes beyond the whole's deadline. */
const stageDeadlines = ({ clock, timeoutMs, connectTimeoutMs, deadlineAtMs }: ConverseOptions) => {
  const ends = new Map<AwaitedStage, number>();
  return (stage: AwaitedStage): number => {
    const waitMs = stage === "tcp" ? (connectTimeoutMs ?? timeoutMs) : timeoutMs;
    const end = ends.get(stage) ?? Math.min(clock.nowMs() + waitMs, deadlineAtMs);
    ends.set(stage, end);
    return end;
  };
};

/**
 * The server selected TLS and waits for a ClientHello: nothing can be on its way that our early leaving
 * would turn into a reset.
 */
const isWaitingForUs = (transcript: Transcript): boolean => {
  // Behind the request comes the hello, which the server has answered or not; reading all of that costs more
  // than the rest of a short probe.
  if (transcript.filter(({ kind }) => kind === "sent").length > 1) return false;
  const { negotiation, tls } = readConnection(transcript, 0);
  const answer = negotiation?.answer;
  if (tls !== null || answer?.kind !== "tpdu" || answer.tpdu.kind !== "connection-confirm") return false;
  return answer.tpdu.negotiation?.type === "response";
};

/** close_notify before the FIN where a session stands; the FIN alone elsewhere. */
const endPolitely = (tap: TappedSocket, session: TLSSocket | null): void => {
  const secured = tap.transcript.some(({ kind }) => kind === "secured");
  if (session === null) {
    tap.end(!isWaitingForUs(tap.transcript));
    return;
  }
  const isGone = tap.transcript.some(({ kind }) => kind === "rst" || kind === "fin");
  if (!secured || isGone) {
    tap.end();
    return;
  }
  session.end();
  // Should the session not get to its own end, the FIN goes out all the same.
  const timer = setTimeout(() => tap.end(), CLOSE_NOTIFY_MS);
  tap.ended.then(() => clearTimeout(timer));
};
