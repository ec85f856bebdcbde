/** Hello after hello to the same server: one connection at a time, and a pause between. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectionFacts, StageTimes } from "../../handshake/facts/connection-facts.ts";
import { connectionRequestFor } from "../../handshake/plan/connection-requests.ts";
import type { TlsPlan } from "../../handshake/conversation/conversation.ts";
import { startClock } from "../../transport/clock.ts";
import { type ConverseOptions, converse } from "../../transport/converse.ts";
import type { Endpoint } from "../../transport/tcp-connection.ts";
import type { Routing } from "../../x224/connection-request.ts";

export interface HelloSeriesOptions {
  readonly endpoint: Endpoint;
  /** The name or address that the user asked for. */
  readonly host: string;
  readonly routing: Routing | null;
  /** For one stage of the first connection, milliseconds; the others are held to how fast the peer is. */
  readonly timeoutMs: number;
  /** For all connections together, milliseconds. */
  readonly deadlineMs: number;
  /** Between two connections, milliseconds. */
  readonly pauseMs: number;
  /** Once aborted, no further connection is opened. */
  readonly signal?: AbortSignal;
  /** Waited for before each connection. */
  readonly admit?: () => Promise<void>;
  readonly onTraffic?: ConverseOptions["onTraffic"];
}

export interface HelloSeries {
  /**
   * Holds one conversation on a connection of its own; null when the time is up or the signal aborted.
   * @throws LocalResourceError when this machine cannot open a connection.
   */
  ask(tls: TlsPlan): Promise<ConnectionFacts | null>;
  /** Connections opened so far. */
  connections(): number;
}

/** What a peer is given at the least, and in terms of what it took to answer before. */
const MIN_TIMEOUT_MS = 1500;
const TIMEOUT_IN_ANSWERS = 8;

/** The peer is given this long to close its side, even on loopback: a busy one takes its time. */
const MIN_SETTLE_MS = 250;

/** The clock runs from here on. */
export const startHelloSeries = (options: HelloSeriesOptions): HelloSeries => {
  const { endpoint, host, routing, deadlineMs: deadlineAtMs, pauseMs, signal } = options;
  const traffic = options.onTraffic === undefined ? {} : { onTraffic: options.onTraffic };
  const clock = startClock();
  let connections = 0;
  let timeoutMs = options.timeoutMs;
  let settled = Promise.resolve();
  const isOver = (): boolean => signal?.aborted === true || clock.nowMs() >= deadlineAtMs;
  return {
    async ask(tls) {
      await settled;
      await options.admit?.();
      if (isOver()) return null;
      connections += 1;
      const request = connectionRequestFor("offer-all", routing);
      const { facts, closed } = await converse(
        { request, tls, after: { kind: "nothing" } },
        { endpoint, host, clock, timeoutMs, deadlineAtMs, ...traffic },
      );
      timeoutMs = Math.min(options.timeoutMs, Math.max(timeoutFor(facts.times), MIN_TIMEOUT_MS));
      settled = settle(closed, facts.times, pauseMs);
      // A last connection that ran into the deadline says nothing of the peer.
      return facts.end.kind === "timeout" && isOver() ? null : facts;
    },
    connections: () => connections,
  };
};

const timeoutFor = ({ startedAtMs, connectedAtMs, negotiatedAtMs }: StageTimes): number =>
  connectedAtMs === null
    ? Number.POSITIVE_INFINITY
    : TIMEOUT_IN_ANSWERS * Math.max(connectedAtMs - startedAtMs, (negotiatedAtMs ?? 0) - connectedAtMs);

/** At least the pause, and until the peer has closed, so that it never has two connections open at once. */
const settle = async (
  closed: Promise<void>,
  { startedAtMs, connectedAtMs }: StageTimes,
  pauseMs: number,
): Promise<void> => {
  const roundTripMs = connectedAtMs === null ? 0 : connectedAtMs - startedAtMs;
  await Promise.all([
    sleep(pauseMs),
    Promise.race([closed, sleep(Math.max(MIN_SETTLE_MS, pauseMs, roundTripMs))]),
  ]);
};
