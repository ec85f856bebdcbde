import { afterEach, describe, expect, it } from "vitest";
import { need } from "../../../src/bytes/decoded.ts";
import type { AcceptedConnection } from "../../../src/transport/accepted-connection.ts";
import { type Listener, listen } from "../../../src/transport/listener.ts";
import { decodeTpkt } from "../../../src/x224/tpkt.ts";
import { RawClient } from "./raw-client.ts";

const LIMITS = { timeoutMs: 1_000, maxSizeBytes: 100 };

let listener: Listener | null = null;
let client: RawClient | null = null;

/** Runs the server's part on the first connection and gives what it returns. */
const serveOnce = async <T>(
  serve: (connection: AcceptedConnection) => Promise<T>,
  lifetimeMs = 5_000,
): Promise<{ readonly served: Promise<T>; readonly client: RawClient }> => {
  let settle: (value: T) => void = () => undefined;
  const served = new Promise<T>((resolve) => {
    settle = resolve;
  });
  listener = await listen({
    host: "127.0.0.1",
    port: 0,
    lifetimeMs,
    serve: async (connection) => settle(await serve(connection)),
  });
  client = new RawClient(listener.port);
  return { served, client };
};

afterEach(async () => {
  client?.destroy();
  await listener?.close();
  listener = null;
});

describe("what a connection receives", () => {
  it("is whole values, however the client cuts them, and each one once", async () => {
    const { served, client } = await serveOnce(async (connection) => [
      await connection.receive(decodeTpkt, LIMITS),
      await connection.receive(decodeTpkt, LIMITS),
    ]);
    client.send("030000");
    await client.hears(1, 10);
    client.send("07010203 03000008010203");
    await client.hears(1, 10);
    client.send("04");
    expect(await served).toEqual([
      { reserved: 0, body: Buffer.from([1, 2, 3]) },
      { reserved: 0, body: Buffer.from([1, 2, 3, 4]) },
    ]);
  });

  it.each([
    ["another protocol", (client: RawClient) => client.send("ff")],
    ["more than the limit", (client: RawClient) => client.send(`03000fff${"00".repeat(200)}`)],
    ["a FIN in the middle", (client: RawClient) => client.socket.end("\u0003\0")],
    ["a RST", (client: RawClient) => client.reset()],
    ["nothing in time", () => undefined],
  ])("is null after %s", async (_, act) => {
    const { served, client } = await serveOnce((connection) =>
      connection.receive(decodeTpkt, { ...LIMITS, timeoutMs: 100 }),
    );
    client.socket.once("connect", () => act(client));
    expect(await served).toBeNull();
  });

  it("stays to be received when it was only heard", async () => {
    const { served, client } = await serveOnce(async (connection) => [
      await connection.hears(1_000),
      await connection.hears(1_000),
      await connection.receive(decodeTpkt, LIMITS),
    ]);
    client.send("03000007010203");
    expect(await served).toEqual([true, true, { reserved: 0, body: Buffer.from([1, 2, 3]) }]);
  });
});

describe("what a connection peeks at", () => {
  it("is a whole value as well, and stays to be received", async () => {
    const { served, client } = await serveOnce(async (connection) => [
      await connection.peek(decodeTpkt, LIMITS),
      await connection.peek(decodeTpkt, LIMITS),
      await connection.receive(decodeTpkt, LIMITS),
      await connection.receive(decodeTpkt, LIMITS),
    ]);
    client.send("030000");
    await client.hears(1, 10);
    client.send("07010203 03000007040506");
    const first = { reserved: 0, body: Buffer.from([1, 2, 3]) };
    expect(await served).toEqual([first, first, first, { reserved: 0, body: Buffer.from([4, 5, 6]) }]);
  });

  it("is null after another protocol", async () => {
    const { served, client } = await serveOnce((connection) => connection.peek(decodeTpkt, LIMITS));
    client.send("ff");
    expect(await served).toBeNull();
  });
});

describe("a connection that is over", () => {
  it("says so to whoever writes, waits, reads or starts TLS, and nothing rejects", async () => {
    const { served, client } = await serveOnce(async (connection) => {
      await connection.drain(1_000);
      return [
        await connection.write(Uint8Array.of(1)),
        await connection.dribble(Uint8Array.of(1, 2), 1),
        await connection.pause(1),
        await connection.hears(1_000),
        await connection.receive(() => need(1), LIMITS),
        await connection.startTls({}),
        await connection.end(),
        connection.reset(),
      ];
    });
    client.socket.once("connect", () => client.reset());
    expect(await served).toEqual([false, false, false, false, null, false, undefined, undefined]);
  });

  it("ends a write that the client never reads", async () => {
    const { served, client } = await serveOnce(async (connection) => {
      let turns = 0;
      while (turns < 1_000 && (await connection.write(new Uint8Array(1_000_000)))) turns += 1;
      return turns;
    }, 300);
    client.socket.removeAllListeners("data");
    client.socket.pause();
    expect(await served).toBeLessThan(1_000);
  });
});

describe("a listener", () => {
  it("drops a forgotten client when its lifetime is over", async () => {
    const { served, client } = await serveOnce((connection) => connection.drain(60_000), 100);
    await served;
    expect((await client.ends()).end).not.toBe("open");
    expect(listener?.connections()).toEqual({ total: 1, open: 0, maxOpen: 1 });
  });

  it("throws on close what its server threw, since that is no client's doing", async () => {
    listener = await listen({
      host: "127.0.0.1",
      port: 0,
      lifetimeMs: 1_000,
      serve: () => Promise.reject(new Error("a bug")),
    });
    client = new RawClient(listener.port);
    await client.ends();
    const broken = listener;
    listener = null;
    await expect(broken.close()).rejects.toThrow("a bug");
  });

  it("rejects where the port is taken", async () => {
    listener = await listen({ host: "127.0.0.1", port: 0, lifetimeMs: 1_000, serve: async () => undefined });
    const again = listen({
      host: "127.0.0.1",
      port: listener.port,
      lifetimeMs: 1,
      serve: async () => undefined,
    });
    await expect(again).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  it("listens on IPv6 as well", async () => {
    listener = await listen({
      host: "::1",
      port: 0,
      lifetimeMs: 1_000,
      serve: (connection) => connection.end(),
    });
    client = new RawClient(listener.port, "::1");
    expect(await client.ends()).toMatchObject({ end: "fin" });
  });
});
