/**
 * Measures plans of targets, each in a process of its own: the CPU time that a plan takes, how many
 * targets a second of CPU time come out of it in the shuffled order, and how much memory the process has
 * at its peak beyond that of a plan of one host.
 *
 *   npx tsx scripts/bench-targets.ts
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ipv4Text } from "../src/targets/grammar/ip-number.ts";
import { TargetList } from "../src/targets/plan/target-list.ts";
import { orderTargets } from "../src/targets/order/target-order.ts";
import { planTargets } from "../src/targets/plan/target-plan.ts";
import { targetsOfLines } from "../src/targets/plan/target-text.ts";

const ROWS = 1_000_000;
const TAKEN = 1_000_000;
const ROUNDS = 3;
const LOOPBACK = 127 * 2 ** 24;

/** What lists are measured: lines as a file would have them. */
const LISTS: Readonly<Record<string, () => Iterable<string>>> = {
  "one host": () => ["127.0.0.1"],
  "10.0.0.0/8": () => ["10.0.0.0/8"],
  "0.0.0.0/0, two ports": () => ["0.0.0.0/0:3389 0.0.0.0/0:3390"],
  "10.*.*.1-254": () => ["10.*.*.1-254"],
  "2001:db8::/96": () => ["2001:db8::/96"],
  "2001:db8::/64": () => ["2001:db8::/64"],
  "1,000,000 lines, in order": () => lines((row) => ipv4Text(LOOPBACK + row)),
  "1,000,000 lines, in no order": () => lines((row) => ipv4Text(LOOPBACK + ((row * 7919) % ROWS) * 3)),
  "1,000,000 names": () => lines((row) => `host${row}.example`),
};

function* lines(line: (row: number) => string): Generator<string> {
  for (let row = 0; row < ROWS; row += 1) yield line(row);
}

interface Figures {
  readonly targets: string;
  readonly planMs: number;
  readonly perSecond: number;
  readonly peakMib: number;
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const measure = async (list: Iterable<string>): Promise<Figures> => {
  const startedAt = cpuMs();
  const targets = new TargetList();
  for await (const entry of targetsOfLines(list, "bench")) if (entry.ok) targets.add(entry.value);
  const plan = planTargets({ targets, exclusions: new TargetList(), ports: [3389] });
  const planMs = cpuMs() - startedAt;
  const order = orderTargets(plan, { seed: 1, shard: null });
  let perSecond = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const roundStartedAt = cpuMs();
    let taken = 0;
    for (const { host } of order) {
      if (host !== "") taken += 1;
      if (taken === TAKEN) break;
    }
    perSecond = Math.max(perSecond, (taken / (cpuMs() - roundStartedAt)) * 1000);
  }
  const peakMib = process.resourceUsage().maxRSS / 1024;
  return { targets: plan.count.toLocaleString("en-US"), planMs, perSecond, peakMib };
};

const measureApart = (name: string): Figures => {
  const child = spawnSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), name], {
    encoding: "utf8",
  });
  return JSON.parse(child.stdout);
};

const [name] = process.argv.slice(2);
const list = LISTS[name ?? ""];
if (list !== undefined) {
  process.stdout.write(JSON.stringify(await measure(list())));
} else {
  const base = measureApart("one host").peakMib;
  const row = (cells: readonly string[]): void => {
    const [first = "", ...rest] = cells;
    process.stdout.write(`${first.padEnd(30)}${rest.map((cell) => cell.padStart(20)).join("")}\n`);
  };
  row(["list", "targets", "read and planned", "targets/s", "memory at most"]);
  for (const name of Object.keys(LISTS).slice(1)) {
    const { targets, planMs, perSecond, peakMib } = measureApart(name);
    const shown = targets.length > 18 ? `${targets.slice(0, 12)}...` : targets;
    row([
      name,
      shown,
      `${planMs.toFixed(0)} ms`,
      perSecond.toFixed(0),
      `+${(peakMib - base).toFixed(0)} MiB`,
    ]);
  }
}
