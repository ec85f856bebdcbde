import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { hash } from "bcryptjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { basicAuth } from "../../../src/exporter/basic-auth.ts";
import { createConnectionTable } from "../../../src/exporter/connection-table.ts";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { soleValueOf } from "../../exporter/exposition-format.ts";
import { runExporter } from "./running-exporter.ts";

let lab: Lab;
let target: string;

beforeAll(async () => {
  lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: ["tls-without-nla"] });
  target = `127.0.0.1:${lab.listeners[0]?.port}`;
});

afterAll(() => lab.close());

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

describe("a password that was right once", () => {
  it.each([1, 300, 2000])(
    "is let in at once beside %d guesses, of users that are and are not",
    async (count) => {
      let compared = 0;
      const authenticate = basicAuth(
        new Map([
          ["alice", "a"],
          ["bob", "b"],
        ]),
        async (password, hashed) => {
          compared += 1;
          await sleep(1);
          return password === `right ${hashed}`;
        },
      );
      expect(await authenticate(basic("alice", "right a"), "10.0.0.1")).toBe("accepted");
      const flood = Array.from({ length: count }, (_, guess) =>
        authenticate(
          basic(guess % 3 === 0 ? `user${guess}` : "alice", `guess ${guess}`),
          `192.0.2.${guess % 40}`,
        ),
      );
      const before = compared;
      expect(await authenticate(basic("alice", "right a"), "10.0.0.1")).toBe("accepted");
      expect(compared).toBe(before);
      // Who comes for the first time gets a turn before all of them are through.
      expect(await authenticate(basic("bob", "right b"), "10.0.0.2")).toBe("accepted");
      expect(compared - before).toBeLessThan(90);
      expect(await Promise.all(flood)).not.toContain("accepted");
      expect(await authenticate(basic("alice", "right a"), "10.0.0.1")).toBe("accepted");
    },
  );

  it("counts no more once it was changed for another", async () => {
    const authenticate = basicAuth(new Map([["alice", "a"]]), async (password) => password === "new");
    expect(await authenticate(basic("alice", "new"))).toBe("accepted");
    expect(await authenticate(basic("alice", "old"))).toBe("refused");
    expect(await authenticate(basic("bob", "new"))).toBe("refused");
  });
});

describe("an unknown user", () => {
  it("takes the hash of a known one, always the same, and every cost stands for unknown ones", async () => {
    const asked: string[] = [];
    const authenticate = basicAuth(
      new Map([
        ["alice", "cost 4"],
        ["bob", "cost 13"],
      ]),
      async (_, hashed) => {
        asked.push(hashed);
        return true;
      },
    );
    for (let user = 0; user < 40; user += 1) {
      expect(await authenticate(basic(`user${user}`, "1"))).toBe("refused");
      expect(await authenticate(basic(`user${user}`, "2"))).toBe("refused");
      expect(asked.at(-1)).toBe(asked.at(-2));
    }
    expect(new Set(asked)).toEqual(new Set(["cost 4", "cost 13"]));
  });
});

describe("guesses of dear passwords", () => {
  it("cost a probe beside them no time", async () => {
    await using exporter = await runExporter({ users: new Map([["alice", await hash("right", 11)]]) });
    const headers = { Authorization: basic("alice", "right") };
    const probe = async (): Promise<number> => {
      const url = `${exporter.url}/probe?module=quick&target=${target}`;
      const text = await (await fetch(url, { headers })).text();
      expect(soleValueOf(text, "probe_success")).toBe(1);
      return soleValueOf(text, "probe_duration_seconds") ?? Number.NaN;
    };
    await probe();
    const alone = Math.min(await probe(), await probe(), await probe());
    let isOver = false;
    let guesses = 0;
    const flood = Array.from({ length: 12 }, async () => {
      while (!isOver) {
        guesses += 1;
        const Authorization = basic("alice", `guess ${guesses}`);
        const { status } = await fetch(`${exporter.url}/metrics`, { headers: { Authorization } });
        expect([401, 503]).toContain(status);
      }
    });
    await sleep(100);
    const beside = [];
    for (let round = 0; round < 8 || guesses <= 24; round += 1) beside.push(await probe());
    isOver = true;
    await Promise.all(flood);
    expect(guesses).toBeGreaterThan(12);
    // bcrypt in the same thread would hold each of them for a tenth of a second.
    expect(beside.toSorted((a, b) => a - b)[2]).toBeLessThan(Math.max(0.09, alone * 3));
    expect(exporter.faults).toEqual([]);
  });
});

describe("connections that say nothing", () => {
  it.each([
    ["nothing", ""],
    ["half a head", "GET / HTTP/1.1\r\n"],
    ["a request, and then nothing", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"],
  ])("do not lock out who asks: %s", async (_what, bytes) => {
    await using exporter = await runExporter({ maxConcurrent: 1 });
    const sockets: Socket[] = [];
    for (let count = 0; count < 400; count += 1) {
      const socket = connect(exporter.port, "127.0.0.1").on("error", () => {});
      await once(socket, "connect");
      socket.resume().write(bytes);
      sockets.push(socket);
    }
    for (let round = 0; round < 3; round += 1) {
      const { status } = await exporter.probe(target, { module: "quick" });
      expect(status).toBe(200);
    }
    for (const socket of sockets) socket.destroy();
  });
});

describe("the table of connections", () => {
  const socketOf = (remoteAddress: string, remotePort: number) => {
    const closed: (() => void)[] = [];
    return {
      remoteAddress,
      remotePort,
      isOpen: true,
      destroy() {
        this.isOpen = false;
        for (const listener of closed) listener();
      },
      once: (_event: "close", listener: () => void) => void closed.push(listener),
    };
  };

  it("gives the place of who has most, and never that of a request", () => {
    const table = createConnectionTable(10);
    const guest = socketOf("10.0.0.1", 1);
    table.add(guest);
    const busy = socketOf("192.0.2.1", 1);
    table.add(busy);
    const answered = table.working(busy);
    const strangers = Array.from({ length: 1000 }, (_, port) => socketOf("192.0.2.1", port + 2));
    for (const stranger of strangers) table.add(stranger);
    expect({ guest: guest.isOpen, busy: busy.isOpen, size: table.size }).toEqual({
      guest: true,
      busy: true,
      size: 10,
    });
    answered();
    for (const stranger of strangers) table.add(socketOf("192.0.2.1", stranger.remotePort + 5000));
    expect({ guest: guest.isOpen, busy: busy.isOpen }).toEqual({ guest: true, busy: false });
  });

  it("drops what comes on top where all are at work", () => {
    const table = createConnectionTable(3);
    const workers = [1, 2, 3].map((port) => socketOf("10.0.0.1", port));
    for (const worker of workers) {
      table.add(worker);
      table.working(worker);
    }
    const late = socketOf("10.0.0.2", 9);
    table.add(late);
    expect([late.isOpen, ...workers.map(({ isOpen }) => isOpen)]).toEqual([false, true, true, true]);
    expect(table.size).toBe(3);
  });
});
