/** Processes that tests start: each in a process group of its own, which is all that is ever signalled. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { commandPath } from "../../../support/availability.ts";
import { eventually } from "../../../support/eventually.ts";

export interface ProcessOptions {
  /** Variables set beside the inherited ones. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The network namespace to run in; needs root. */
  readonly namespace?: string;
}

export interface ProcessGroup {
  /** Of the first process, and of the group. */
  readonly pid: number;
  /** The command line that was started. */
  readonly commandLine: readonly string[];
  stdout(): string;
  stderr(): string;
  hasEnded(): boolean;
  /** Signals the group, waits until it is empty, and kills what is left after `graceMs`. */
  stop(signal?: NodeJS.Signals, graceMs?: number): Promise<void>;
}

export interface FinishedProcess {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const live = new Set<number>();

/**
 * Starts a process that goes on until it is stopped or until this process ends.
 * @throws Error when it cannot be started.
 */
export const startProcess = async (
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<ProcessGroup> => {
  const child = spawn(...diesWithParent(...inNamespace(options.namespace, command, args)), {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
  });
  let stdout = "";
  let stderr = "";
  let ended = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.once("exit", () => {
    ended = true;
  });
  await once(child, "spawn");
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command}: no process id`);
  live.add(pid);
  return {
    pid,
    commandLine: [command, ...args],
    stdout: () => stdout,
    stderr: () => stderr,
    hasEnded: () => ended,
    stop: async (signal = "SIGTERM", graceMs = 300) => {
      await endGroup(pid, signal, graceMs);
      live.delete(pid);
      child.stdout.destroy();
      child.stderr.destroy();
    },
  };
};

/** Runs a process to its end; after `timeoutMs` it is killed and its code is null. */
export const runProcess = async (
  command: string,
  args: readonly string[],
  options: ProcessOptions & { readonly timeoutMs?: number; readonly input?: string } = {},
): Promise<FinishedProcess> => {
  const child = spawn(...inNamespace(options.namespace, command, args), {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    timeout: options.timeoutMs ?? 10_000,
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
  child.stdin.on("error", () => undefined).end(options.input ?? "");
  const [code]: unknown[] = await once(child, "close");
  return { code: typeof code === "number" ? code : null, stdout, stderr };
};

/**
 * Runs a process to its end.
 * @returns its standard output.
 * @throws Error when it does not end with code 0.
 */
export const outputOf = async (
  command: string,
  args: readonly string[],
  options: ProcessOptions & { readonly timeoutMs?: number; readonly input?: string } = {},
): Promise<string> => {
  const { code, stdout, stderr } = await runProcess(command, args, options);
  if (code !== 0) throw new Error(`${[command, ...args].join(" ")}: code ${code}: ${stderr.trim()}`);
  return stdout;
};

/** The ids of the living processes of a group; those that ended and wait to be reaped do not count. */
export const groupMembers = (group: number): readonly number[] =>
  readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => {
      const [state, , processGroup] = processStatus(entry);
      return Number(processGroup) === group && state !== "Z" && state !== "X";
    })
    .map(Number);

/** The fields of /proc/PID/stat after the command's name: state, parent, process group. */
const processStatus = (pid: string): readonly string[] => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
};

const endGroup = async (group: number, signal: NodeJS.Signals, graceMs: number): Promise<void> => {
  const isEmpty = () => groupMembers(group).length === 0;
  signalGroup(group, signal);
  if (await eventually(isEmpty, { timeoutMs: graceMs })) return;
  signalGroup(group, "SIGKILL");
  if (!(await eventually(isEmpty, { timeoutMs: 2000 })))
    throw new Error(`process group ${group} does not end`);
};

const signalGroup = (group: number, signal: NodeJS.Signals): void => {
  if (groupMembers(group).length === 0) return;
  try {
    process.kill(-group, signal);
  } catch {
    // It ended between the look and the signal.
  }
};

type SpawnArguments = [file: string, args: string[]];

const inNamespace = (
  namespace: string | undefined,
  command: string,
  args: readonly string[],
): SpawnArguments => {
  const file = commandPath(command) ?? command;
  return namespace === undefined
    ? [file, [...args]]
    : [commandPath("ip") ?? "ip", ["netns", "exec", namespace, file, ...args]];
};

/** A test runner that is killed runs no exit handler, so the kernel is asked as well. */
const diesWithParent = (file: string, args: readonly string[]): SpawnArguments => {
  const setpriv = commandPath("setpriv");
  return setpriv === null ? [file, [...args]] : [setpriv, ["--pdeathsig", "TERM", "--", file, ...args]];
};

process.on("exit", () => {
  for (const group of live) signalGroup(group, "SIGKILL");
});
