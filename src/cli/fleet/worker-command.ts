/** `rdprobe worker`: probes what the centre submits for its segment, within what it permits itself. */
import { hostname } from "node:os";
import { Command } from "commander";
import { parseHours } from "../../fleet/model/hours.ts";
import { parseToken, tokenOf } from "../../fleet/model/subjects.ts";
import { openWorkerPort } from "../../fleet/nats/worker-port.ts";
import { runWorker } from "../../fleet/worker.ts";
import { thousands } from "../../report/table/scan-tally.ts";
import { parseWholeNumber } from "../../targets/grammar/whole-number.ts";
import { parseAllowList } from "../../targets/plan/allow-list.ts";
import { holdResolver } from "../../transport/dns/resolver-limits.ts";
import { EXIT } from "../screen/exit-code.ts";
import { say } from "../screen/say.ts";
import { onSignals } from "../screen/signals.ts";
import type { Terminal } from "../screen/terminal.ts";
import { VERSION } from "../version.ts";
import { accepted } from "../words/usage-error.ts";
import { addNatsOptions, connectAs, type NatsFlags } from "./nats-flags.ts";
import { settingsOfWords } from "./scan-words.ts";

interface WorkerFlags extends NatsFlags {
  readonly segment: string;
  readonly allow: readonly string[];
  readonly name?: string;
  readonly rate?: string;
  readonly hours?: string;
  readonly concurrency: string;
  readonly maxDeliveries: string;
}

const MAX_CONCURRENCY = 10_000;
const MAX_RATE = 1_000_000;
const RESOLVER_MS = 5000;

const HELP = `
It only dials out. What lies outside --allow is refused, whatever the centre wants. SIGTERM ends it when the
blocks in hand are done, within a minute; a second signal ends it at once, and another worker has them then.

Example:
  rdprobe worker --nats tls://nats:4222 --creds berlin.creds --segment berlin --allow 10.20.0.0/16`;

/** The command; `exit` takes the exit code when the worker has ended. */
export const workerCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  addNatsOptions(
    new Command("worker")
      .description("probe what is submitted for a segment, over NATS: where the hosts are")
      .requiredOption("--segment <name>", "whose blocks it takes")
      .requiredOption(
        "--allow <networks>",
        "probe these alone, as 10.20.0.0/16,2001:db8::/32",
        (text: string, before: readonly string[] = []) => [...before, ...text.split(",")],
      )
      .option(
        "--name <name>",
        "what the fleet calls it (default: the machine's name and the process's number)",
      )
      .option("--hours <hours>", "probe within these alone: 22-06, 22:30-05:45 (this machine's time)")
      .option("--rate <n>", "new connections per second at most, whatever a scan asks for")
      .option("--concurrency <n>", "addresses probed at the same time", "256")
      .option("--max-deliveries <n>", "workers that may lose a block before it is set aside", "5"),
  )
    .addHelpText("after", HELP)
    .action(async (flags: WorkerFlags) => {
      exit(await work(flags, terminal));
    });

const work = async (flags: WorkerFlags, terminal: Terminal): Promise<number> => {
  const segment = accepted("--segment", parseToken(flags.segment));
  const allow = accepted("--allow", parseAllowList(flags.allow));
  const hours = flags.hours === undefined ? null : accepted("--hours", parseHours(flags.hours));
  const worker = accepted("--name", parseToken(flags.name ?? tokenOf(`${hostname()}-${process.pid}`)));
  const ratePerSecond =
    flags.rate === undefined ? null : accepted("--rate", parseWholeNumber(flags.rate, 1, MAX_RATE));
  const concurrency = accepted("--concurrency", parseWholeNumber(flags.concurrency, 1, MAX_CONCURRENCY));
  const maxDeliveries = accepted("--max-deliveries", parseWholeNumber(flags.maxDeliveries, 1, 1000));
  holdResolver(process.env, RESOLVER_MS);
  const signals = onSignals();
  const nc = await connectAs(flags, `worker ${segment}`, true);
  try {
    say(terminal, `worker ${worker} of ${segment} on ${nc.getServer()}`);
    const counts = await runWorker(await openWorkerPort(nc, segment), {
      ...{ segment, worker, allow, hours, ratePerSecond, maxDeliveries },
      version: VERSION,
      allowWords: flags.allow,
      settings: (words) => settingsOfWords(words, { concurrency: String(concurrency), ratePerSecond }),
      draining: signals.aborted,
      tell: (text) => say(terminal, text),
    });
    await nc.flush().catch(() => {});
    say(terminal, `${thousands(counts.targets)} targets in ${thousands(counts.blocks)} blocks`);
    return signals.exitCode() ?? EXIT.ok;
  } finally {
    signals.release();
    await nc.close();
  }
};
