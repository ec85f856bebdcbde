/** `--count` and `--interval`: the same targets again and again. */
import type { Command } from "commander";
import { type Round, repeatProbes } from "../../scan/one/repeat.ts";
import { parseCount } from "../../targets/plan/count.ts";
import { parsePauses } from "../../targets/order/pauses.ts";
import type { Result } from "../../verdict/result/result.ts";
import { canRedraw, type Terminal } from "../screen/terminal.ts";
import { accepted, UsageError } from "../words/usage-error.ts";

export interface RepeatFlags {
  readonly count?: string;
  readonly interval?: string;
}

/** A day and more at the default interval; the result keeps a line of each. */
const MAX_COUNT = 100_000;

const DEFAULT_INTERVAL = "1s";

export const addRepeatOptions = (command: Command): Command =>
  command
    .optionsGroup("Repeat:")
    .option("--count <n>", "probe n times: loss, latency, jitter, machines of a farm")
    .option(
      "--interval <list>",
      `pause between probes (default: ${DEFAULT_INTERVAL}); several, as 100ms,60s, alternate: shows failures after idle time`,
    );

type Rounds = (round: Round) => Promise<readonly Result[]>;

/**
 * What runs a round of probes as often as the flags say: once as it is where they say nothing.
 * @throws UsageError for flags that cannot be carried out.
 */
export const repeated = (
  { count: countText, interval }: RepeatFlags,
  signal: AbortSignal,
  terminal: Terminal,
): Rounds => {
  if (countText === undefined) {
    if (interval !== undefined) throw new UsageError("--interval: needs --count");
    return ({ probe }) => probe();
  }
  const count = accepted("--count", parseCount(countText, MAX_COUNT));
  const pausesMs = accepted("--interval", parsePauses(interval ?? DEFAULT_INTERVAL));
  return async (round) => {
    const progress = progressOn(terminal, count);
    const results = await repeatProbes(round, { count, pausesMs, signal, onRound: progress.step });
    progress.clear();
    return results;
  };
};

/** One line that is written over and over, where a person watches. */
const progressOn = (terminal: Terminal, count: number) => {
  let done = 0;
  let bad = 0;
  const write = (text: string): void => {
    if (canRedraw(terminal)) terminal.stderr.write(`\r${text}\u001b[K`);
  };
  return {
    step: (results: readonly Result[]): void => {
      done += 1;
      if (results.some(({ verdict }) => verdict.severity !== "ok")) bad += 1;
      write(`probe ${done} of ${count}, ${bad} not ok`);
    },
    clear: (): void => write(""),
  };
};
