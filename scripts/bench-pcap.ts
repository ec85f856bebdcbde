/**
 * Measures `rdprobe pcap` on a synthetic capture, and `tshark -Y rdp` on the same file in the same run.
 *
 *   npm run bench:pcap [-- --size 1G] [--keep FILE]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeSyntheticCapture } from "./synthetic-capture.ts";

/** What the product promises. */
const LEAST_MB_PER_S = 150;
const MOST_MEMORY_MIB = 200;
const POLL_MS = 20;
const MIB = 1024 * 1024;

interface Run {
  readonly seconds: number;
  readonly peakMib: number | null;
  readonly stdout: string;
}

/** Runs a command on one core, and watches how much memory it takes at most. */
const run = async (command: string, args: readonly string[]): Promise<Run> => {
  const startedAt = performance.now();
  const child = spawn("taskset", ["-c", "0", command, ...args], { stdio: ["ignore", "pipe", "ignore"] });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  let peakMib: number | null = null;
  const poll = setInterval(() => {
    const peak = peakOf(child.pid ?? 0);
    if (peak !== null) peakMib = peak;
  }, POLL_MS);
  const [code]: unknown[] = await once(child, "close");
  clearInterval(poll);
  const seconds = (performance.now() - startedAt) / 1000;
  if (code !== 0 && code !== 1) throw new Error(`${command} ended with ${String(code)}`);
  return { seconds, peakMib, stdout };
};

/** The greatest resident set of a process so far; null where the system does not say. */
const peakOf = (pid: number): number | null => {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kib === undefined ? null : Number(kib) / 1024;
  } catch {
    return null;
  }
};

const sizeOf = (text: string): number => {
  const [, count, unit] = /^(\d+)([MG])$/.exec(text) ?? [];
  if (count === undefined) throw new Error(`--size: ${text} is no size: write 200M or 1G`);
  return Number(count) * (unit === "G" ? 1024 : 1) * MIB;
};

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: { size: { type: "string", default: "1G" }, keep: { type: "string" } },
  });
  const folder = mkdtempSync(join(tmpdir(), "rdprobe-bench-"));
  const file = values.keep ?? join(folder, "synthetic.pcap");
  try {
    const made = writeSyntheticCapture(file, sizeOf(values.size));
    const megabytes = made.sizeBytes / 1e6;
    say(
      `${megabytes.toFixed(0)} MB, ${made.packets} packets, ${made.streams} streams, ${made.rdpStreams} of RDP`,
    );
    const own = await run(process.execPath, ["dist/rdprobe.cjs", "pcap", "--json", "-q", file]);
    const results: unknown = JSON.parse(own.stdout);
    const found = Array.isArray(results) ? results.length : 1;
    const speed = megabytes / own.seconds;
    say(
      `rdprobe pcap: ${own.seconds.toFixed(2)} s, ${speed.toFixed(0)} MB/s, peak ${own.peakMib?.toFixed(0) ?? "?"} MiB, ${found} handshakes`,
    );
    const theirs = await run("tshark", ["-n", "-r", file, "-Y", "rdp"]);
    const frames = theirs.stdout.trimEnd().split("\n").length;
    say(
      `tshark -Y rdp: ${theirs.seconds.toFixed(2)} s, ${(megabytes / theirs.seconds).toFixed(0)} MB/s, peak ${theirs.peakMib?.toFixed(0) ?? "?"} MiB, ${frames} frames`,
    );
    const bars: readonly (readonly [string, boolean])[] = [
      [`${LEAST_MB_PER_S} MB/s or better`, speed >= LEAST_MB_PER_S],
      [`${MOST_MEMORY_MIB} MiB at most`, own.peakMib !== null && own.peakMib <= MOST_MEMORY_MIB],
      ["faster than tshark", own.seconds < theirs.seconds],
      ["every handshake found", found === made.rdpStreams],
    ];
    for (const [name, isHeld] of bars) say(`${isHeld ? "held  " : "MISSED"} ${name}`);
    return bars.every(([, isHeld]) => isHeld) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

process.exitCode = await main();
