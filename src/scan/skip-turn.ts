/** One connection that only takes its turn at a load balancer. */
import { connectionRequestFor } from "../handshake/plan/connection-requests.ts";
import { startClock } from "../transport/clock.ts";
import { converse } from "../transport/converse.ts";
import type { Result } from "../verdict/result/result.ts";
import { type TargetOptions, viaOf } from "./one/probe-target.ts";

/**
 * Opens a connection as a quick probe does, up to the ClientHello, and learns nothing from it. A probe that
 * makes two connections would else meet the same one of two machines for ever, where they are handed out in turn.
 * @throws LocalResourceError when this machine cannot open a connection.
 */
export const skipTurn = async ({ target }: Result, options: TargetOptions): Promise<void> => {
  const { address, port, family, host } = target;
  if (address === null || family === null) return;
  const { timeoutMs, deadlineMs: deadlineAtMs, routing, reference: profile } = options;
  const endpoint = { address, port, family, ...viaOf(options) };
  const request = connectionRequestFor("offer-all", routing);
  const tls = { kind: "hello", hello: { profile, minSizeBytes: 0, split: false } } as const;
  const { closed } = await converse(
    { request, tls, after: { kind: "nothing" } },
    { endpoint, host, clock: startClock(), timeoutMs, deadlineAtMs },
  );
  await closed;
};
