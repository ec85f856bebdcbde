/**
 * The size of the released executables and archives, and what a start of the one for this machine takes: `node -e 0`
 * and each command take turns, and the median counts, in milliseconds and as a multiple of `node -e 0`. The port that
 * is checked is closed.
 *
 *   npm run bench:release [-- <runs>]      after: npm run release
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import manifest from "../package.json" with { type: "json" };

const RUNS = Number(process.argv[2] ?? 30);
const EXECUTABLE = join("release", `rdprobe-${manifest.version}-linux-x64`);

interface Row {
  readonly what: string;
  readonly command: readonly [string, ...string[]];
  /** Milliseconds; null where none is promised. */
  readonly limitMs: number | null;
}

const ROWS: readonly Row[] = [
  {
    what: `node -e 0 (Node ${process.versions.node})`,
    command: [process.execPath, "-e", "0"],
    limitMs: null,
  },
  { what: "rdprobe --version", command: [EXECUTABLE, "--version"], limitMs: 60 },
  { what: "rdprobe explain 0x904 0x7", command: [EXECUTABLE, "explain", "0x904", "0x7"], limitMs: 90 },
  {
    what: "rdprobe check -H ...",
    command: [EXECUTABLE, "check", "-H", "127.0.0.1", "-p", "1"],
    limitMs: null,
  },
  { what: "rdprobe --help", command: [EXECUTABLE, "--help"], limitMs: null },
];

const millisecondsOf = async ([file, ...args]: Row["command"]): Promise<number> => {
  const startedAt = performance.now();
  await once(spawn(file, args, { stdio: "ignore" }), "exit");
  return performance.now() - startedAt;
};

const say = (text: string): void => void process.stdout.write(`${text}\n`);

for (const name of (await readdir("release")).sort()) {
  const { size } = await stat(join("release", name));
  if (/^rdprobe[-_]/.test(name)) say(`${name.padEnd(44)} ${(size / 1_000_000).toFixed(1).padStart(7)} MB`);
}

const times = ROWS.map((): number[] => []);
for (let run = 0; run < RUNS; run += 1) {
  for (const [index, { command }] of ROWS.entries()) times[index]?.push(await millisecondsOf(command));
}
const middleOf = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? 0;
const base = middleOf((times[0] ?? []).toSorted((one, other) => one - other));

say(`\nStarts that took turns, ${RUNS} of each: least and median`);
for (const [index, { what, limitMs }] of ROWS.entries()) {
  const sorted = (times[index] ?? []).sort((one, other) => one - other);
  const [least = 0] = sorted;
  const median = middleOf(sorted);
  const verdict = limitMs === null ? "" : `  ${median <= limitMs ? "within" : "OVER"} ${limitMs} ms`;
  const ratio = `${(median / base).toFixed(2)} times`;
  say(
    `${what.padEnd(30)} ${least.toFixed(1).padStart(7)} ms ${median.toFixed(1).padStart(7)} ms  ${ratio}${verdict}`,
  );
}
