/** Schedules: each due run is submitted once, whichever of two schedulers is there. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { commandsAvailable, describeWhere } from "../../support/availability.ts";
import { eventually } from "../../support/eventually.ts";
import { ensureBuilt, PROGRAM, PROGRAM_ARGS } from "../cli/executable.ts";
import { rdprobe } from "../cli/rdprobe.ts";
import { type ProcessGroup, startProcess } from "../servers/programs/processes.ts";
import { type NatsServer, startNats } from "./nats-server.ts";

const EVERY_MS = 2000;

describeWhere(commandsAvailable("nats-server"))("two schedulers", () => {
  let nats: NatsServer;
  const start = (): Promise<ProcessGroup> =>
    startProcess(PROGRAM, [...PROGRAM_ARGS, "scheduler", "--lease", "2s", ...nats.place]);
  const has = (group: ProcessGroup): boolean => group.stderr().includes("this scheduler has the lease");

  beforeAll(async () => {
    await ensureBuilt();
    nats = await startNats();
  });
  afterAll(() => nats?.stop());

  it("submit each run once, and one takes over when the other is killed", async () => {
    const words = ["submit", "--segment", "berlin=127.0.0.1", "-p", "1", "--id", "often", "--every", "2s"];
    expect((await rdprobe([...words, ...nats.place])).stdout).toBe("often\n");
    expect((await rdprobe([...words, ...nats.place])).code).toBe(2);
    const groups = [await start(), await start()];
    expect(await eventually(() => groups.some(has), { timeoutMs: 10_000 })).toBe(true);
    await sleep(EVERY_MS);
    const holder = groups.find(has);
    const other = groups.find((group) => group !== holder);
    expect(other && has(other)).toBe(false);
    await holder?.stop("SIGKILL");
    expect(await eventually(() => other !== undefined && has(other), { timeoutMs: 10_000 })).toBe(true);
    await sleep(EVERY_MS);
    await other?.stop();
    const { stdout } = await rdprobe(["fleet", "--json", ...nats.place]);
    const runs: readonly string[] = JSON.parse(stdout).scans.map(
      ({ manifest }: { manifest: { createdAt: string; schedule: string } }) => manifest.createdAt,
    );
    const times = runs.map((text) => Date.parse(text));
    expect(runs.length).toBeGreaterThanOrEqual(2);
    expect(new Set(runs).size).toBe(runs.length);
    // Every run is at a due time of the schedule.
    expect(times.map((time) => (time - (times[0] ?? 0)) % EVERY_MS)).toEqual(times.map(() => 0));
    expect((await rdprobe(["fleet", "--unschedule", "often", ...nats.place])).code).toBe(0);
    expect((await rdprobe(["fleet", "--unschedule", "often", ...nats.place])).code).toBe(2);
  });
});
