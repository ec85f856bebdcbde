/** A run of the default command: from flags to targets, scan and outputs. */
import { rowOfResult } from "../../audit/row-of-json.ts";
import { NO_ASKS } from "../../handshake/plan/asks.ts";
import { escapeUnsafe } from "../../report/safe/safe-text.ts";
import { isAnswered, ScanTally } from "../../report/table/scan-tally.ts";
import { MAX_ADDRESSES_OF_A_NAME } from "../../scan/one/probe-target.ts";
import { type ScanOptions, type ScanRow, scan } from "../../scan/scan.ts";
import { scanAll } from "../../scan/scan-all.ts";
import { skipTurn } from "../../scan/skip-turn.ts";
import { holdResolver } from "../../transport/dns/resolver-limits.ts";
import { OutputError } from "../outputs/output-error.ts";
import { dryRun } from "./dry-run.ts";
import { EXIT, isReached } from "../screen/exit-code.ts";
import { keepHeapSmall } from "../screen/heap-growth.ts";
import { onlyOf } from "../options/only-flags.ts";
import { formatOf, isRowFormat } from "../outputs/output-format.ts";
import {
  expectDistinct,
  GATHERED_TARGETS,
  openOutputs,
  resumable,
  SCAN_TARGETS,
  streamsToStdout,
} from "../outputs/outputs.ts";
import type { ProbeFlags } from "../options/probe-flags.ts";
import { type ScanSettings, scanSettings } from "../options/probe-settings.ts";
import { type RunTargets, runTargets } from "../options/probe-targets.ts";
import { openRecordingFile } from "../outputs/recording-file.ts";
import { repeated } from "../options/repeat-flags.ts";
import { say } from "../screen/say.ts";
import { startProgress } from "../screen/scan-progress.ts";
import { onSignals, type Signals } from "../screen/signals.ts";
import type { Terminal } from "../screen/terminal.ts";
import { UsageError } from "../words/usage-error.ts";
import { startWaitingLine } from "../screen/waiting-line.ts";

/** With so many in flight, memory counts for more than the time that looking for garbage takes. */
const HEAVY_CONCURRENCY = 512;

/**
 * Probes and writes the results as they come; gives the exit code.
 * @throws UsageError, OutputError, LocalResourceError
 */
export const runProbe = async (
  inputs: readonly string[],
  flags: ProbeFlags,
  terminal: Terminal,
): Promise<number> => {
  const settings = scanSettings(flags);
  const targets = await runTargets(inputs, flags, terminal);
  if (flags.dryRun === true) {
    terminal.stdout.write(dryRun(targets, flags.depth, settings.asks ?? NO_ASKS));
    return EXIT.ok;
  }
  if (targets.warning !== null && flags.yes !== true) {
    throw new UsageError(`${targets.warning}: add --yes to scan them, --dry-run to see what would be sent`);
  }
  holdResolver(process.env, settings.timeoutMs);
  const signals = onSignals();
  try {
    return await scanToOutputs(targets, settings, { flags, terminal, signals });
  } catch (error) {
    // Who ended the program knows why a pipe that nobody read from has not got all.
    const code = signals.exitCode();
    if (code === null || !(error instanceof OutputError)) throw error;
    say(terminal, error.message);
    return code;
  } finally {
    signals.release();
  }
};

interface Run {
  readonly flags: ProbeFlags;
  readonly terminal: Terminal;
  readonly signals: Signals;
}

const scanToOutputs = async (
  { order, count: all, done, skips, connections }: RunTargets,
  settings: ScanSettings,
  { flags, terminal, signals }: Run,
): Promise<number> => {
  const count = Number(all);
  const rounds = repeated(flags, signals.aborted, terminal);
  if (flags.count !== undefined && count > GATHERED_TARGETS) {
    throw new UsageError(`--count: ${count} targets are too many to repeat; name up to ${GATHERED_TARGETS}`);
  }
  const outputFlags = goingOn(flags);
  const only = onlyOf(flags, false);
  expectDistinct([...(outputFlags.output ?? []), ...(flags.pcap === undefined ? [] : [flags.pcap])]);
  const outputs = openOutputs(outputFlags, count, terminal, signals.aborted);
  const tally = new ScanTally();
  const tells = count >= SCAN_TARGETS && flags.quiet !== true;
  const isBarInTheWay = terminal.stdout.isTTY === true && streamsToStdout(outputFlags, count);
  if (Math.min(count, settings.concurrency) >= HEAVY_CONCURRENCY) keepHeapSmall();
  const left = Math.max(0, count - done.size);
  const progress = tells ? await startProgress(terminal, { targets: left, tally, isBarInTheWay }) : null;
  const waiting = count === 1 && flags.quiet !== true ? startWaitingLine(terminal) : null;
  const failOn = flags.failOn ?? (count === 1 ? "critical" : "never");
  let exitCode: number = EXIT.ok;
  const onRow = async (probed: ScanRow): Promise<void> => {
    const row = { ...probed, result: await connections.completed(probed.result, settings) };
    const { verdict } = row.result;
    tally.add(row.result);
    progress?.step();
    if (isReached(row.result, failOn)) exitCode = EXIT.failOn;
    if (flags.open === true && !isAnswered(verdict.stage)) return;
    if (only === null || only(rowOfResult(row.result))) await outputs.take(row);
  };
  const startedAtMs = performance.now();
  let unrecorded: OutputError | null;
  try {
    const adaptive = count > settings.concurrency;
    const signal = signals.aborted;
    unrecorded = await recorded(flags.pcap, signals.aborted, async (recording) => {
      const bound = flags.yes === true ? {} : addressBound(terminal);
      const options = {
        ...settings,
        ...recording,
        ...bound,
        adaptive,
        signal,
        skips,
        ...(waiting === null ? {} : { onWait: waiting.onWait }),
        explainsNames: count === 1,
      };
      if (flags.count === undefined) return scan(order, { ...options, onRow });
      const results = await rounds({
        probe: () => scanAll(order, options),
        skipTurn: (result) => skipTurn(result, options),
      });
      for (const [target, result] of results.entries()) await onRow({ result, target });
    });
  } catch (error) {
    outputs.discard();
    throw error;
  } finally {
    progress?.stop();
    waiting?.stop();
  }
  await outputs.close();
  if (tells) terminal.stderr.write(tally.summary(performance.now() - startedAtMs, done.size));
  // The results are out by now: a recording that failed takes none of them away.
  if (unrecorded !== null) throw unrecorded;
  const code = signals.exitCode();
  if (tells && code !== null) terminal.stderr.write(howToGoOn(outputFlags));
  return code ?? exitCode;
};

/** A name stands for up to so many addresses; of one that has more, that is said once. */
const addressBound = (terminal: Terminal): Pick<ScanOptions, "maxAddresses" | "onLeftOut"> => {
  const told = new Set<string>();
  return {
    maxAddresses: MAX_ADDRESSES_OF_A_NAME,
    onLeftOut: (host, addresses) => {
      if (told.has(host)) return;
      told.add(host);
      say(
        terminal,
        `${host} has ${addresses} addresses: ${MAX_ADDRESSES_OF_A_NAME} of them are probed, --yes probes all`,
      );
    },
  };
};

/** Where no other output is named, a run that goes on from a file goes on in it. */
const goingOn = (flags: ProbeFlags): ProbeFlags => {
  const { resume, output } = flags;
  if (resume === undefined || output !== undefined) return flags;
  if (isRowFormat(formatOf(resume, flags))) return { ...flags, output: [resume] };
  throw new UsageError(
    `--resume: ${resume} is no .csv or .ndjson, which rows are added to: name one with -o`,
  );
};

const howToGoOn = (flags: ProbeFlags): string => {
  const file = resumable(flags);
  return file === null
    ? "stopped before the end; with -o rdp.csv or -o rdp.ndjson a later run could go on from here\n"
    : `stopped before the end; to go on: the same command with --resume ${escapeUnsafe(file)}\n`;
};

/** Runs with a recording where a file is named, and writes it to its end; gives what kept it from that. */
const recorded = async (
  path: string | undefined,
  signal: AbortSignal,
  run: (recording: Pick<ScanOptions, "recording">) => Promise<void>,
): Promise<OutputError | null> => {
  if (path === undefined) {
    await run({});
    return null;
  }
  const file = await openRecordingFile(path, signal);
  const closed = (): Promise<OutputError | null> =>
    file.close().then(
      () => null,
      (error: unknown) => {
        if (error instanceof OutputError) return error;
        throw error;
      },
    );
  try {
    await run({ recording: file.recording });
  } catch (error) {
    await closed();
    throw error;
  }
  return closed();
};
