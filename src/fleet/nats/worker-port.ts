/** A worker's side of JetStream: pulls, acknowledgements and publishing, and none of the API beside. */
import type { Msg, NatsConnection } from "@nats-io/transport-node";
import { decodeBlock } from "../model/block.ts";
import { jsonOf, numberOf } from "../model/json-reader.ts";
import { aliveSubject, scanWordSubject, STREAMS, type WorkerWord } from "../model/subjects.ts";
import { encodeDone, encodeFailed, encodeHeartbeat, encodeRows } from "../model/worker-messages.ts";
import type { Delivery, WorkerPort } from "../worker-port.ts";
import { FleetError } from "./connect.ts";
import { loadTransport } from "./load.ts";

const REQUEST_MS = 5000;
const NANOSECONDS = 1_000_000;

/** What a worker may do at the server is its segment's alone: contrib/nats has the permissions. */
export const openWorkerPort = async (nc: NatsConnection, segment: string): Promise<WorkerPort> => {
  const { createInbox, headers } = await loadTransport();
  const pulls = createPulls(nc, segment, createInbox());
  /** The server answers with where it is stored, or with why it is not. */
  const publish = async (subject: string, text: string, id: string): Promise<void> => {
    const own = headers();
    own.set("Nats-Msg-Id", id);
    const answer = await nc.request(subject, text, { timeout: REQUEST_MS, headers: own });
    const json = jsonOf(answer.string());
    if (numberOf(json?.["seq"]) === null)
      throw new FleetError(`not stored: ${answer.string().slice(0, 200)}`);
  };
  const say =
    <T>(word: WorkerWord, encode: (message: T) => string) =>
    (scan: string, message: T, id: string): Promise<void> =>
      publish(scanWordSubject(segment, word, scan), encode(message), id);
  return {
    next: async (waitMs, signal) => {
      const message = await pulls.next(waitMs, signal);
      return message === null ? null : deliveryOf(nc, message);
    },
    rows: say("rows", encodeRows),
    done: say("done", encodeDone),
    failed: say("failed", encodeFailed),
    alive: (heartbeat) => {
      if (!nc.isClosed()) nc.publish(aliveSubject(segment, heartbeat.worker), encodeHeartbeat(heartbeat));
    },
  };
};

/** What the server says instead of a message. */
const isStatus = (message: Msg): boolean => message.data.length === 0 && (message.headers?.code ?? 0) > 0;

/**
 * Asks for a block, and again after a while where none is there. No request is left open at the server: nats-server
 * 2.9 counts a block as new again when its redelivery meets the open request of a worker that was killed, and hands it
 * to two.
 */
const createPulls = (nc: NatsConnection, segment: string, inbox: string) => {
  const come: Msg[] = [];
  let wake = (): void => {};
  /** Until then an answer may come, or there is no use in asking. */
  let waitsUntilMs = 0;
  nc.subscribe(inbox, {
    callback: (error, message) => {
      const isMessage = error === null && !isStatus(message);
      if (isMessage) come.push(message);
      waitsUntilMs = isMessage ? 0 : performance.now() + POLL_MS;
      wake();
    },
  });
  const subject = `$JS.API.CONSUMER.MSG.NEXT.${STREAMS.work.name}.${segment}`;
  return {
    async next(waitMs: number, signal: AbortSignal): Promise<Msg | null> {
      const untilMs = performance.now() + waitMs;
      while (!signal.aborted && !nc.isClosed()) {
        const message = come.shift();
        if (message !== undefined) return message;
        const nowMs = performance.now();
        if (nowMs >= untilMs) return null;
        if (nowMs >= waitsUntilMs) {
          nc.publish(subject, JSON.stringify({ batch: 1, no_wait: true }), { reply: inbox });
          waitsUntilMs = nowMs + LOST_MS;
        }
        await woken(Math.min(untilMs, waitsUntilMs) - nowMs, signal, (resolve) => {
          wake = resolve;
        });
      }
      return null;
    },
  };
};

/** Between two questions while there is no work. */
const POLL_MS = 500;
/** A question without an answer for so long was lost, as in a restart of the server. */
const LOST_MS = 2000;

const woken = (ms: number, signal: AbortSignal, take: (resolve: () => void) => void): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
    take(end);
  });

const deliveryOf = (nc: NatsConnection, message: Msg): Delivery => {
  const reply = message.reply ?? "";
  const answer = async (word: string): Promise<void> => {
    await nc.request(reply, word, { timeout: REQUEST_MS });
  };
  return {
    block: decodeBlock(message.string()),
    deliveries: deliveriesOf(reply),
    extend: () => answer("+WPI"),
    acknowledge: () => answer("+ACK"),
    giveBack: (delayMs) => {
      if (!nc.isClosed()) nc.publish(reply, `-NAK ${JSON.stringify({ delay: delayMs * NANOSECONDS })}`);
    },
    setAside: () => {
      if (!nc.isClosed()) nc.publish(reply, "+TERM");
    },
  };
};

/** `$JS.ACK.<stream>.<consumer>.<deliveries>...`, or with a domain and an account's hash in front of the stream. */
const deliveriesOf = (reply: string): number => {
  const parts = reply.split(".");
  const at = parts.length >= 11 ? 6 : 4;
  return Number(parts[at]) || 1;
};
