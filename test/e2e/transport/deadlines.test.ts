import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { ensureBuilt } from "../cli/executable.ts";
import { rdprobe } from "../cli/rdprobe.ts";
import { eventually } from "../../support/eventually.ts";

/** For a busy machine; where the bound is not held, it takes the time-out of 30 s or the deadline of 10 s. */
const SLACK_MS = 3000;

/** Scenarios of the lab that keep quiet, dribble, send rubbish or never end. */
const SCENARIOS = [
  "dribble",
  "silent",
  "silent-after-hello",
  "silent-after-tls",
  "reply-stops",
  "tpkt-length-too-long",
  "tpkt-of-garbage",
  "garbage",
  "garbage-after-hello",
  "endless",
  "endless-after-hello",
  "ssh",
  "reset-after-tls",
  "closed-after-tls",
] as const;

const SELECTS_TLS = "030000130ed000001234000200080001000000";

/** What these servers answer first, and the byte that they add every 20 ms, for ever. */
const DRIPPING = {
  "a long TPKT": { answers: ["03000fff02f080"], drip: 0x64 },
  "a line of text": { answers: ["53"], drip: 0x53 },
  "a TLS record": { answers: [SELECTS_TLS, "1603034000"], drip: 0 },
  "records of no bytes": { answers: [SELECTS_TLS, "16030300"], drip: 0 },
} as const;

const DRIP_EVERY_MS = 20;

const startDripping = async (host: string, answers: readonly string[], drip: number): Promise<Server> => {
  const server = createServer({ noDelay: true }, (socket) => {
    const left = [...answers];
    let timer: NodeJS.Timeout | undefined;
    socket.on("error", () => socket.destroy());
    socket.on("close", () => clearInterval(timer));
    socket.on("data", () => {
      const answer = left.shift();
      if (answer !== undefined) socket.write(Buffer.from(answer, "hex"));
      if (left.length === 0) timer ??= setInterval(() => socket.write(Uint8Array.of(drip)), DRIP_EVERY_MS);
    });
  });
  await once(server.listen(0, host), "listening");
  return server;
};

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
};

const labs: Lab[] = [];
const servers: Server[] = [];
/** Each server has an address of its own, so that all are probed at the same time. */
const targets = new Map<string, string>();

beforeAll(async () => {
  await ensureBuilt();
  let host = 0;
  for (const id of SCENARIOS) {
    host += 1;
    const lab = await startLab({ host: `127.0.8.${host}`, basePort: 0, scenarios: [id] });
    labs.push(lab);
    targets.set(id, `127.0.8.${host}:${lab.listeners[0]?.port}`);
  }
  for (const [name, { answers, drip }] of Object.entries(DRIPPING)) {
    host += 1;
    const server = await startDripping(`127.0.8.${host}`, answers, drip);
    servers.push(server);
    targets.set(`${name}, dripping`, `127.0.8.${host}:${portOf(server)}`);
  }
}, 150_000);

afterAll(async () => {
  for (const lab of labs) await lab.close();
  for (const server of servers) server.close();
});

/** The results by the server's name. */
const probeAll = async (...options: readonly string[]): Promise<ReadonlyMap<string, Result>> => {
  const { stdout } = await rdprobe(["--json", ...options, ...targets.values()]);
  const results: readonly Result[] = JSON.parse(stdout);
  return new Map([...targets.keys()].map((name, index) => [name, resultAt(results, index)]));
};

const resultAt = (results: readonly Result[], index: number): Result => {
  const result = results[index];
  if (result === undefined) throw new Error(`no result ${index}`);
  return result;
};

describe("a server that holds the probe up", () => {
  it("does so until the deadline at most, whatever the time-out of a stage is", async () => {
    const results = await probeAll("--timeout", "30s", "--deadline", "700ms");
    for (const [name, { durationMs }] of results) expect(durationMs, name).toBeLessThan(700 + SLACK_MS);
    for (const name of ["silent", "silent-after-tls", "a long TPKT, dripping", "a TLS record, dripping"]) {
      expect(results.get(name)?.durationMs, name).toBeGreaterThan(690);
      expect(results.get(name)?.verdict.code, name).toBe("timeout");
    }
  });

  it("holds up one stage for its time-out at most, however often a byte comes", async () => {
    const results = await probeAll("--timeout", "400ms", "--deadline", "10s");
    for (const [name, { stages }] of results) {
      for (const { name: stage, durationMs } of stages) {
        expect(durationMs ?? 0, `${name}: ${stage}`).toBeLessThan(400 + SLACK_MS);
      }
    }
    for (const name of ["a long TPKT, dripping", "a TLS record, dripping"]) {
      expect(results.get(name)?.verdict.code, name).toBe("timeout");
    }
  });

  it("does not hold up the process beyond its results either", async () => {
    const startedAt = performance.now();
    await rdprobe(["--timeout", "60s", "--deadline", "300ms", ...targets.values()]);
    expect(performance.now() - startedAt).toBeLessThan(300 + LINGER_MS + START_MS);
  });

  it("is left in the end: no connection stays open", async () => {
    const open = () => labs.flatMap(({ listeners }) => listeners.map((one) => one.connections().open));
    const allLeft = () => open().every((count) => count === 0);
    expect(await eventually(allLeft, { timeoutMs: 3000 })).toBe(true);
  });
});

/** What a peer that does not close is waited for after our FIN, and what Node takes to start. */
const LINGER_MS = 1000;
const START_MS = 12_000;
