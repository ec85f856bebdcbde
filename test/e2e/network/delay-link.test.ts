import { expect, it } from "vitest";
import { allAvailable, describeWhere } from "../../support/availability.ts";
import type { ConnectAttempt } from "../servers/programs/connect-attempt.ts";
import { startXrdp, xrdpAvailable } from "../servers/programs/xrdp.ts";
import { connectFrom, connectsFrom } from "./connect-from.ts";
import { createDelayedPair, type DelayLink, delayLinkAvailable } from "./delay-link.ts";
import type { NamespacePair } from "./namespaces.ts";

const PORT = 3389;

const over = async <T>(link: DelayLink, body: (pair: NamespacePair) => Promise<T>): Promise<T> => {
  const pair = await createDelayedPair(link);
  try {
    return await body(pair);
  } finally {
    await pair.remove();
  }
};

/** Several in a row: a busy machine makes each of them slower, but none faster. */
const severalConnects = ({ client, server }: NamespacePair): Promise<readonly ConnectAttempt[]> =>
  connectsFrom(client, server.address, PORT, 10);

const fastest = (attempts: readonly ConnectAttempt[]): number =>
  Math.min(...attempts.map(({ durationMs }) => durationMs));

const outcomes = (attempts: readonly ConnectAttempt[]): readonly string[] => [
  ...new Set(attempts.map(({ outcome }) => outcome)),
];

describeWhere(delayLinkAvailable())("a link of 25 ms each way", () => {
  it("makes a refused connect take from 50 to 60 ms", async () => {
    const attempts = await over({ oneWayMs: 25 }, severalConnects);
    expect(outcomes(attempts)).toEqual(["ECONNREFUSED"]);
    expect(fastest(attempts)).toBeGreaterThanOrEqual(50);
    expect(fastest(attempts)).toBeLessThan(60);
  });

  it("carries IPv6 as well", async () => {
    const attempt = await over({ oneWayMs: 25 }, ({ client, server }) =>
      connectFrom(client, server.address6, PORT),
    );
    expect(attempt.outcome).toBe("ECONNREFUSED");
    expect(attempt.durationMs).toBeGreaterThanOrEqual(50);
  });

  it("with jitter is never faster than without, and differs from packet to packet", async () => {
    const attempts = await over({ oneWayMs: 25, jitterMs: 40 }, severalConnects);
    const slowest = Math.max(...attempts.map(({ durationMs }) => durationMs));
    expect(fastest(attempts)).toBeGreaterThanOrEqual(50);
    expect(slowest - fastest(attempts)).toBeGreaterThan(10);
  });

  it("that loses everything lets a connect wait for nothing", async () => {
    const attempt = await over({ oneWayMs: 25, loss: 1 }, ({ client, server }) =>
      connectFrom(client, server.address, PORT),
    );
    expect(attempt.outcome).toBe("silent");
  });
});

describeWhere(allAvailable(delayLinkAvailable(), xrdpAvailable()))("xrdp behind a link of 25 ms", () => {
  it("takes a connection in 50 to 60 ms", async () => {
    const attempts = await over({ oneWayMs: 25 }, async (pair) => {
      const { name: namespace, address: host } = pair.server;
      const xrdp = await startXrdp({ namespace, host, port: PORT, certificate: null });
      try {
        return await severalConnects(pair);
      } finally {
        await xrdp.stop();
      }
    });
    expect(outcomes(attempts)).toEqual(["connected"]);
    expect(fastest(attempts)).toBeGreaterThanOrEqual(50);
    expect(fastest(attempts)).toBeLessThan(60);
  });
});
