/** One address, probed: connection after connection as the plan asks, then judged. */
import { setTimeout as sleep } from "node:timers/promises";
import { NO_ASKS } from "../../handshake/plan/asks.ts";
import type { ConnectFacts, StageTimes } from "../../handshake/facts/connection-facts.ts";
import { nextConnection, type ProbeConnection } from "../../handshake/plan/probe-plan.ts";
import { startClock } from "../../transport/clock.ts";
import { converse } from "../../transport/converse.ts";
import { proxyName } from "../../transport/proxy/socks-proxy.ts";
import { judge } from "../../verdict/rules/judge.ts";
import type { Result } from "../../verdict/result/result.ts";
import { withListeners } from "../../verdict/server/in-front.ts";
import type { probeAsked } from "./probe-asked.ts";
import type { probeFull } from "./probe-full.ts";
import type { AddressTarget, ProbeOptions, ProbeTurn } from "./probe-options.ts";
import { recordedAs } from "./recording.ts";

/** What a follow-up is given at the least, and in terms of what the peer took to answer before. */
const FOLLOW_UP_MS = 1500;
const FOLLOW_UP_ROUND_TRIPS = 8;

/** Our FIN is given this long to arrive and be seen, even on loopback. */
const MIN_ARRIVAL_MS = 10;

/** A peer within this round trip is near, and is given as long as a busy one may take to close. */
const NEAR_MS = 25;
const NEAR_SETTLE_MS = 250;

/**
 * Probes one address, one connection at a time.
 * @throws LocalResourceError when this machine cannot open a connection.
 * @throws the signal's reason where it aborts before all is asked.
 */
export const probeAddress = async (
  target: AddressTarget,
  given: ProbeOptions,
  turn: ProbeTurn = {},
): Promise<Result> => {
  const { input, host, endpoint, resolution, routing } = target;
  const options = routing === undefined ? given : { ...given, routing };
  const startedAt = new Date();
  const clock = startClock();
  const reference = options.reference.id;
  const resolvedMs = resolution?.durationMs ?? null;
  const recording = options.recording?.begin({ input, host, reference, resolvedMs, startedAt }) ?? null;
  const connections: ProbeConnection[] = [];
  for (
    let next = nextConnection(connections, options);
    next !== null && clock.nowMs() < options.deadlineMs;
    next = nextConnection(connections, options)
  ) {
    const { deadlineMs: deadlineAtMs } = options;
    const timeoutMs = stageTimeoutMs(connections, options);
    const { connectTimeoutMs = timeoutMs } = connections.length === 0 ? turn : {};
    options.signal?.throwIfAborted();
    await turn.admit?.();
    const { facts, closed } = await converse(next.plan, {
      endpoint,
      host,
      clock,
      timeoutMs,
      connectTimeoutMs,
      deadlineAtMs,
      ...(options.onWait === undefined ? {} : { onWait: options.onWait }),
      ...recordedAs(recording, next.purpose),
    });
    turn.onClosing?.(closed);
    connections.push({ purpose: next.purpose, facts });
    if (nextConnection(connections, options) !== null) await settle(closed, facts.times, clock.nowMs());
  }
  const { address, port, family } = endpoint;
  const isBegun = connections.length > 0;
  const goesOn =
    options.depth === "full" && isBegun && !(turn.leavesSilent === true && isSilent(connections));
  const full = goesOn ? await askAll(target, connections, { ...options, ...turn }, clock, recording) : null;
  if (goesOn) options.signal?.throwIfAborted();
  const { asks = NO_ASKS } = options;
  const asked =
    full === null && (asks.has("tls-versions") || asks.has("weak"))
      ? await askMore(target, connections, { ...options, ...turn, asks }, clock, recording)
      : null;
  const judged = judge({
    target: { input, host, address, port, family },
    resolution,
    connections: [...connections, ...(full?.layers ?? [])],
    reference: options.reference,
    expiry: options.expiry,
    ...(endpoint.proxy === undefined ? {} : { proxy: proxyName(endpoint.proxy) }),
    startedAt,
    durationMs: clock.nowMs() + (resolution?.durationMs ?? 0),
  });
  const result = asked === null ? judged : asked.into(judged);
  recording?.finish(result);
  return full === null
    ? result
    : {
        ...{ ...result, ...full.report },
        connections: result.connections + full.connections,
        server: withListeners(result.server, port, full.report.listeners),
      };
};

const isSilent = ([first]: readonly ProbeConnection[]): boolean =>
  first !== undefined && SILENT.has(first.facts.connect.outcome);

const SILENT: ReadonlySet<ConnectFacts["outcome"]> = new Set(["no-answer", "unreachable", "local"]);

/** Loaded only where it is asked for, as the next one. */
const askMore: typeof probeAsked = async (...asked) =>
  (await import("./probe-asked.ts")).probeAsked(...asked);

/** It is half of the program. */
const askAll: typeof probeFull = async (...asked) => (await import("./probe-full.ts")).probeFull(...asked);

/**
 * The first connection has all the time; a further one is to a peer whose speed is known, and only compares
 * how it takes another question.
 */
const stageTimeoutMs = (connections: readonly ProbeConnection[], { timeoutMs }: ProbeOptions): number => {
  const times = connections[0]?.facts.times;
  if (times === undefined || times.connectedAtMs === null) return timeoutMs;
  const roundTripMs = times.connectedAtMs - times.startedAtMs;
  const negotiationMs = (times.negotiatedAtMs ?? times.connectedAtMs) - times.connectedAtMs;
  return Math.min(
    timeoutMs,
    Math.max(FOLLOW_UP_MS, FOLLOW_UP_ROUND_TRIPS * Math.max(roundTripMs, negotiationMs)),
  );
};

/**
 * Waits until the peer has closed, so that it never has two connections open. A peer that is further away than
 * that is told first all the same: our FIN goes ahead of any new SYN on the same way.
 */
const settle = async (closed: Promise<void>, times: StageTimes, nowMs: number): Promise<void> => {
  const { startedAtMs, connectedAtMs, endedAtMs } = times;
  const sinceEnd = (ms: number): Promise<void> => sleep(Math.max(0, endedAtMs + ms - nowMs));
  const roundTripMs = connectedAtMs === null ? 0 : connectedAtMs - startedAtMs;
  const enough = sinceEnd(roundTripMs < NEAR_MS ? NEAR_SETTLE_MS : MIN_ARRIVAL_MS);
  await Promise.all([sinceEnd(MIN_ARRIVAL_MS), Promise.race([closed, enough])]);
};
