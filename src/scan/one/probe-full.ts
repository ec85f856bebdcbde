/** What `--depth full` asks beyond standard depth: every layer, suite and client, and the other listeners. */
import type { ProbeConnection } from "../../handshake/plan/probe-plan.ts";
import { isEstablished } from "../../handshake/facts/tls-facts.ts";
import { RECORDED_BESIDE } from "../../handshake/conversation/recording-mark.ts";
import { CLIENT_PROFILES } from "../../tls/profiles/client-profiles.ts";
import type { Clock } from "../../transport/clock.ts";
import type { FullReport } from "../../verdict/result/result.ts";
import { tlsSupportReport } from "../../verdict/result/tls-support-report.ts";
import { startHelloSeries } from "./hello-series.ts";
import { probeLayers } from "./probe-layers.ts";
import { probeListeners } from "./probe-listeners.ts";
import type { AddressTarget, BetweenConnections, ProbeOptions } from "./probe-options.ts";
import { type ProbeRecording, recordedAs } from "./recording.ts";
import { simulateClients } from "./simulate-clients.ts";

export interface FullProbe {
  /** Connections that say more of the security layers; they belong to the facts. */
  readonly layers: readonly ProbeConnection[];
  readonly report: FullReport;
  /** TCP connections beside those of `layers`. */
  readonly connections: number;
}

/**
 * Asks all that is left to ask, one connection at a time, within the probe's deadline.
 * @param soFar the connections of standard depth.
 * @param recording takes the traffic of all connections.
 * @throws LocalResourceError when this machine cannot open a connection.
 */
export const probeFull = async (
  { host, endpoint }: AddressTarget,
  soFar: readonly ProbeConnection[],
  options: ProbeOptions & BetweenConnections,
  clock: Clock,
  recording: ProbeRecording | null,
): Promise<FullProbe> => {
  const { timeoutMs, deadlineMs, routing, reference, pauseMs } = options;
  const between = betweenConnections(options);
  const remainingMs = (): number => Math.max(0, deadlineMs - clock.nowMs());
  const isOpen = soFar[0]?.facts.connect.outcome === "open";
  const layers = isOpen
    ? await probeLayers(soFar, {
        endpoint,
        host,
        clock,
        timeoutMs,
        deadlineAtMs: deadlineMs,
        routing,
        reference,
        recording,
        ...between,
      })
    : [];
  const isTls = soFar.some(({ purpose, facts }) => purpose !== "direct-tls" && facts.tls !== null);
  const ofSeries = recording?.restarted(new Date()) ?? null;
  const series = startHelloSeries({
    ...{ endpoint, host, routing, timeoutMs, deadlineMs: remainingMs(), pauseMs },
    ...recordedAs(ofSeries, RECORDED_BESIDE.enumeration),
    ...between,
  });
  const certificate = soFar.find(({ facts }) => isEstablished(facts.tls))?.facts.tls?.chain[0] ?? null;
  const simulation = isTls ? await simulateClients(CLIENT_PROFILES, series, { certificate }) : null;
  const listeners = await probeListeners(
    { ...endpoint, host },
    {
      timeoutMs: Math.min(timeoutMs, LISTENER_TIMEOUT_MS),
      deadlineMs: remainingMs(),
      ...recordedAs(recording?.restarted(new Date()) ?? null, RECORDED_BESIDE.listener),
      ...between,
      ...(recording === null ? {} : { onDatagrams: recording.onDatagrams }),
    },
  );
  return {
    layers,
    report: {
      ...(simulation === null
        ? {}
        : { clients: simulation.clients, tlsSupport: tlsSupportReport(simulation.support) }),
      listeners,
    },
    connections: series.connections() + TCP_LISTENERS.filter((id) => listeners[id] !== null).length,
  };
};

const betweenConnections = ({ admit, signal }: BetweenConnections): BetweenConnections => ({
  ...(admit === undefined ? {} : { admit }),
  ...(signal === undefined ? {} : { signal }),
});

/** Six ports that mostly drop: not each the whole time-out. */
const LISTENER_TIMEOUT_MS = 2000;

const TCP_LISTENERS = ["websocket3387", "websocket3392", "gateway443", "hyperv2179"] as const;
