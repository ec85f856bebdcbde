import { describe, expect, it } from "vitest";
import { type DatagramTraffic, exchangeDatagram } from "../../src/transport/udp-exchange.ts";
import { listenUdp } from "../../src/transport/udp-listener.ts";

const LOOPBACK = { host: "127.0.0.1", port: 0 } as const;
const QUESTION = Uint8Array.of(1, 2, 3);
const endpoint = (port: number) => ({ address: "127.0.0.1", port, family: 4 }) as const;

describe("One datagram and its answer", () => {
  it("is the first of several", async () => {
    const peer = await listenUdp({
      ...LOOPBACK,
      answer: (datagram) => [Uint8Array.of(9, ...datagram), Uint8Array.of(8)],
    });
    const outcome = await exchangeDatagram(endpoint(peer.port), QUESTION, 2_000);
    expect(outcome).toMatchObject({ kind: "answer", bytes: Buffer.from([9, 1, 2, 3]) });
    expect(peer.received).toEqual([Buffer.from(QUESTION)]);
    await peer.close();
  });

  it("is told to who records it: both datagrams, their times and who sent them", async () => {
    const peer = await listenUdp({ ...LOOPBACK, answer: (datagram) => [datagram] });
    const seen: DatagramTraffic[] = [];
    const before = performance.timeOrigin + performance.now();
    await exchangeDatagram(endpoint(peer.port), QUESTION, 2_000, (traffic) => seen.push(traffic));
    expect(seen).toMatchObject([
      {
        local: { address: "127.0.0.1" },
        remote: { address: "127.0.0.1", port: peer.port },
        datagrams: [{ from: "client", bytes: QUESTION }, { from: "server" }],
      },
    ]);
    const [question, answer] = seen[0]?.datagrams ?? [];
    expect(question?.timeMs).toBeGreaterThanOrEqual(before);
    expect(answer?.timeMs).toBeGreaterThanOrEqual(question?.timeMs ?? Number.POSITIVE_INFINITY);
    await peer.close();
  });

  it("is silence after the wait, and the socket is gone", async () => {
    const peer = await listenUdp({ ...LOOPBACK, answer: () => [] });
    const started = performance.now();
    expect(await exchangeDatagram(endpoint(peer.port), QUESTION, 100)).toEqual({ kind: "silence" });
    expect(performance.now() - started).toBeGreaterThanOrEqual(95);
    await peer.close();
  });

  it("is an unreachable port where ICMP says so, long before the wait is over", async () => {
    const peer = await listenUdp({ ...LOOPBACK, answer: () => [] });
    await peer.close();
    const started = performance.now();
    expect(await exchangeDatagram(endpoint(peer.port), QUESTION, 10_000)).toEqual({
      kind: "port-unreachable",
    });
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it("is a value also where the operating system refuses to send", async () => {
    const tooLong = new Uint8Array(70_000);
    expect(await exchangeDatagram(endpoint(9), tooLong, 1_000)).toEqual({
      kind: "unreachable",
      detail: "EMSGSIZE",
    });
    const wrongFamily = { address: "::1", port: 9, family: 4 } as const;
    expect(await exchangeDatagram(wrongFamily, QUESTION, 1_000)).toMatchObject({ kind: "unreachable" });
  });

  it.each([0, 1])("with a wait of %i ms settles once and throws nothing", async (waitMs) => {
    const peer = await listenUdp({ ...LOOPBACK, answer: (datagram) => [datagram] });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => exchangeDatagram(endpoint(peer.port), QUESTION, waitMs)),
    );
    for (const { kind } of outcomes) expect(["silence", "answer"]).toContain(kind);
    await peer.close();
  });
});
