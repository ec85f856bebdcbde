/** Asks a server about single offers, one connection after the other. */
import { setTimeout as sleep } from "node:timers/promises";
import type { LayerState } from "../../handshake/facts/layer-states.ts";
import { type OfferQuestion, offerAnswer, offerPlan } from "../../handshake/plan/offer-questions.ts";
import { startClock } from "../../transport/clock.ts";
import { type ConverseOptions, converse } from "../../transport/converse.ts";
import type { Routing } from "../../x224/connection-request.ts";

/** How long a peer may take to end its side, before the next connection is opened beside it. */
const CLOSE_PATIENCE_MS = 250;

/** Before each connection: the one before it may be ending still. */
const PAUSE_MS = 50;

export interface ProbeOffersOptions extends Pick<ConverseOptions, "endpoint" | "host" | "timeoutMs"> {
  readonly routing: Routing | null;
  /** For all questions together, milliseconds. */
  readonly deadlineMs: number;
}

/**
 * The answers, as far as there was time for the questions.
 * @throws LocalResourceError when this machine cannot open a connection.
 */
export const probeOffers = async (
  questions: readonly OfferQuestion[],
  { endpoint, host, timeoutMs, routing, deadlineMs: deadlineAtMs }: ProbeOffersOptions,
): Promise<ReadonlyMap<OfferQuestion, LayerState>> => {
  const clock = startClock();
  const answers = new Map<OfferQuestion, LayerState>();
  for (const question of questions) {
    await sleep(PAUSE_MS);
    if (clock.nowMs() >= deadlineAtMs) break;
    const plan = offerPlan(question, routing);
    const { facts, closed } = await converse(plan, {
      ...{ endpoint, host, clock, timeoutMs, deadlineAtMs },
    });
    answers.set(question, offerAnswer(question, facts));
    await Promise.race([closed, sleep(CLOSE_PATIENCE_MS)]);
  }
  return answers;
};
