/** A fleet on a real nats-server: every target once, whoever dies, and what has no row by name. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { commandsAvailable, describeWhere } from "../../support/availability.ts";
import { eventually } from "../../support/eventually.ts";
import { useLab } from "../cli/lab.ts";
import { rdprobe } from "../cli/rdprobe.ts";
import { type NatsServer, startNats } from "./nats-server.ts";
import { startWorker } from "./worker-process.ts";

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** `host port` of each row. */
const placesOf = (ndjson: string): readonly string[] =>
  ndjson
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const row: unknown = JSON.parse(line);
      const target = isRecord(row) && isRecord(row["target"]) ? row["target"] : {};
      return `${String(target["host"])} ${String(target["port"])}`;
    });

describeWhere(commandsAvailable("nats-server"))("a fleet", () => {
  const lab = useLab("127.0.0.1", ["first-hello-reset", "certificate-expired"]);
  let nats: NatsServer;
  let folder = "";
  const run = (...args: readonly string[]) => rdprobe([...args, ...nats.place]);

  beforeAll(async () => {
    nats = await startNats();
    folder = await mkdtemp(join(tmpdir(), "rdprobe-fleet-"));
  });
  afterAll(async () => {
    await nats?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("makes the rows that rdprobe itself makes, in all formats", async () => {
    const targets = [lab.target("first-hello-reset"), lab.target("certificate-expired"), "127.0.0.9:1"];
    const submitted = await run(
      "submit",
      "--segment",
      `berlin=${targets.join(",")}`,
      "--id",
      "rows",
      "--depth",
      "standard",
    );
    expect(submitted).toMatchObject({ code: 0, stdout: "rows\n" });
    const worker = await startWorker(nats.place, "berlin");
    const files = ["csv", "ndjson", "json", "html"].map((ending) => join(folder, `rows.${ending}`));
    const outputs = files.flatMap((file) => ["-o", file]);
    expect(await run("collect", "rows", "--follow", ...outputs)).toMatchObject({ code: 0 });
    await worker.stop();
    const own = join(folder, "own.csv");
    expect((await rdprobe([...targets, "-o", own])).code).toBe(0);
    const shown = "target,verdict,nla,cert_sha256,likely_cause,findings";
    const rowsOf = async (file: string, columns: string): Promise<readonly string[]> =>
      (await rdprobe(["merge", file, "--format", "csv", "--columns", columns])).stdout
        .split("\r\n")
        .toSorted();
    const expected = await rowsOf(own, shown);
    expect(expected.length).toBe(targets.length + 2);
    for (const file of files.slice(0, 3)) expect(await rowsOf(file, shown)).toEqual(expected);
    expect(await readFile(files[3] ?? "", "utf8")).toContain("<html");
  });

  it("has each target once while workers are killed and the server is restarted", async () => {
    const words = [
      "--segment",
      "paris=127.1.0.0-127.1.3.231",
      "--id",
      "once",
      "--block-size",
      "50",
      "-p",
      "1",
    ];
    await run("submit", ...words, "--ack-wait", "3s", "--timeout", "1s", "--deadline", "1s");
    const more = ["--allow", "127.0.0.0/8", "--rate", "150", "--concurrency", "32"];
    const first = await startWorker(nats.place, "paris", more);
    const second = await startWorker(nats.place, "paris", more);
    await sleep(1500);
    await first.stop("SIGKILL");
    await nats.restart();
    const third = await startWorker(nats.place, "paris", more);
    await sleep(500);
    await second.stop("SIGTERM", 20_000);
    const { code, stdout } = await run("collect", "once", "--follow", "--ndjson");
    await third.stop();
    const places = placesOf(stdout);
    expect({ code, rows: places.length, different: new Set(places).size }).toEqual({
      code: 0,
      rows: 1000,
      different: 1000,
    });
  });

  it("names what no segment covers, what a worker refuses, and a block that nobody could finish", async () => {
    const gaps = [
      "submit",
      "127.0.0.1",
      "127.9.9.9",
      "10.99.0.1",
      "--segment",
      "rome=127.0.0.0/8",
      "--id",
      "gaps",
      "-p",
      "1",
    ];
    await run(...gaps, "--ack-wait", "1s", "--timeout", "1s", "--block-size", "1");
    // Outside its hours it takes nothing.
    const hour = new Date().getHours();
    const closed = await startWorker(nats.place, "rome", [
      "--allow",
      "127.0.0.0/8",
      "--hours",
      `${(hour + 2) % 24}-${(hour + 3) % 24}`,
    ]);
    await sleep(1500);
    const waiting = await run("collect", "gaps", "--ndjson");
    expect(waiting).toMatchObject({ code: 1, stdout: "" });
    await closed.stop();
    const worker = await startWorker(nats.place, "rome", ["--allow", "127.0.0.0/16"]);
    const { code, stdout, stderr } = await run("collect", "gaps", "--follow", "--ndjson");
    await worker.stop();
    expect({ code, places: placesOf(stdout) }).toEqual({ code: 1, places: ["127.0.0.1 1"] });
    expect(stderr).toMatch(/no row: 1 targets that a worker refused: 127\.9\.9\.9/);
    expect(stderr).toMatch(/no row: 1 targets that no segment covers: 10\.99\.0\.1/);
    const fleet = await run("fleet", "--json");
    expect(fleet.code).toBe(1);
    expect(JSON.parse(fleet.stdout).problems.join("\n")).toMatch(
      /gaps: no segment covers 1 targets: 10\.99\.0\.1/,
    );
  });

  it("sets a block aside that one worker after the other loses", async () => {
    const slow = ["--rate", "1", "--allow", "127.0.0.0/8", "--max-deliveries", "1", "--name", "fatal"];
    await run(
      "submit",
      "--segment",
      "oslo=127.3.0.1-127.3.0.20",
      "--id",
      "poison",
      "-p",
      "1",
      "--ack-wait",
      "1s",
    );
    const first = await startWorker(nats.place, "oslo", slow);
    const isTaken = async (): Promise<boolean> =>
      JSON.parse((await run("fleet", "--json")).stdout).queues.some(
        (queue: { segment: string; inHand: number }) => queue.segment === "oslo" && queue.inHand === 1,
      );
    expect(await eventually(isTaken, { timeoutMs: 10_000, everyMs: 200 })).toBe(true);
    await first.stop("SIGKILL");
    const second = await startWorker(nats.place, "oslo", slow);
    const { code, stderr } = await run("collect", "poison", "--follow", "--ndjson");
    await second.stop();
    expect(code).toBe(1);
    expect(stderr).toContain("no row: 127.3.0.1-127.3.0.20 (oslo/0: 1 workers had it and did not finish it)");
  });

  it("says what is wrong with a command line before anything is sent", async () => {
    for (const [args, pattern] of [
      [["submit", "--segment", "x"], /names no targets/],
      [["submit", "--segment", "b=10.0.0.0/8"], /add --yes/],
      [["collect", "nothing"], /there is no scan nothing/],
      [["worker", "--segment", "b", "--allow", "10.0.0.0/8", "--hours", "25"], /are no hours/],
    ] as const) {
      const { code, stderr } = await run(...args);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(pattern) });
    }
    const away = await rdprobe(["fleet", "--nats", "nats://127.0.0.1:1"]);
    expect({ code: away.code, lines: away.stderr.trim().split("\n").length }).toEqual({ code: 2, lines: 1 });
  });
});
