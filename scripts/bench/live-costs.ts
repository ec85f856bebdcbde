/**
 * What a live host costs the executable, as a user runs it: CPU a host over a /16, and the wall time of a /24 with
 * the start of the process in it; of this tree, of another build where one is given, and of nmap.
 */
import { join } from "node:path";
import { printCryptoFloor } from "./crypto-floor.ts";
import { type FarmServer, startFarm } from "./farm-process.ts";
import { isInstalled, type TimedRun, timed } from "./timed-process.ts";

export interface Build {
  readonly what: string;
  readonly executable: string;
}

/** @param base a checkout of another commit, built; null for none */
export const buildsOf = (base: string | null): readonly Build[] => [
  { what: "this tree", executable: join("dist", "rdprobe.cjs") },
  ...(base === null ? [] : [{ what: "the base", executable: join(base, "dist", "rdprobe.cjs") }]),
];

/** V8's compiling, the same for all sizes, is little of so many hosts. */
const RANGE = "127.32.0.0/16";
const HOSTS = 65_536;
const AT_A_TIME = "64";

interface Costed {
  readonly server: FarmServer;
  readonly depth: "quick" | "standard";
  /** Milliseconds of CPU a host; null where the base's own figure is the bar. */
  readonly barMs: number | null;
}

const COSTED: readonly Costed[] = [
  { server: "tls-1.3", depth: "quick", barMs: 0.7 },
  { server: "tls-1.3", depth: "standard", barMs: 1.6 },
  { server: "tls-1.2", depth: "quick", barMs: null },
  { server: "tls-1.2", depth: "standard", barMs: null },
];

const SMALL = "127.31.0.0/24";
const SMALL_HOSTS = 256;
const NMAP_SMALL = "127.31.0.0-255";
const RUNS = 5;
const TIMES_BASE = 2;
const TIMES_NMAP = 8;
/** The plus makes them run on a port that is not 3389. */
const NMAP = [
  ...["nmap", "-n", "-Pn", "--script", "+rdp-enum-encryption,+ssl-cert,+rdp-ntlm-info"],
  ...["-T4", "--min-parallelism", "200", "--max-parallelism", "500", "--min-hostgroup", "254"],
];

export const liveCosts = async (builds: readonly Build[], print: (line: string) => void): Promise<void> => {
  printCryptoFloor(print);
  print(`CPU a live host over ${RANGE}, ${AT_A_TIME} at a time, start and warm-up in it`);
  let warmMs = Number.NaN;
  for (const { server, depth, barMs } of COSTED) {
    const farm = await startFarm({ server });
    const args = ["--concurrency", AT_A_TIME, "--depth", depth, "-p", String(farm.port), "--yes"];
    const costs: number[] = [];
    for (const { what, executable } of builds) {
      const farmBefore = await farm.cpuMs();
      const run = scanned(executable, [...args, RANGE]);
      const farmMs = (await farm.cpuMs()) - farmBefore;
      const costMs = run.cpuMs / HOSTS;
      costs.push(costMs);
      const rate = ((HOSTS / run.wallMs) * 1000).toFixed(0);
      print(
        `  ${server} --depth ${depth.padEnd(8)} ${what.padEnd(9)} ${costMs.toFixed(2)} ms, ${rate} a second, ${run.peakMiB.toFixed(0)} MiB; the farm took ${(farmMs / HOSTS).toFixed(2)} ms a host`,
      );
    }
    farm.stop();
    const [ownMs = Number.NaN, baseMs] = costs;
    if (server === "tls-1.3" && depth === "quick") warmMs = ownMs;
    if (barMs !== null) print(`    bar ${barMs.toFixed(1)} ms: ${held(ownMs <= barMs)}`);
    else if (baseMs !== undefined)
      print(`    bar: the base's ${baseMs.toFixed(2)} ms: ${held(ownMs <= baseMs)}`);
  }
  await smallNetwork(builds, warmMs, print);
};

/** @param warmMs CPU of a host once V8 has compiled */
const smallNetwork = async (
  builds: readonly Build[],
  warmMs: number,
  print: (line: string) => void,
): Promise<void> => {
  for (const server of ["tls-1.3", "tls-1.2"] as const) {
    const farm = await startFarm({ server });
    const args = ["--depth", "quick", "-p", String(farm.port), SMALL];
    print(`a /24 of ${server} without delay, quick, start included, best of ${RUNS} runs that took turns`);
    const runs = inTurns(
      builds.map(
        ({ executable }) =>
          () =>
            scanned(executable, args),
      ),
    );
    for (const [index, { what }] of builds.entries()) {
      print(`  ${what.padEnd(16)} ${seconds(runs[index]?.wallMs)}, ${seconds(runs[index]?.cpuMs)} of CPU`);
    }
    const [own, base] = runs;
    if (own === undefined) throw new Error("no build was measured");
    if (base !== undefined) {
      const times = base.wallMs / own.wallMs;
      print(
        `    ${times.toFixed(1)} times as fast as the base (bar ${TIMES_BASE}): ${held(times >= TIMES_BASE)}`,
      );
    }
    if (isInstalled("nmap")) {
      const { wallMs } = timed([...NMAP, "-p", String(farm.port), NMAP_SMALL]);
      const times = wallMs / own.wallMs;
      print(`  nmap, best-tuned ${seconds(wallMs)}`);
      print(
        `    ${times.toFixed(1)} times as fast as nmap (bar ${TIMES_NMAP}): ${held(times >= TIMES_NMAP)}`,
      );
    }
    if (server === "tls-1.3") printStart(own, warmMs, print);
    farm.stop();
  }
};

/** What of a /24 is the start, and what the compiling of code that runs for the first times. */
const printStart = (small: TimedRun, warmMs: number, print: (line: string) => void): void => {
  const [executable = ""] = buildsOf(null).map((build) => build.executable);
  const [node, start] = inTurns([
    () => timed([process.execPath, "-e", "0"]),
    () => timed([process.execPath, executable, "--dry-run", SMALL]),
  ]);
  if (node === undefined || start === undefined) throw new Error("no start was measured");
  const hostsMs = SMALL_HOSTS * warmMs;
  print(
    `  of its CPU: Node's start ${seconds(node.cpuMs)}, ours ${seconds(start.cpuMs - node.cpuMs)}, ${SMALL_HOSTS} hosts once all is compiled ${seconds(hostsMs)}, V8's warm-up ${seconds(small.cpuMs - start.cpuMs - hostsMs)}`,
  );
};

const scanned = (executable: string, args: readonly string[]): TimedRun => {
  const run = timed([process.execPath, executable, "--csv", "-q", "-o", "/dev/null", ...args]);
  if (run.code !== 0) throw new Error(`${executable} ${args.join(" ")}: ${run.stderr}`);
  return run;
};

/** Each in its turn, RUNS times; the fastest run of each. */
const inTurns = (commands: readonly (() => TimedRun)[]): readonly TimedRun[] => {
  const best: TimedRun[] = [];
  for (let turn = 0; turn < RUNS; turn += 1) {
    for (const [index, command] of commands.entries()) {
      const run = command();
      const known = best[index];
      best[index] = known === undefined || run.wallMs < known.wallMs ? run : known;
    }
  }
  return best;
};

const seconds = (ms: number | undefined): string => `${((ms ?? Number.NaN) / 1000).toFixed(2)} s`;

const held = (isHeld: boolean): string => (isHeld ? "ok" : "MISSED");
