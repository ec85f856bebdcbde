/**
 * What a start costs beyond Node's own: `node -e 0` and each command take turns, and the least of each counts, in
 * milliseconds and as a share of `node -e 0`, since machines differ. The port that is checked is closed, so that all of
 * `check` runs and the network takes no time.
 *
 *   npm run bench:start [-- <runs>]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";

const RUNS = Number(process.argv[2] ?? 30);

interface Row {
  readonly what: string;
  readonly args: readonly string[];
  /** Milliseconds over `node -e 0`; null where none is promised. */
  readonly limitMs: number | null;
}

const closedPort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 1;
};

const millisecondsOf = async (args: readonly string[]): Promise<number> => {
  const startedAt = performance.now();
  await once(spawn(process.execPath, args, { stdio: "ignore" }), "exit");
  return performance.now() - startedAt;
};

const check = ["-H", "127.0.0.1", "-p", String(await closedPort())];
const rows: readonly Row[] = [
  { what: "node -e 0", args: ["-e", "0"], limitMs: null },
  { what: "rdprobe --version", args: ["dist/rdprobe.cjs", "--version"], limitMs: 15 },
  { what: "rdprobe explain 0x904 0x7", args: ["dist/rdprobe.cjs", "explain", "0x904", "0x7"], limitMs: 50 },
  { what: "rdprobe check -H ...", args: ["dist/rdprobe.cjs", "check", ...check], limitMs: 25 },
  { what: "check_rdp -H ...", args: ["dist/check_rdp.cjs", ...check], limitMs: 25 },
];

const least = rows.map(() => Number.POSITIVE_INFINITY);
for (let run = 0; run < RUNS; run += 1) {
  for (const [index, { args }] of rows.entries()) {
    least[index] = Math.min(least[index] ?? 0, await millisecondsOf(args));
  }
}

const [base = 0] = least;
process.stdout.write(`Least of ${RUNS} runs that took turns, Node ${process.versions.node}\n`);
for (const [index, { what, limitMs }] of rows.entries()) {
  const over = (least[index] ?? 0) - base;
  const verdict = limitMs === null ? "" : ` ${over <= limitMs ? "within" : "OVER"} ${limitMs} ms`;
  process.stdout.write(
    `${what.padEnd(30)} ${least[index]?.toFixed(1).padStart(7)} ms  +${over.toFixed(1)} ms  +${Math.round((100 * over) / base)} %${verdict}\n`,
  );
}
