import { afterEach, describe, expect, it } from "vitest";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { SCENARIOS } from "../../../src/lab/scenarios.ts";
import { RawClient } from "./raw-client.ts";

const ASK = "030000130ee00000000000010008000b000000";
const HELLO = "16030100050100000101";

const A_MEGABYTE = new Uint8Array(1_000_000).fill(0x5a);

let lab: Lab | null = null;
const clients: RawClient[] = [];

const start = async (scenarios?: readonly string[], basePort = 0): Promise<Lab> => {
  lab = await startLab({ host: "127.0.0.1", basePort, ...(scenarios === undefined ? {} : { scenarios }) });
  return lab;
};
/** On a base port whose followers are free as well: of what others listen on, nothing is known. */
const startSomewhere = async (scenarios: readonly string[]): Promise<Lab> => {
  for (let turn = 0; turn < 20; turn += 1) {
    const { listeners } = await start(["silent"]);
    const basePort = listeners[0]?.port ?? 0;
    await lab?.close();
    try {
      return await start(scenarios, basePort);
    } catch (fault) {
      if (!(fault instanceof Error) || !fault.message.includes("EADDRINUSE")) throw fault;
    }
  }
  throw new Error("no free ports in twenty turns");
};
const dial = (port: number): RawClient => {
  const client = new RawClient(port);
  clients.push(client);
  return client;
};
const listenerOf = (id: string) => {
  const listener = lab?.listeners.find(({ scenario }) => scenario.id === id);
  if (listener === undefined) throw new Error(`no scenario ${id}`);
  return listener;
};

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await lab?.close();
  lab = null;
});

describe("starting the lab", () => {
  it("gives every scenario a port of its own, in the table's order", async () => {
    const { listeners } = await start();
    expect(listeners.map(({ scenario }) => scenario)).toEqual(SCENARIOS);
    expect(new Set(listeners.map(({ port }) => port)).size).toBe(SCENARIOS.length);
    expect(listeners.every(({ host }) => host === "127.0.0.1")).toBe(true);
  });

  it("starts what it is asked for, on ports that follow the base port", async () => {
    const { listeners } = await startSomewhere(["ssh", "port-closed"]);
    const basePort = listeners[0]?.port ?? 0;
    expect(listeners.map(({ scenario, port }) => [scenario.id, port])).toEqual([
      ["ssh", basePort],
      ["port-closed", basePort + 1],
    ]);
    expect(await dial(basePort + 1).ends()).toMatchObject({ end: "refused" });
  });

  it("refuses a scenario that does not exist", async () => {
    await expect(start(["ssh", "no-such"])).rejects.toThrow(RangeError);
  });

  it("leaves nothing listening when a port is taken", async () => {
    const { listeners } = await start(["silent"]);
    const taken = listeners[0]?.port ?? 0;
    const second = startLab({ host: "127.0.0.1", basePort: taken - 1, scenarios: ["ssh", "vnc"] });
    await expect(second).rejects.toMatchObject({ code: "EADDRINUSE" });
    expect(await dial(taken - 1).ends()).toMatchObject({ end: "refused" });
  });

  it("mints certificates for the time that it is told", async () => {
    const now = new Date("2031-05-05T05:05:05Z");
    lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: ["tls-without-nla"], now });
    const client = dial(listenerOf("tls-without-nla").port);
    client.send(ASK);
    await client.hears(19);
    const secured = await client.startTls();
    expect(new Date(secured.getPeerCertificate().valid_from)).toEqual(new Date("2031-04-25T05:05:05Z"));
    secured.destroy();
  });
});

describe("a running lab", () => {
  it("counts connections: all, open ones, and the most at a time", async () => {
    await start(["silent"]);
    const listener = listenerOf("silent");
    expect(listener.connections()).toEqual({ total: 0, open: 0, maxOpen: 0 });
    const three = [dial(listener.port), dial(listener.port), dial(listener.port)];
    await eventually(() => expect(listener.connections()).toEqual({ total: 3, open: 3, maxOpen: 3 }));
    for (const client of three) client.destroy();
    await eventually(() => expect(listener.connections()).toEqual({ total: 3, open: 0, maxOpen: 3 }));
    dial(listener.port);
    await eventually(() => expect(listener.connections()).toEqual({ total: 4, open: 1, maxOpen: 3 }));
  });

  const rudeness: readonly (readonly [string, (client: RawClient) => Promise<void>])[] = [
    ["resets at once", async () => undefined],
    [
      "resets within its request",
      async (client) => {
        client.send(ASK.slice(0, 10));
        await client.hears(1, 20);
      },
    ],
    [
      "resets after its request",
      async (client) => {
        client.send(ASK);
        await client.hears(1, 20);
      },
    ],
    [
      "resets within the TLS handshake",
      async (client) => {
        client.send(ASK);
        await client.hears(19, 50);
        client.send(HELLO);
        await client.hears(20, 20);
      },
    ],
    [
      "sends a megabyte of garbage",
      async (client) => {
        client.socket.write(A_MEGABYTE);
        await client.hears(1_000, 20);
      },
    ],
    [
      "sends garbage in place of its ClientHello",
      async (client) => {
        client.send(ASK);
        await client.hears(19, 50);
        client.send("5a".repeat(100_000));
        await client.hears(1_000, 20);
      },
    ],
    [
      "half-closes after its request",
      async (client) => {
        client.send(ASK);
        client.socket.end();
        await client.hears(1_000, 20);
      },
    ],
  ];

  it.each(rudeness)("serves the next client after one that %s, in every scenario", async (_, offend) => {
    const { listeners } = await start();
    const open = listeners.filter(({ scenario }) => scenario.behaviour !== null);
    await Promise.all(
      open.map(async ({ port }) => {
        const client = dial(port);
        await offend(client);
        client.reset();
      }),
    );
    await eventually(() => expect(open.filter((one) => one.connections().open > 0)).toEqual([]));
    const next = dial(listenerOf("nla-optional").port);
    next.send(ASK);
    expect(await next.hears(19)).toMatchObject({ hex: "030000130ed00000123400021f080008000000" });
    expect(open.every((one) => one.connections().total >= 1)).toBe(true);
  });

  it("still knows a client that sends its request byte by byte", async () => {
    await start(["nla-required"]);
    const client = dial(listenerOf("nla-required").port);
    for (let at = 0; at < ASK.length; at += 2) {
      client.send(ASK.slice(at, at + 2));
      await client.hears(1, 3);
    }
    expect(await client.hears(19)).toMatchObject({ hex: "030000130ed00000123400021f080008000000" });
  });
});

describe("closing the lab", () => {
  it("drops clients at every stage, and leaves nothing open", async () => {
    const { listeners, close } = await start();
    const open = listeners.filter(({ scenario }) => scenario.behaviour !== null);
    const stalled = open.flatMap(({ port }) => [dial(port), dial(port), dial(port)]);
    stalled.forEach((client, index) => {
      if (index % 3 > 0) client.send(ASK);
    });
    await Promise.all(stalled.map((client) => client.hears(19, 60)));
    stalled.forEach((client, index) => {
      if (index % 3 > 1 && client.socket.writable) client.send(HELLO);
    });
    await Promise.all(stalled.map((client) => client.hears(20, 20)));

    const startedAt = performance.now();
    await close();
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(open.map((one) => one.connections().open)).toEqual(open.map(() => 0));
    const ends = await Promise.all(stalled.map((client) => client.ends()));
    expect(ends.filter(({ end }) => end === "open")).toEqual([]);
    const again = await Promise.all(open.map(({ port }) => dial(port).ends()));
    expect(again.every(({ end }) => end === "refused")).toBe(true);
  });

  it("can be asked twice", async () => {
    const { close } = await start(["silent", "port-closed"]);
    await close();
    await expect(close()).resolves.toBeUndefined();
  });
});

const eventually = async (check: () => void): Promise<void> => {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    try {
      check();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  check();
};
