/** The long proofs of scans, each with its bar. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { startFaultFarm } from "../../test/e2e/servers/fronts/fault-farm.ts";
import { bundled } from "./bundled.ts";
import { startFarm } from "./farm-process.ts";
import { proveSilence } from "./silent-subnet.ts";
import { type TimedRun, timed } from "./timed-process.ts";

const EXECUTABLE = "dist/rdprobe.cjs";
const print = (line: string): boolean => process.stdout.write(`${line}\n`);
const verdict = (isGood: boolean): string => (isGood ? "ok" : "MISSED");

/** So many addresses of loopback, whose port 1 refuses; `from`: how many stand before them. */
const refusing = (count: number, from = 0): string =>
  [from, from + count - 1]
    .map((index) => `127.${40 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`)
    .join("-");

const refused = (count: number, ...more: readonly string[]): TimedRun => {
  const run = timed([
    process.execPath,
    EXECUTABLE,
    "--yes",
    "-q",
    "--csv",
    "-p",
    "1",
    ...more,
    refusing(count),
  ]);
  if (run.code !== 0) throw new Error(run.stderr);
  return run;
};

const memory = (): void => {
  const few = refused(10_000, "--concurrency", "1000", "-o", "/dev/null").peakMiB;
  const many = refused(1_000_000, "--concurrency", "1000", "-o", "/dev/null").peakMiB;
  print(
    `memory: peak ${few.toFixed(0)} MiB at 10,000 targets, ${many.toFixed(0)} MiB at 1,000,000 (bars: 150 MiB, 20 MiB apart): ${verdict(many <= 150 && many - few <= 20)}`,
  );
};

/** While V8 still compiles, a host costs about twice as much: that is start-up, and is left out. */
const WARM_UP = 20_000;
const ROUNDS = 3;
const SIZES = [1000, 10_000, 100_000];
/** So few at a time that the smallest scan is mostly neither filling up nor running dry, which is cheaper. */
const FEW = "64";
/** Of each size so many targets a round, so that all sizes have the machine for as long. */
const TARGETS_A_ROUND = 100_000;

/** The whole command, again and again in this process, so that nothing but the number of targets differs. */
const linear = async (): Promise<void> => {
  const { run } = await bundled<typeof import("../../src/cli/program.ts")>("src/cli/program.ts");
  const { env } = process;
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const streams = { stdout: silent, stderr: silent, env, stdin: () => process.stdin };
  // Each scan has addresses of its own: the kernel keeps a few notes of each, and finds them again.
  let taken = 0;
  const durationMs = async (targets: number): Promise<number> => {
    const startedAtMs = performance.now();
    const args = ["--yes", "-q", "--csv", "--concurrency", FEW, "-p", "1", "-o", "/dev/null"];
    const code = await run([...args, refusing(targets, taken)], streams);
    taken += targets;
    if (code !== 0) throw new Error(`the scan of ${targets} refusing targets ended with ${code}`);
    return performance.now() - startedAtMs;
  };
  await durationMs(WARM_UP);
  const best = new Map<number, number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const size of SIZES) {
      let totalMs = 0;
      for (let done = 0; done < TARGETS_A_ROUND; done += size) totalMs += await durationMs(size);
      best.set(size, Math.max(best.get(size) ?? 0, (1000 * TARGETS_A_ROUND) / totalMs));
    }
  }
  const rates = [...best.values()];
  print(
    `linear: ${rates.map((rate) => rate.toFixed(0)).join(", ")} hosts a second in scans of 1,000, 10,000 and 100,000 targets, ${FEW} at a time (best of ${ROUNDS} rounds; bar: within 15 %): ${verdict(Math.max(...rates) <= 1.15 * Math.min(...rates))}`,
  );
};

const merged = (path: string, range: string, port: number): string =>
  timed([
    process.execPath,
    EXECUTABLE,
    "merge",
    path,
    "--targets",
    range,
    "-p",
    String(port),
    "-o",
    "/dev/null",
  ])
    .stderr.trim()
    .replaceAll("\n", ", ");

const HUNDRED_THOUSAND = "127.60.0.0-127.61.134.159";

/** A scan of what stalls, resets and talks nonsense. */
const overFaults = (port: number, concurrency: string): readonly string[] => [
  ...["-q", "--depth", "quick", "--timeout", "1s"],
  ...["--concurrency", concurrency, "-p", String(port)],
];

const isWhole = (said: string, rows: string): boolean =>
  said.includes(`${rows} rows, no duplicates`) && said.includes("none missing");

const faults = async (folder: string): Promise<void> => {
  const farm = await startFaultFarm();
  const path = join(folder, "faults.csv");
  const args = ["--yes", ...overFaults(farm.port, "1000"), "-o", path, HUNDRED_THOUSAND];
  const child = spawn(
    "bash",
    ["-c", 'ulimit -n 400; exec "$@"', "bash", process.execPath, EXECUTABLE, ...args],
    { stdio: "inherit" },
  );
  const [code]: unknown[] = await once(child, "close");
  const said = merged(path, HUNDRED_THOUSAND, farm.port);
  print(
    `faults: exit ${code}, at most ${farm.mostOpen()} connection to one address, ${said}: ${verdict(code === 0 && farm.mostOpen() === 1 && isWhole(said, "100,000"))}`,
  );
  await farm.close();
};

const KILLS = 10;
const KILLED = "127.62.0.0/18";

const kills = async (folder: string): Promise<void> => {
  const farm = await startFaultFarm();
  const path = join(folder, "kills.ndjson");
  const args = [...overFaults(farm.port, "200"), KILLED];
  let killed = 0;
  for (; killed < KILLS; killed += 1) {
    const output = existsSync(path) && statSync(path).size > 0 ? ["--resume", path] : ["-o", path];
    const child = spawn(process.execPath, [EXECUTABLE, ...args, ...output], { stdio: "ignore" });
    const closed = once(child, "close");
    await Promise.race([closed, sleep(400 + Math.random() * 2000)]);
    if (child.exitCode !== null) break;
    child.kill("SIGKILL");
    await closed;
  }
  const last = spawn(process.execPath, [EXECUTABLE, ...args, "--resume", path], { stdio: "ignore" });
  await once(last, "close");
  const said = merged(path, KILLED, farm.port);
  print(
    `kills: ${killed} kills and resumes, ${said}: ${verdict(killed === KILLS && isWhole(said, "16,384"))}`,
  );
  await farm.close();
};

const SHARED = "127.33.0.0/20";
const SHARED_HOSTS = 4096;

/**
 * What a second core gives: the scan in one process, and as two shards side by side, which is the most that
 * worker threads could give. The farm takes its part of the same cores.
 */
const cores = async (): Promise<void> => {
  const farm = await startFarm();
  const shard = async (depth: string, part: string): Promise<void> => {
    const args = [
      "-q",
      "--csv",
      "--depth",
      depth,
      "-p",
      String(farm.port),
      "--shard",
      part,
      "-o",
      "/dev/null",
    ];
    const child = spawn(process.execPath, [EXECUTABLE, ...args, SHARED], { stdio: "inherit" });
    const [code]: unknown[] = await once(child, "close");
    if (code !== 0) throw new Error(`a shard ended with ${code}`);
  };
  for (const depth of ["quick", "standard"]) {
    const rates: number[] = [];
    for (const parts of [["1/1"], ["1/2", "2/2"]]) {
      const startedAtMs = performance.now();
      await Promise.all(parts.map((part) => shard(depth, part)));
      rates.push((SHARED_HOSTS * 1000) / (performance.now() - startedAtMs));
    }
    const [one = 0, two = 0] = rates;
    print(
      `cores: ${depth}, ${one.toFixed(0)} hosts a second in one process, ${two.toFixed(0)} as two shards side by side on ${availableParallelism()} cores that the farm shares: ${(two / one).toFixed(2)} times`,
    );
  }
  farm.stop();
};

/** Each has a folder for its files. */
const PROOFS: Readonly<Record<string, (folder: string) => void | Promise<void>>> = {
  memory,
  linear,
  faults,
  kills,
  silent: (folder) => proveSilence(folder, print),
  cores,
};

/**
 * Runs the proofs that are named, or all of them.
 * @param names keys of the table above; another one is an error, and not a proof that held.
 */
export const proveScans = async (names: readonly string[]): Promise<void> => {
  const unknown = names.find((name) => !Object.hasOwn(PROOFS, name));
  if (unknown !== undefined) throw new RangeError(`${unknown} is none of ${Object.keys(PROOFS).join(", ")}`);
  const folder = mkdtempSync(join(tmpdir(), "rdprobe-bench-"));
  try {
    for (const [name, prove] of Object.entries(PROOFS)) {
      if (names.length === 0 || names.includes(name)) await prove(folder);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
};
