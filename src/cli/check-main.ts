/**
 * The process of `check`: whatever happens, one line on stdout and an exit code of 0 to 3. A monitor reads
 * any other way to end as something that it is not, Node's own exit code 1 as a warning.
 */
import { readFileSync, writeSync } from "node:fs";
import { stateLine } from "../report/monitoring/nagios-line.ts";
import { holdResolver } from "../transport/dns/resolver-limits.ts";
import { CHECK_STATES, type CheckState } from "../verdict/check/check-state.ts";
import { check } from "./commands/check-command.ts";
import { checkHelp, readCheckArguments } from "./options/check-options.ts";
import { checkRequest } from "./options/check-policy.ts";
import { reasonOf } from "./screen/system-error.ts";
import { UsageError } from "./words/usage-error.ts";
import { VERSION } from "./version.ts";

/**
 * Runs the check and ends the process.
 * @param argv the arguments behind the command's name.
 * @param name how the command is called, for its help.
 */
export const checkMain = async (argv: readonly string[], name: string): Promise<void> => {
  let waitingFor = "its own start";
  for (const signal of SIGNALS) {
    process.on(signal, () => end("unknown", `ended by ${signal} while waiting for ${waitingFor}`));
  }
  const fail = (error: unknown): never => end("unknown", faultText(error));
  process.on("uncaughtException", fail).on("unhandledRejection", fail);
  try {
    const given = readCheckArguments(argv);
    if (given.count("help") > 0) return deliver("unknown", checkHelp(name));
    if (given.count("version") > 0) return deliver("unknown", `check_rdp ${VERSION} (rdprobe)\n`);
    const request = checkRequest(given, readText);
    const reserveMs = Math.min(MAX_RESERVE_MS, request.timeoutMs / RESERVE_PART);
    const leftMs = Math.max(1, request.timeoutMs - process.uptime() * 1000);
    // What cannot be stopped, as the system's resolver, ends with the process.
    setTimeout(
      () =>
        end(request.timeoutState, `no end within ${request.timeoutMs / 1000} s, waiting for ${waitingFor}`),
      Math.max(1, leftMs - reserveMs / 2),
    ).unref();
    const budgetMs = Math.max(1, leftMs - reserveMs);
    holdResolver(process.env, Math.min(request.stageTimeoutMs, budgetMs));
    const answer = await check(request, {
      budgetMs,
      onWait: (what) => {
        waitingFor = what;
      },
    });
    deliver(answer.state, answer.text);
  } catch (error) {
    fail(error);
  }
};

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** Of the time for the whole check, what is kept for judging and printing: a tenth, and half a second at the most. */
const MAX_RESERVE_MS = 500;
const RESERVE_PART = 10;

let delivered: CheckState | null = null;

/** Writes all; the connections are then let to their polite end before the process is over. */
const deliver = (state: CheckState, text: string): void => {
  delivered = state;
  process.exitCode = exitCodeOf(state);
  try {
    writeAll(text);
  } catch {
    // Nobody can read what was found (a full disk, a closed pipe): then nothing is known of the host.
    process.exit(exitCodeOf("unknown"));
  }
};

/** Ends at once; what was delivered before, stands. */
const end = (state: CheckState, text: string): never => {
  if (delivered === null) deliver(state, `${stateLine(state, text)}\n`);
  process.exit();
};

const exitCodeOf = (state: CheckState): number => CHECK_STATES.indexOf(state);

const faultText = (error: unknown): string => {
  if (error instanceof UsageError) return error.message;
  const text = error instanceof Error ? error.message : String(error);
  return `check_rdp itself failed: ${text}`;
};

const readText = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`--cert-sha256: cannot read ${path}: ${reasonOf(error)}`);
  }
};

const STDOUT = 1;

/** A pipe that is full for a moment is asked again, for about two seconds. */
const RETRY_MS = 10;
const MAX_RETRIES = 200;

const writeAll = (text: string): void => {
  const bytes = Buffer.from(text, "utf8");
  let at = 0;
  for (let retries = 0; at < bytes.length; ) {
    try {
      at += writeSync(STDOUT, bytes, at);
    } catch (error) {
      const isFull = error instanceof Error && "code" in error && error.code === "EAGAIN";
      if (!isFull || retries >= MAX_RETRIES) throw error;
      retries += 1;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
};
