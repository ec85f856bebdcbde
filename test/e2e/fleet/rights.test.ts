/** What contrib/nats lets a worker do, asked of a real server: its own segment's work and words, and nothing else. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { connect, type NatsConnection, nkeyAuthenticator } from "@nats-io/transport-node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { encodeDone, encodeRow, encodeRows } from "../../../src/fleet/model/worker-messages.ts";
import { eventually } from "../../support/eventually.ts";
import { commandsAvailable, describeWhere } from "../../support/availability.ts";
import { ensureBuilt } from "../cli/executable.ts";
import { rdprobe } from "../cli/rdprobe.ts";
import { type NatsServer, startTemplateNats } from "./nats-server.ts";
import { startWorker } from "./worker-process.ts";

let nats: NatsServer;
let worker: NatsConnection;

const as = (name: string): readonly string[] => [...nats.place, "--creds", join(nats.folder, `${name}.nk`)];

const connectAs = async (name: string): Promise<NatsConnection> => {
  const seed = (await readFile(join(nats.folder, `${name}.nk`), "utf8")).trim();
  return connect({
    servers: `127.0.0.1:${nats.port}`,
    tls: { caFile: join(nats.folder, "server.pem") },
    authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)),
    reconnect: false,
  });
};

/** What comes of a request: an answer of the server, or its refusal. */
const asked = async (subject: string, body = ""): Promise<string> => {
  try {
    return (await worker.request(subject, body, { timeout: 2000 })).string();
  } catch (error) {
    return error instanceof Error ? `refused: ${error.message}` : "refused";
  }
};

/** What the server says to a subscription: null where it lets it be. */
const subscribed = (subject: string): Promise<string | null> =>
  new Promise((resolve) => {
    const subscription = worker.subscribe(subject, { callback: (error) => resolve(error?.message ?? null) });
    void subscription.closed.then((error) => resolve(error instanceof Error ? error.message : null));
    void worker.flush().then(() => setTimeout(() => resolve(null), 300));
  });

/** What a stolen worker of berlin might try. */
const REQUESTS = [
  [
    "take the work of paris",
    "$JS.API.CONSUMER.MSG.NEXT.RDPROBE_WORK.paris",
    '{"batch":1,"expires":1000000000}',
  ],
  ["acknowledge a block of paris", "$JS.ACK.RDPROBE_WORK.paris.1.1.1.1.0", "+ACK"],
  ["write rows of paris", "rdprobe.from.paris.scan.rows.s1", "{}"],
  ["end a block of paris", "rdprobe.from.paris.scan.done.s1", "{}"],
  ["set a block of paris aside", "rdprobe.from.paris.scan.failed.s1", "{}"],
  ["say it is a worker of paris", "rdprobe.from.paris.alive.x", "{}"],
  ["have paris probe something", "rdprobe.work.paris", "{}"],
  ["have its own segment probe something", "rdprobe.work.berlin", "{}"],
  ["change a block at the centre", "rdprobe.blocks.s1.berlin.0", "{}"],
  ["submit a scan", "rdprobe.scans.s2", "{}"],
  ["keep a schedule", "rdprobe.schedules.x", "{}"],
  ["take the scheduler's lease", "rdprobe.lease.scheduler", "{}"],
  ["list the streams", "$JS.API.STREAM.NAMES", ""],
  ["read the list of a scan", "$JS.API.STREAM.MSG.GET.RDPROBE_BLOCKS", '{"seq":1}'],
  ["read it another way", "$JS.API.DIRECT.GET.RDPROBE_BLOCKS", '{"seq":1}'],
  ["read the rows", "$JS.API.STREAM.MSG.GET.RDPROBE_ROWS", '{"seq":1}'],
  [
    "make a consumer of the rows",
    "$JS.API.CONSUMER.CREATE.RDPROBE_ROWS",
    '{"stream_name":"RDPROBE_ROWS","config":{}}',
  ],
  ["delete the rows", "$JS.API.STREAM.PURGE.RDPROBE_ROWS", ""],
  ["delete the work", "$JS.API.STREAM.DELETE.RDPROBE_WORK", ""],
  ["delete the consumer", "$JS.API.CONSUMER.DELETE.RDPROBE_WORK.berlin", ""],
  ["ask the system", "$SYS.REQ.SERVER.PING", ""],
] as const;

const SUBSCRIPTIONS = [
  ["rows of paris", "rdprobe.from.paris.>"],
  ["all of it", ">"],
  ["the work", "rdprobe.work.*"],
] as const;

describeWhere(commandsAvailable("nats-server", "openssl"))("a stolen worker of berlin", () => {
  beforeAll(async () => {
    await ensureBuilt();
    nats = await startTemplateNats(["centre", "berlin", "paris"]);
    const segments = ["--segment", "berlin=127.0.0.1:1,127.0.0.2:1", "--segment", "paris=127.0.1.1:1"];
    const { code } = await rdprobe([
      "submit",
      ...as("centre"),
      ...segments,
      "--id",
      "s1",
      "--block-size",
      "1",
    ]);
    expect(code).toBe(0);
    worker = await connectAs("berlin");
  }, 150_000);
  afterAll(async () => {
    await worker?.close();
    await nats?.stop();
  });

  it.each(REQUESTS)("cannot %s", async (_, subject, body) => {
    expect(await asked(subject, body)).toMatch(/^refused: permissions violation/i);
  });

  it.each(SUBSCRIPTIONS)("cannot listen to %s", async (_, subject) => {
    expect(await subscribed(subject)).toMatch(/permissions violation/i);
  });

  it("is not let in with another's key, nor without one", async () => {
    await expect(
      connect({ servers: `127.0.0.1:${nats.port}`, tls: { caFile: join(nats.folder, "server.pem") } }),
    ).rejects.toThrow(/authorization/i);
    await expect(
      connect({ servers: `127.0.0.1:${nats.port}`, timeout: 2000, maxReconnectAttempts: 0, tls: {} }),
    ).rejects.toThrow();
  });

  it("cannot have an answer put into another segment's rows: its replies stay in its own account", async () => {
    const paris = "rdprobe.from.paris.scan.rows.s1";
    worker.publish("$JS.API.CONSUMER.MSG.NEXT.RDPROBE_WORK.berlin", '{"batch":1,"expires":500000000}', {
      reply: paris,
    });
    worker.publish("rdprobe.from.berlin.alive.x", "{}", { reply: "rdprobe.work.paris" });
    await worker.flush();
    await new Promise((resolve) => setTimeout(resolve, 700));
    const centre = await connectAs("centre");
    const counts = JSON.parse((await centre.request("$JS.API.STREAM.INFO.RDPROBE_ROWS")).string()).state
      .messages;
    const work = JSON.parse((await centre.request("$JS.API.STREAM.INFO.RDPROBE_WORK")).string()).state
      .messages;
    await centre.close();
    expect([counts, work]).toEqual([0, 3]);
  });

  it("writes rows of its own segment, and the centre takes none that is not of the block's targets", async () => {
    const forged = {
      schema: "rdprobe.result/1",
      target: { host: "127.0.1.1", address: "127.0.1.1", port: 1 },
    };
    const rows = encodeRows({ block: 0, attempt: "a", lines: [encodeRow(0, forged)] });
    expect(await asked("rdprobe.from.berlin.scan.rows.s1", rows)).toMatch(/"seq":/);
    const done = {
      block: 0,
      attempt: "a",
      lines: 1,
      worker: "x",
      version: "1",
      at: new Date().toISOString(),
    };
    expect(await asked("rdprobe.from.berlin.scan.done.s1", encodeDone(done))).toMatch(/"seq":/);
    const { code, stdout, stderr } = await rdprobe(["collect", "s1", ...as("centre"), "--ndjson"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("berlin/0 of x is not taken");
  });

  it("and a worker that is not stolen works with the same files", async () => {
    const group = await startWorker(as("paris"), "paris");
    const isDone = async (): Promise<boolean> =>
      (await rdprobe(["collect", "s1", ...as("centre"), "--ndjson"])).stdout.includes("127.0.1.1");
    expect(await eventually(isDone, { timeoutMs: 20_000, everyMs: 500 })).toBe(true);
    await group.stop();
  });
});
