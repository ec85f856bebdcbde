/** A worker's side of JetStream: pulls, acknowledgements and publishing, and none of the API beside. */
import type { Msg, NatsConnection } from "@nats-io/transport-node";
import { decodeBlock } from "../model/block.ts";
import { jsonOf, numberOf, objectOf, textOf } from "../model/json-reader.ts";
import { aliveSubject, scanWordSubject, STREAMS, type WorkerWord } from "../model/subjects.ts";
import { encodeDone, encodeFailed, encodeHeartbeat, encodeRows } from "../model/worker-messages.ts";
import type { Delivery, WorkerPort } from "../worker-port.ts";
import { FleetError } from "./connect.ts";
import { loadTransport } from "./load.ts";

const REQUEST_MS = 5000;
const NANOSECONDS = 1_000_000;

/** Null where the centre has no such segment yet. @throws FleetError where it does not let us ask. */
export const openWorkerPort = async (nc: NatsConnection, segment: string): Promise<WorkerPort | null> => {
  const { createInbox, headers } = await loadTransport();
  const ackWaitMs = await ackWaitOf(nc, segment);
  if (ackWaitMs === null) return null;
  const pulls = createPulls(nc, segment, createInbox());
  /** The server answers with where it is stored, or with why it is not. */
  const publish = async (subject: string, text: string, id: string): Promise<void> => {
    const own = headers();
    own.set("Nats-Msg-Id", id);
    const answer = await nc.request(subject, text, { timeout: REQUEST_MS, headers: own });
    const json = jsonOf(answer.string());
    if (numberOf(json?.["seq"]) === null) throw new FleetError(`not stored: ${answer.string().slice(0, 200)}`);
  };
  const say =
    <T>(word: WorkerWord, encode: (message: T) => string) =>
    (scan: string, message: T, id: string): Promise<void> =>
      publish(scanWordSubject(segment, word, scan), encode(message), id);
  return {
    ackWaitMs,
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

const ackWaitOf = async (nc: NatsConnection, segment: string): Promise<number | null> => {
  const subject = `$JS.API.CONSUMER.INFO.${STREAMS.work.name}.${segment}`;
  const answer = await nc.request(subject, "", { timeout: REQUEST_MS }).catch(() => null);
  if (answer === null) return null;
  const ackWait = numberOf(objectOf(jsonOf(answer.string())?.["config"])?.["ack_wait"]);
  return ackWait === null ? null : ackWait / NANOSECONDS;
};

/** What the server says instead of a message. */
const isStatus = (message: Msg): boolean => message.data.length === 0 && (message.headers?.code ?? 0) > 0;

/** One request waits at the server at a time; what comes late is kept for who asks next. */
const createPulls = (nc: NatsConnection, segment: string, inbox: string) => {
  const come: Msg[] = [];
  let wake = (): void => {};
  /** Until then the server holds our request. */
  let openUntilMs = 0;
  nc.subscribe(inbox, {
    callback: (error, message) => {
      const code = error === null && isStatus(message) ? (message.headers?.code ?? 0) : null;
      if (error === null && code === null) come.push(message);
      // Its time has run out there; whatever else it says is not asked for again at once.
      openUntilMs = code === null || code === EXPIRED ? 0 : performance.now() + RETRY_MS;
      wake();
    },
  });
  void onReconnect(nc, () => {
    openUntilMs = 0;
    wake();
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
        if (nowMs >= openUntilMs) {
          const expires = Math.ceil(waitMs) * NANOSECONDS;
          nc.publish(subject, JSON.stringify({ batch: 1, expires }), { reply: inbox });
          openUntilMs = nowMs + waitMs + REQUEST_MS;
        }
        await woken(Math.min(untilMs, openUntilMs) - nowMs, signal, (resolve) => {
          wake = resolve;
        });
      }
      return null;
    },
  };
};

const RETRY_MS = 500;
const EXPIRED = 408;

const onReconnect = async (nc: NatsConnection, act: () => void): Promise<void> => {
  for await (const { type } of nc.status()) if (type === "reconnect") act();
};

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
  return Number(textOf(parts[at]) ?? 1) || 1;
};
