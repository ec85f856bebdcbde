/** Runs the executable as a user's shell does, and says what came out. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../support/eventually.ts";
import { type FinishedProcess, runProcess } from "../servers/programs/processes.ts";
import { PROGRAM, PROGRAM_ARGS } from "./executable.ts";

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly namespace?: string;
}

/** Colour is what the test says, not what the test runner was told. */
const PLAIN = { NO_COLOR: "", FORCE_COLOR: "", TERM: "xterm" } as const;

const TIMEOUT_MS = 30_000;

/** One run to its end; a run that hangs has the code null. */
export const rdprobe = (args: readonly string[], options: RunOptions = {}): Promise<FinishedProcess> =>
  runProcess(PROGRAM, [...PROGRAM_ARGS, ...args], {
    ...options,
    env: { ...PLAIN, ...options.env },
    timeoutMs: TIMEOUT_MS,
  });

export interface SignalledRun extends FinishedProcess {
  /** From the signal to the end of the process. */
  readonly endedAfterMs: number;
}

/** One run that gets a signal once `isDue` says so. */
export const rdprobeUntil = async (
  isDue: (stdout: string) => boolean,
  signal: NodeJS.Signals,
  args: readonly string[],
): Promise<SignalledRun> => {
  const child = spawn(PROGRAM, [...PROGRAM_ARGS, ...args], {
    env: { ...process.env, ...PLAIN },
    timeout: TIMEOUT_MS,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const closed = once(child, "close");
  await eventually(() => isDue(stdout) || child.exitCode !== null, { timeoutMs: TIMEOUT_MS, everyMs: 10 });
  // So that what was due has been followed by the wait that the signal is to end.
  await sleep(100);
  const signalledAt = performance.now();
  child.kill(signal);
  const [code]: unknown[] = await closed;
  const endedAfterMs = performance.now() - signalledAt;
  return { code: typeof code === "number" ? code : null, stdout, stderr, endedAfterMs };
};
