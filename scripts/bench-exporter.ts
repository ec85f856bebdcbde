/**
 * `npm run bench:exporter`: the exporter under load. Rounds of probes of healthy hosts on loopback; the bars are no
 * error of the exporter's own, a 99th percentile within 1.5 of the probe's own time, and memory that stays.
 *
 *   npm run bench:exporter [-- PROBES [PARALLEL [ROUNDS]]]      (default 1000 50 5)
 */
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { metric, percentile, type Scrape, scrapeAll } from "./bench/exporter-load.ts";

const [PROBES = 1000, PARALLEL = 50, ROUNDS = 5] = process.argv.slice(2).map(Number);
const MAX_RATIO = 1.5;
/** Between the first round, which warms up, and the last. */
const MAX_GROWTH = 1.25;

const farm = fork(new URL("./bench/farm.ts", import.meta.url), { execArgv: process.execArgv });
const [{ port }] = (await once(farm, "message")) as [{ port: number }];
const targets = Array.from(
  { length: PROBES },
  (_, i) => `127.1.${1 + Math.floor(i / 250)}.${1 + (i % 250)}:${port}`,
);

const exporter = spawn(process.execPath, ["dist/rdprobe.cjs", "exporter", "--listen", "127.0.0.1:0"], {
  stdio: ["ignore", "inherit", "pipe"],
});
const lines = createInterface({ input: exporter.stderr });
const [line]: unknown[] = await once(lines, "line");
const url = /https?:\/\/\S+/.exec(String(line))?.[0] ?? "";

const memoryMb = async (): Promise<number> =>
  metric(await (await fetch(`${url}/metrics`)).text(), "process_resident_memory_bytes") / 2 ** 20;

process.stdout.write(
  `${ROUNDS} rounds of ${PROBES} probes, ${PARALLEL} in parallel, Node ${process.versions.node}\n\n`,
);
process.stdout.write("round  errors  failed   p50 ms   p99 ms  probe's p99    ratio   RSS MB\n");
const memory: number[] = [];
let isWithin = true;
for (let round = 1; round <= ROUNDS; round += 1) {
  const scrapes = await scrapeAll(url, targets, PARALLEL, "standard");
  const latencies = scrapes.map(({ latencyMs }) => latencyMs);
  const probesP99 = percentile(
    scrapes.map(({ probeMs }) => probeMs),
    99,
  );
  const p99 = percentile(latencies, 99);
  const errors = count(scrapes, ({ status }) => status !== 200);
  const failed = count(scrapes, ({ isSuccess }) => !isSuccess);
  memory.push(await memoryMb());
  if (errors > 0 || failed > 0 || p99 > probesP99 * MAX_RATIO) isWithin = false;
  const cells = [
    [errors, 8],
    [failed, 8],
    [percentile(latencies, 50).toFixed(1), 9],
    [p99.toFixed(1), 9],
    [probesP99.toFixed(1), 13],
    [(p99 / probesP99).toFixed(2), 9],
    [(memory.at(-1) ?? 0).toFixed(0), 9],
  ] as const;
  const row = cells.map(([value, width]) => String(value).padStart(width)).join("");
  process.stdout.write(`${String(round).padStart(5)}${row}\n`);
}
const growth = (memory.at(-1) ?? 0) / (memory[0] ?? 0);
process.stdout.write(`\nmemory, last round to first: ${growth.toFixed(2)}\n`);
exporter.kill("SIGTERM");
await once(exporter, "close");
farm.disconnect();
process.exitCode = isWithin && growth <= MAX_GROWTH ? 0 : 1;

function count(scrapes: readonly Scrape[], holds: (scrape: Scrape) => boolean): number {
  return scrapes.filter(holds).length;
}
