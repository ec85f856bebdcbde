/** The layers plan, carried out: one connection after the other, with the plan's pause before each. */
import { setTimeout as sleep } from "node:timers/promises";
import { LAYER_PAUSE_MS, type LayersOffer, nextLayerConnection } from "../../handshake/plan/layers-plan.ts";
import type { ProbeConnection } from "../../handshake/plan/probe-plan.ts";
import { type ConverseOptions, converse } from "../../transport/converse.ts";
import type { BetweenConnections } from "./probe-options.ts";
import { type ProbeRecording, recordedAs } from "./recording.ts";

/** How long a peer may take to end its side, before the next connection is opened beside it. */
const CLOSE_PATIENCE_MS = 1000;

export interface ProbeLayersOptions
  extends Omit<ConverseOptions, "onTraffic">,
    LayersOffer,
    BetweenConnections {
  readonly recording?: ProbeRecording | null;
}

/**
 * Asks what the connections of standard depth left open, and gives those that it made. Each waits for the
 * pause, and until the peer has closed the one before.
 * @param soFar the connections of standard depth, on the same clock.
 * @throws LocalResourceError when this machine cannot open a connection.
 */
export const probeLayers = async (
  soFar: readonly ProbeConnection[],
  options: ProbeLayersOptions,
): Promise<readonly ProbeConnection[]> => {
  const made: ProbeConnection[] = [];
  let closed: Promise<void> = Promise.resolve();
  for (
    let next = nextLayerConnection(soFar, options);
    next !== null && options.clock.nowMs() + LAYER_PAUSE_MS < options.deadlineAtMs;
    next = nextLayerConnection([...soFar, ...made], options)
  ) {
    await Promise.all([Promise.race([closed, sleep(CLOSE_PATIENCE_MS)]), sleep(LAYER_PAUSE_MS)]);
    options.signal?.throwIfAborted();
    await options.admit?.();
    const conversed = await converse(next.plan, {
      ...options,
      ...recordedAs(options.recording ?? null, next.purpose),
    });
    made.push({ purpose: next.purpose, facts: conversed.facts });
    closed = conversed.closed;
  }
  return made;
};
