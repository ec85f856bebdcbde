/** One run of a command: how long it took, its CPU time with its children's, and its peak memory. */
import { spawnSync } from "node:child_process";

export interface TimedRun {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Peak resident set of the largest process, MiB. */
  readonly peakMiB: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

const MEASURE = `
import resource, subprocess, sys, time
start = time.monotonic()
code = subprocess.call(sys.argv[1:])
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
sys.stderr.write("\\n%f %f %d %d" % (time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, code))
`;

export const timed = (command: readonly string[], timeoutMs = 600_000): TimedRun => {
  const { stdout, stderr } = spawnSync("python3", ["-c", MEASURE, ...command], {
    encoding: "utf8",
    timeout: timeoutMs,
    maxBuffer: 1 << 28,
  });
  const lines = stderr.split("\n");
  const [wall = 0, cpu = 0, peakKiB = 0, code] = (lines.pop() ?? "").split(" ").map(Number);
  return {
    wallMs: wall * 1000,
    cpuMs: cpu * 1000,
    peakMiB: peakKiB / 1024,
    stdout,
    stderr: lines.join("\n"),
    code: code ?? null,
  };
};

export const isInstalled = (program: string): boolean =>
  spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
