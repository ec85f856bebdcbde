/** A probe of full depth of one address: the connections of standard depth, then the layers plan, judged. */
import { setTimeout as sleep } from "node:timers/promises";
import { PROBE_IDENTITY } from "../../../src/handshake/plan/connection-requests.ts";
import {
  nextConnection,
  type ProbeConnection,
  type Purpose,
} from "../../../src/handshake/plan/probe-plan.ts";
import { probeLayers } from "../../../src/scan/one/probe-layers.ts";
import { startClock } from "../../../src/transport/clock.ts";
import { converse } from "../../../src/transport/converse.ts";
import { judge } from "../../../src/verdict/rules/judge.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import type { Routing } from "../../../src/x224/connection-request.ts";
import { probeOf, REFERENCE } from "../../verdict/transcripts.ts";

export interface FullProbe {
  readonly result: Result;
  readonly connections: readonly ProbeConnection[];
  /** What the connections of the layers plan were for. */
  readonly asked: readonly Purpose[];
}

export interface FullProbeOptions {
  readonly timeoutMs?: number;
  readonly routing?: Routing;
}

export const fullProbe = async (
  { host, port }: { readonly host: string; readonly port: number },
  { timeoutMs = 5000, routing = { kind: "cookie", identity: PROBE_IDENTITY } }: FullProbeOptions = {},
): Promise<FullProbe> => {
  const options = {
    endpoint: { address: host, port, family: 4 },
    host,
    clock: startClock(),
    timeoutMs,
    deadlineAtMs: 60_000,
    depth: "standard",
    reference: REFERENCE,
    routing,
  } as const;
  const standard: ProbeConnection[] = [];
  for (
    let next = nextConnection(standard, options);
    next !== null;
    next = nextConnection(standard, options)
  ) {
    const { facts, closed } = await converse(next.plan, options);
    standard.push({ purpose: next.purpose, facts });
    await Promise.race([closed, sleep(SETTLE_MS)]);
  }
  const layers = await probeLayers(standard, options);
  const connections = [...standard, ...layers];
  return {
    result: judge(probeOf(...connections)),
    connections,
    asked: layers.map(({ purpose }) => purpose),
  };
};

const SETTLE_MS = 50;
