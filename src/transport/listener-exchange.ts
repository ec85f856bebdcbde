/** The driver of the conversations with listeners beside RDP: a real socket, within deadlines. */
import type { TLSSocket } from "node:tls";
import type { ListenerConversation, ListenerStage } from "../handshake/http-conversation.ts";
import type { Transcript } from "../handshake/transcript.ts";
import { WIDEST_PROFILE } from "../tls/profile-variants.ts";
import type { Clock } from "./clock.ts";
import type { ConnectionTraffic } from "./converse.ts";
import { sentName } from "./server-name-of-host.ts";
import { type Endpoint, TappedSocket } from "./tapped-socket.ts";
import { keepSecrets, startTlsSession } from "./tls-session.ts";

export interface ExchangeOptions {
  readonly endpoint: Endpoint;
  /** The name or address that the user asked for; a name goes into SNI. */
  readonly host: string;
  readonly clock: Clock;
  /** For one stage, milliseconds. */
  readonly timeoutMs: number;
  /** When all must be over, in milliseconds of `clock`. */
  readonly deadlineAtMs: number;
  /** Takes the connection's traffic when it is over. */
  readonly onTraffic?: (traffic: ConnectionTraffic) => void;
}

/**
 * Holds one conversation on one new TCP connection, ends it politely, and comes back when the connection is
 * closed on both sides or dropped, so that the next one is the only one. What the peer does, stands in the
 * transcript.
 * @throws LocalResourceError when this machine cannot open a connection.
 */
export const holdExchange = async (
  conversation: ListenerConversation,
  options: ExchangeOptions,
): Promise<Transcript> => {
  const { clock, endpoint, host } = options;
  const startedAtMs = clock.nowMs();
  const tap = new TappedSocket(endpoint, clock, options.onTraffic !== undefined);
  const secrets = keepSecrets(options.onTraffic !== undefined);
  const deadlines = stageDeadlines(options);
  let session: TLSSocket | null = null;
  for (;;) {
    const action = conversation.next();
    switch (action.kind) {
      case "send":
        tap.send(action.bytes);
        break;
      case "start-tls":
        session = startTlsSession(tap, WIDEST_PROFILE, sentName(host), secrets.onSecret);
        break;
      case "send-sealed":
        tap.sealed(action.bytes);
        session?.write(action.bytes);
        break;
      case "need-data":
        conversation.receive(await tap.nextEvent(deadlines(action.stage)));
        break;
      case "done":
        endPolitely(tap, session);
        await tap.closed;
        options.onTraffic?.({
          transcript: tap.transcript,
          startedAtMs,
          local: tap.local,
          remote: endpoint,
          keyLog: secrets.keyLog(),
        });
        return tap.transcript;
    }
  }
};

/** What writing close_notify may take, before the FIN follows without it. */
const CLOSE_NOTIFY_MS = 100;

/** Stages that wait for what should be there already, or for what never has to come. */
const SHORT_STAGES_MS: Readonly<Partial<Record<ListenerStage, number>>> = {
  "first-word": 1_000,
  "last-words": 100,
};

/** Each stage has the time-out for itself; none goes beyond the whole's deadline. */
const stageDeadlines = ({ clock, timeoutMs, deadlineAtMs }: ExchangeOptions) => {
  const ends = new Map<ListenerStage, number>();
  return (stage: ListenerStage): number => {
    const patienceMs = Math.min(timeoutMs, SHORT_STAGES_MS[stage] ?? timeoutMs);
    const end = ends.get(stage) ?? Math.min(clock.nowMs() + patienceMs, deadlineAtMs);
    ends.set(stage, end);
    return end;
  };
};

/** close_notify before the FIN where a session stands; the FIN alone elsewhere. */
const endPolitely = (tap: TappedSocket, session: TLSSocket | null): void => {
  const isSecured = tap.transcript.some(({ kind }) => kind === "secured");
  if (session === null || !isSecured) {
    tap.end();
    return;
  }
  session.end();
  setTimeout(() => tap.end(), CLOSE_NOTIFY_MS).unref();
};
