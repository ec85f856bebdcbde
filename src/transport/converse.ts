/** The driver: carries out what a conversation asks for, on a real socket and within deadlines. */
import { setTimeout as sleep, setImmediate as turnOfTheLoop } from "node:timers/promises";
import type { ConnectionFacts } from "../handshake/facts/connection-facts.ts";
import {
  type AwaitedStage,
  type ConversationPlan,
  createConversation,
} from "../handshake/conversation/conversation.ts";
import type { Transcript } from "../handshake/conversation/transcript.ts";
import type { Clock } from "./clock.ts";
import { helloIngredients } from "./entropy/hello-ingredients.ts";
import { keepSecrets } from "./entropy/key-log-lines.ts";
import { stageDeadlines } from "./stage-deadlines.ts";
import { type Endpoint, type LocalEndpoint, TcpConnection } from "./tcp-connection.ts";
import { TLS_ENTROPY } from "./entropy/tls-entropy.ts";

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
  /** Told before each wait: for which stage, and for how long at most, milliseconds. */
  readonly onWait?: (stage: AwaitedStage, mostMs: number) => void;
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
  readonly facts: ConnectionFacts;
  /** Settles once the peer has ended its side as well, or was dropped. */
  readonly closed: Promise<void>;
}

/**
 * Holds one conversation on one new TCP connection and ends it politely. What the peer does stands in the facts.
 * @throws LocalResourceError when this machine cannot open a connection.
 */
export const converse = async (plan: ConversationPlan, options: ConverseOptions): Promise<Conversed> => {
  const { clock, endpoint, host, onTraffic } = options;
  const startedAtMs = clock.nowMs();
  const tap = new TcpConnection(endpoint, clock, onTraffic !== undefined);
  const secrets = keepSecrets(onTraffic !== undefined);
  const conversation = createConversation(plan, {
    hello: helloIngredients(host),
    entropy: TLS_ENTROPY,
    onSecret: secrets.onSecret,
  });
  const { timeoutMs, connectTimeoutMs = timeoutMs, deadlineAtMs } = options;
  const deadlineOf = stageDeadlines<AwaitedStage>(clock, deadlineAtMs, (stage) =>
    stage === "tcp" ? connectTimeoutMs : timeoutMs,
  );
  for (;;) {
    const action = conversation.next();
    switch (action.kind) {
      case "send":
        conversation.receive(tap.send(action.bytes));
        break;
      case "pause":
        await sleep(action.durationMs);
        break;
      case "need-data": {
        if (action.withinMs === undefined) {
          const untilMs = deadlineOf(action.stage);
          options.onWait?.(action.stage, untilMs - clock.nowMs());
          conversation.receive(await tap.nextEvent(untilMs));
          break;
        }
        const event = await tap.nextEventWithin(Math.min(clock.nowMs() + action.withinMs, deadlineAtMs));
        if (event === null) conversation.elapsed();
        else conversation.receive(event);
        break;
      }
      case "done":
        tap.end(!action.isPeerWaiting);
        // The FIN is to be on its way before the judging of what came keeps the processor busy.
        await tap.ended;
        await turnOfTheLoop();
        onTraffic?.({
          transcript: [...tap.transcript, ...stoppedEvents(conversation.facts(startedAtMs), clock.nowMs())],
          startedAtMs,
          local: tap.local,
          remote: endpoint,
          keyLog: secrets.keyLog(),
        });
        return { facts: conversation.facts(startedAtMs), closed: tap.closed };
    }
  }
};

/** Why our TLS client did not go on: no packet shows it. */
const stoppedEvents = ({ tls }: ConnectionFacts, atMs: number): Transcript => {
  const state = tls?.state;
  return state?.kind === "fault" || state?.kind === "limit" ? [{ kind: "tls-stopped", atMs, state }] : [];
};
