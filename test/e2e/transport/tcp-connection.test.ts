import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { WireEvent } from "../../../src/handshake/conversation/transcript.ts";
import { startClock } from "../../../src/transport/clock.ts";
import { RECEIVE_LIMIT_BYTES, TcpConnection } from "../../../src/transport/tcp-connection.ts";
import { requireOrSkip } from "../../support/availability.ts";
import { eventually } from "../../support/eventually.ts";
import { fullBacklogAvailable, startFullBacklog } from "../servers/fronts/full-backlog.ts";
import { freePort } from "../servers/programs/real-server.ts";

const HOST = "127.0.0.1";
const PATIENCE_MS = 5000;

const servers: Server[] = [];
const sockets: Socket[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** A connection to a server that does this with it. */
const tapTo = async (serve: (socket: Socket) => void): Promise<TcpConnection> => {
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    serve(socket);
  });
  servers.push(server);
  await once(server.listen(0, HOST), "listening");
  const address = server.address();
  return tapAt(typeof address === "object" && address !== null ? address.port : 0);
};

const tapAt = (port: number): TcpConnection =>
  new TcpConnection({ address: HOST, port, family: 4 }, startClock(), false);

/** The kinds of the events up to and with the one that ends the reading. */
const kindsUntil = async (tap: TcpConnection, last: WireEvent["kind"], atMs = PATIENCE_MS) => {
  const kinds: WireEvent["kind"][] = [];
  do {
    kinds.push((await tap.nextEvent(atMs)).kind);
  } while (kinds.at(-1) !== last && kinds.length < 1000);
  return kinds;
};

const received = ({ transcript }: TcpConnection): readonly Uint8Array[] =>
  transcript.flatMap((event) => (event.kind === "received" ? [event.bytes] : []));

const text = (chunks: readonly Uint8Array[]): string => Buffer.concat(chunks).toString();

describe("what ends a connection, told by the wire", () => {
  it("RST to the SYN", async () => {
    const tap = tapAt(await freePort(HOST));
    expect(await tap.nextEvent(PATIENCE_MS)).toMatchObject({
      kind: "connect-failed",
      reason: "refused",
      detail: "ECONNREFUSED",
    });
    tap.end();
  });

  it("no answer to the SYN is silence, at the deadline", async (context) => {
    requireOrSkip(context, fullBacklogAvailable());
    const listener = await startFullBacklog();
    const tap = tapAt(listener.port);
    const event = await tap.nextEvent(200);
    tap.end();
    await listener.stop();
    expect(event).toMatchObject({ kind: "connect-failed", reason: "no-answer", detail: "timeout" });
    expect(event.atMs).toBeGreaterThan(190);
    expect(event.atMs).toBeLessThan(500);
  });

  it("RST", async () => {
    const tap = await tapTo((socket) => socket.once("data", () => socket.resetAndDestroy()));
    expect(await kindsUntil(tap, "connected")).toEqual(["connected"]);
    tap.send(Uint8Array.of(1));
    expect(await kindsUntil(tap, "rst")).toEqual(["rst"]);
  });

  it("FIN", async () => {
    const tap = await tapTo((socket) => socket.end());
    expect(await kindsUntil(tap, "fin")).toEqual(["connected", "fin"]);
    tap.end();
  });

  it("bytes, then FIN: both are there, in their order", async () => {
    const tap = await tapTo((socket) => socket.end("last words"));
    expect(await kindsUntil(tap, "fin")).toEqual(["connected", "received", "fin"]);
    expect(text(received(tap))).toBe("last words");
    tap.end();
  });

  it("silence", async () => {
    const tap = await tapTo(() => {});
    expect(await kindsUntil(tap, "timeout", 150)).toEqual(["connected", "timeout"]);
    tap.end();
  });

  it("RST at once, also where it overtakes the news that the connection stands", async () => {
    for (let round = 0; round < 20; round += 1) {
      const tap = await tapTo((socket) => socket.resetAndDestroy());
      expect(await kindsUntil(tap, "rst")).toEqual(["connected", "rst"]);
    }
  });

  it("a write into a connection that the peer has reset is a reset, not an error of ours", async () => {
    const tap = await tapTo((socket) => setTimeout(() => socket.resetAndDestroy(), 20));
    await kindsUntil(tap, "connected");
    await sleep(100);
    tap.send(Uint8Array.of(1));
    expect(await kindsUntil(tap, "rst")).toEqual(["rst"]);
  });
});

describe("a flood", () => {
  it("is cut off at the limit, and the connection dropped", async () => {
    const tap = await tapTo((socket) => {
      const flood = () => {
        while (!socket.destroyed && socket.write(new Uint8Array(0x10000)));
      };
      socket.on("drain", flood);
      flood();
    });
    const kinds = await kindsUntil(tap, "overflow");
    expect(kinds.at(-1)).toBe("overflow");
    expect(received(tap).reduce((size, chunk) => size + chunk.length, 0)).toBeLessThanOrEqual(
      RECEIVE_LIMIT_BYTES,
    );
    tap.end();
    await tap.closed;
  });

  it("that begins behind our own end is dropped as well, before the peer's time is up", async () => {
    const tap = await tapTo((socket) =>
      socket.once("end", () => {
        const flood = () => {
          while (!socket.destroyed && socket.write(new Uint8Array(0x10000)));
        };
        socket.on("drain", flood);
        flood();
      }),
    );
    await kindsUntil(tap, "connected");
    const endedAt = performance.now();
    tap.end();
    await tap.closed;
    expect(performance.now() - endedAt).toBeLessThan(900);
    expect(received(tap)).toEqual([]);
  });

  it("of crumbs is kept in pieces, and every byte of it is told as it comes", async () => {
    const size = 3000;
    const tap = await tapTo((socket) => {
      let sent = 0;
      const crumb = () => {
        socket.write(Uint8Array.of(sent % 251));
        sent += 1;
        if (sent === size) socket.end();
        else setImmediate(crumb);
      };
      crumb();
    });
    const told: number[] = [];
    for (let event = await tap.nextEvent(PATIENCE_MS); event.kind !== "fin"; ) {
      if (event.kind === "received") told.push(...event.bytes);
      event = await tap.nextEvent(PATIENCE_MS);
    }
    tap.end();
    const expected = Array.from({ length: size }, (_, index) => index % 251);
    expect(told).toEqual(expected);
    expect([...Buffer.concat(received(tap))]).toEqual(expected);
    expect(received(tap).length).toBeLessThan(size / 100);
  });
});

describe("our own end", () => {
  it("is a FIN, and what still comes is read so that it turns into no RST", async () => {
    const ends: string[] = [];
    const tap = await tapTo((socket) => {
      socket.on("end", () => {
        ends.push("fin");
        socket.write("words that come too late", () => socket.end());
      });
      socket.on("error", () => ends.push("rst"));
      socket.on("close", () => ends.push("closed"));
      socket.resume();
    });
    await kindsUntil(tap, "connected");
    tap.end();
    await tap.closed;
    expect(await eventually(() => ends.includes("closed"), { timeoutMs: 2000 })).toBe(true);
    expect(ends).toEqual(["fin", "closed"]);
    expect(tap.transcript.map(({ kind }) => kind)).toEqual(["connected", "ended"]);
  });

  it("waits a second for a peer that does not end its own side", async () => {
    const tap = await tapTo((socket) => socket.resume());
    await kindsUntil(tap, "connected");
    const endedAt = performance.now();
    tap.end();
    await tap.closed;
    expect(performance.now() - endedAt).toBeGreaterThan(900);
    expect(performance.now() - endedAt).toBeLessThan(1500);
  });
});
