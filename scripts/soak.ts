/**
 * `npm run soak [-- --minutes 10 | --hours n] [--write]`: the exporter, scraped without a pause, against every server of
 * the lab, the hostile ones as well. Its memory and descriptors are looked at once a second. After a fifth of the time
 * neither may grow: less than 1 MiB a minute by the line through all samples. `--write` puts figures and plot into docs.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { type Sample, slopeOf, soakPlot } from "./bench/soak-plot.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    hours: { type: "string" },
    parallel: { type: "string", default: "24" },
    seed: { type: "string", default: "1" },
    write: { type: "boolean", default: false },
  },
});

const minutes = values.hours === undefined ? Number(values.minutes) : 60 * Number(values.hours);
if (!(minutes > 0)) throw new Error("--minutes, --hours: write a number above 0");
const BAR_MIB_A_MINUTE = 1;
const WARM_UP = 0.2;
const SCRAPE_TIMEOUT_SECONDS = "3";

const rdprobe = (...args: readonly string[]) => {
  const child = spawn(process.execPath, ["dist/rdprobe.cjs", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  return {
    child,
    out: createInterface({ input: child.stdout }),
    err: createInterface({ input: child.stderr }),
  };
};

const lab = rdprobe("lab", "--all", "--base-port", "0", "--json");
const [listing]: string[] = await once(lab.out, "line");
const servers: readonly { id: string; address: string; port: number }[] = JSON.parse(listing ?? "[]");
const exporter = rdprobe("exporter", "--listen", "127.0.0.1:0", "--max-concurrent", values.parallel);
const [line]: string[] = await once(exporter.err, "line");
const url = /https?:\/\/\S+/.exec(line ?? "")?.[0] ?? "";
const pid = exporter.child.pid ?? 0;

const sampled = (atMs: number): Sample => {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kib = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? Number.NaN);
  return { minutes: atMs / 60_000, mib: kib / 1024, descriptors: readdirSync(`/proc/${pid}/fd`).length };
};

/** mulberry32: the same faults for the same seed. */
let state = Number(values.seed);
const random = (below: number): number => {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
};

const startedAt = performance.now();
const isOver = (): boolean => performance.now() - startedAt > minutes * 60_000;
const samples: Sample[] = [];
let scrapes = 0;
let failures = 0;

const scrape = async (): Promise<void> => {
  while (!isOver()) {
    const server = servers[random(servers.length)];
    if (server === undefined) return;
    const module = random(4) === 0 ? "standard" : "quick";
    const headers = { "X-Prometheus-Scrape-Timeout-Seconds": SCRAPE_TIMEOUT_SECONDS };
    const target = `${server.address}:${server.port}`;
    try {
      const answer = await fetch(`${url}/probe?target=${target}&module=${module}`, { headers });
      const text = await answer.text();
      scrapes += 1;
      if (answer.status !== 200 || !text.includes("probe_success")) failures += 1;
    } catch {
      failures += 1;
    }
  }
};

const watch = async (): Promise<void> => {
  for (let second = 0; !isOver(); second += 1) {
    samples.push(sampled(performance.now() - startedAt));
    if (second % 5 === 0) await (await fetch(`${url}/metrics`)).text().catch(() => "");
    await sleep(1000);
  }
};

await Promise.all([watch(), ...Array.from({ length: Number(values.parallel) }, scrape)]);
await sleep(4000);
const after = sampled(performance.now() - startedAt);
exporter.child.kill("SIGTERM");
lab.child.kill("SIGTERM");

const settled = samples.filter((sample) => sample.minutes > minutes * WARM_UP);
const mib = slopeOf(settled, ({ mib: value }) => value);
const descriptors = slopeOf(settled, ({ descriptors: value }) => value);
const most = settled.reduce((sum, sample) => Math.max(sum, sample.mib), 0);
const isFlat = mib < BAR_MIB_A_MINUTE && failures === 0;
const report = [
  `| what | figure |`,
  `| --- | ---: |`,
  `| minutes | ${minutes} |`,
  `| servers of the lab | ${servers.length} |`,
  `| scrapes, ${values.parallel} side by side | ${scrapes.toLocaleString("en")} |`,
  `| scrapes without an answer | ${failures} |`,
  `| most memory after the warm-up | ${most.toFixed(1)} MiB |`,
  `| slope of the memory after the warm-up | ${mib.toFixed(3)} MiB a minute |`,
  `| slope of the descriptors after the warm-up | ${descriptors.toFixed(3)} a minute |`,
  `| descriptors 4 s after the last scrape | ${after.descriptors} |`,
  `| memory 4 s after the last scrape | ${after.mib.toFixed(1)} MiB |`,
].join("\n");
process.stdout.write(`${report}\n${isFlat ? "flat" : "NOT flat"}\n`);
if (values.write) {
  writeFileSync("docs/soak.svg", soakPlot(samples, WARM_UP * minutes));
  const page = readFileSync("docs/soak.md", "utf8");
  const [head = "", , tail = ""] = page.split(/<!-- figures -->|<!-- end -->/);
  writeFileSync("docs/soak.md", `${head}<!-- figures -->\n${report}\n<!-- end -->${tail}`);
}
process.exitCode = isFlat ? 0 : 1;
