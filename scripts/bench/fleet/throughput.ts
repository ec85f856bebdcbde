/** One worker against the same scan without NATS, on responders of this machine, in turns. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EXECUTABLE, ensureBuilt } from "../../../test/e2e/cli/executable.ts";
import { startNats } from "../../../test/e2e/fleet/nats-server.ts";
import { startWorker } from "../../../test/e2e/fleet/worker-process.ts";
import { runProcess } from "../../../test/e2e/servers/programs/processes.ts";
import { bar } from "./bars.ts";

const LEAST_RATIO = 0.85;
const ROUNDS = 3;
const TARGETS = 4096;
const DELAY_MS = 10;

export const measureThroughput = async (): Promise<void> => {
  await ensureBuilt();
  const farm = spawn(process.execPath, ["--import", "tsx", "scripts/bench/farm.ts", String(DELAY_MS)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [first]: unknown[] = await once(farm.stdout, "data");
  const port = /\d+/.exec(String(first))?.[0] ?? "";
  const nats = await startNats();
  const folder = await mkdtemp(join(tmpdir(), "rdprobe-bench-"));
  const network = "127.2.0.0/20";
  const worker = await startWorker(nats.place, "one");
  const run = (...args: readonly string[]) =>
    runProcess(process.execPath, [EXECUTABLE, ...args], { timeoutMs: 300_000 });
  try {
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const direct = await timedMs(() =>
        run(network, "-p", port, "--depth", "quick", "--compact", "-o", join(folder, `${round}.ndjson`)),
      );
      const id = `r${round}`;
      const fleet = await timedMs(async () => {
        await run("submit", "--segment", `one=${network}`, "-p", port, "--id", id, ...nats.place);
        return run("collect", id, "--follow", "-o", join(folder, `${id}.ndjson`), ...nats.place);
      });
      ratios.push(direct / fleet);
    }
    const ratio = ratios.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
    bar(
      `a worker's throughput, of the same scan without NATS, ${TARGETS} targets that answer after ${DELAY_MS} ms`,
      `${ratio.toFixed(2)} (median of ${ROUNDS}, submit and collect included; bar ${LEAST_RATIO})`,
      ratio >= LEAST_RATIO,
    );
  } finally {
    await worker.stop();
    await nats.stop();
    farm.kill();
    await rm(folder, { recursive: true, force: true });
  }
};

const timedMs = async (work: () => Promise<unknown>): Promise<number> => {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
};
