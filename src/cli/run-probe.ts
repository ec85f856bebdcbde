/** A run of the default command: from flags to targets, scan and outputs. */
import { ScanTally, isAnswered } from "../report/scan-tally.ts";
import { type ScanOptions, type ScanRow, scan } from "../scan/scan.ts";
import { EXIT, isReached } from "./exit-code.ts";
import { openOutputs, streamsToStdout } from "./outputs.ts";
import type { ProbeFlags } from "./probe-flags.ts";
import { scanSettings } from "./probe-settings.ts";
import { targetsOf } from "./probe-targets.ts";
import { openRecordingFile } from "./recording-file.ts";
import { startProgress } from "./scan-progress.ts";
import { onSignals } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

/** From so many targets on it is a scan: with progress, and with a summary at its end. */
const SCAN_TARGETS = 17;

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
  const targets = targetsOf(inputs, flags);
  const count = targets.length;
  const signals = onSignals();
  try {
    const outputs = openOutputs(flags, count, terminal);
    const tally = new ScanTally();
    const tells = count >= SCAN_TARGETS && flags.quiet !== true;
    const progress = tells
      ? await startProgress(terminal, {
          targets: count,
          tally,
          isBarInTheWay: terminal.stdout.isTTY === true && streamsToStdout(flags, count),
        })
      : null;
    const failOn = flags.failOn ?? (count === 1 ? "critical" : "never");
    let exitCode: number = EXIT.ok;
    const onRow = async (row: ScanRow): Promise<void> => {
      const { result } = row;
      tally.add(result);
      progress?.step();
      if (isReached(result.verdict.severity, failOn)) exitCode = EXIT.failOn;
      if (flags.open !== true || isAnswered(result.verdict.stage)) await outputs.take(row);
    };
    const startedAtMs = performance.now();
    try {
      await recorded(flags.pcap, (recording) =>
        scan(targets, {
          ...settings,
          ...recording,
          adaptive: count > settings.concurrency,
          signal: signals.aborted,
          onRow,
        }),
      );
    } catch (error) {
      progress?.stop();
      outputs.discard();
      throw error;
    }
    progress?.stop();
    await outputs.close();
    if (tells) terminal.stderr.write(tally.summary(performance.now() - startedAtMs));
    return signals.exitCode() ?? exitCode;
  } finally {
    signals.release();
  }
};

/** Runs with a recording where a file is named, and writes it to its end. */
const recorded = async (
  path: string | undefined,
  run: (recording: Pick<ScanOptions, "recording">) => Promise<void>,
): Promise<void> => {
  if (path === undefined) return run({});
  const file = await openRecordingFile(path);
  try {
    await run({ recording: file.recording });
  } finally {
    await file.close();
  }
};
