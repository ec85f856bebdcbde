/** `rdprobe scheduler`: submits what `submit --every` keeps; of several, one does it at a time. */
import { hostname } from "node:os";
import { Command } from "commander";
import { ensureStreams, DEFAULT_KEEPING, openCentre } from "../../fleet/nats/centre.ts";
import { tokenOf } from "../../fleet/model/subjects.ts";
import { runScheduler } from "../../fleet/scheduler.ts";
import { parsePeriod } from "../../targets/grammar/duration.ts";
import { EXIT } from "../screen/exit-code.ts";
import { say } from "../screen/say.ts";
import { onSignals } from "../screen/signals.ts";
import type { Terminal } from "../screen/terminal.ts";
import { accepted } from "../words/usage-error.ts";
import { addNatsOptions, connectAs, type NatsFlags } from "./nats-flags.ts";

interface SchedulerFlags extends NatsFlags {
  readonly lease: string;
}

/** The command; `exit` takes the exit code when it has ended. */
export const schedulerCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  addNatsOptions(
    new Command("scheduler")
      .description("submit the scans of rdprobe submit --every when they are due")
      .option("--lease <duration>", "another scheduler takes over after so long without a word", "30s"),
  )
    .addHelpText("after", "\nRun two: one of them does it, and the other takes over where that one is gone.")
    .action(async (flags: SchedulerFlags) => {
      exit(await schedule(flags, terminal));
    });

const schedule = async (flags: SchedulerFlags, terminal: Terminal): Promise<number> => {
  const leaseMs = accepted("--lease", parsePeriod(flags.lease));
  const signals = onSignals();
  const nc = await connectAs(flags, "scheduler");
  try {
    const centre = await openCentre(nc);
    await ensureStreams(centre, DEFAULT_KEEPING);
    const self = tokenOf(`${hostname()}-${process.pid}`);
    say(terminal, `scheduler ${self} on ${nc.getServer()}`);
    await runScheduler(centre, {
      self,
      leaseMs,
      signal: signals.aborted,
      tell: (text) => say(terminal, text),
    });
    return signals.exitCode() ?? EXIT.ok;
  } finally {
    signals.release();
    await nc.close();
  }
};
