/** `rdprobe submit`: targets become blocks of work for the workers of their segments. */
import { randomBytes } from "node:crypto";
import { Command, Option } from "commander";
import { countOf, type Runs, runsOf } from "../../fleet/model/address-runs.ts";
import { MAX_BLOCK_TARGETS, type ScanWords } from "../../fleet/model/block.ts";
import { wordsOfRuns } from "../../fleet/model/block-cut.ts";
import { runName, stamp, type Submission } from "../../fleet/model/submission.ts";
import { parseToken } from "../../fleet/model/subjects.ts";
import { assign, type Territory } from "../../fleet/model/territories.ts";
import { DEFAULT_KEEPING, type Keeping } from "../../fleet/nats/centre.ts";
import { putSchedule } from "../../fleet/nats/schedules.ts";
import { submit } from "../../fleet/nats/submit.ts";
import { thousands } from "../../report/table/scan-tally.ts";
import { parsePeriod } from "../../targets/grammar/duration.ts";
import { parsePorts } from "../../targets/grammar/port.ts";
import { parseWholeNumber } from "../../targets/grammar/whole-number.ts";
import { planTargets } from "../../targets/plan/target-plan.ts";
import { DEFAULT_CLIENT_ID } from "../../tls/profiles/client-profiles.ts";
import { expiryCriticalOption, expiryWarningOption } from "../options/expiry-flags.ts";
import { readTargetLists } from "../options/target-lists.ts";
import { EXIT } from "../screen/exit-code.ts";
import { say } from "../screen/say.ts";
import type { Terminal } from "../screen/terminal.ts";
import { accepted, UsageError } from "../words/usage-error.ts";
import { addNatsOptions, type NatsFlags, withCentre } from "./nats-flags.ts";
import { scanWords } from "./scan-words.ts";

interface SubmitFlags extends NatsFlags, ScanWords {
  readonly segment: readonly string[];
  readonly port: string;
  readonly exclude?: readonly string[];
  readonly excludeFile?: readonly string[];
  readonly skipBad?: true;
  readonly yes?: true;
  readonly id?: string;
  readonly blockSize: string;
  readonly ackWait?: string;
  readonly keep: string;
  readonly replicas: string;
  readonly every?: string;
}

const HELP = `
Without targets, each segment is probed as a whole. With targets, each goes to the first segment that has it;
--segment rest=* takes what is left. What no segment has is told, and stands in every report of the scan.
The id goes to stdout.

Examples:
  rdprobe submit --segment berlin=10.20.0.0/16 --segment paris=@paris.txt --depth quick --ask nla
  rdprobe submit @all.txt --segment berlin=10.20.0.0/16 --segment rest=* --every 6h --id nightly`;

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** The command; `exit` takes the exit code when all is published. */
export const submitCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  addNatsOptions(
    new Command("submit")
      .description("give a scan to the workers of its segments, over NATS")
      .argument("[target...]", "targets as rdprobe probe takes them; all of the segments where there is none")
      .requiredOption("--segment <name=targets>", "berlin=10.20.0.0/16, paris=@paris.txt, rest=*", collect)
      .option("--id <name>", "what the scan is called, or the schedule (default: the time and four digits)")
      .option("--every <duration>", "again and again: 30m, 6h, 7d; rdprobe scheduler submits it")
      .optionsGroup("What to probe:")
      .option("-p, --port <list>", "ports of targets that name none", "3389")
      .option("-4, --ipv4", "IPv4 only")
      .option("-6, --ipv6", "IPv6 only")
      .addOption(
        new Option("--depth <depth>", "as of rdprobe probe")
          .choices(["quick", "standard", "full"])
          .default("quick"),
      )
      .option("--ask <list>", "ask this too: nla, tls-versions, weak", collect)
      .option("--client <profile>", "judge for this client (list: rdprobe clients)", DEFAULT_CLIENT_ID)
      .addOption(expiryWarningOption())
      .addOption(expiryCriticalOption())
      .option("--timeout <duration>", "time-out of one stage", "5s")
      .option("--deadline <duration>", "time-out of all connections to one address (default: 20s, full 2m)")
      .option("--pause <duration>", "pause between two connections of --depth full", "50ms")
      .option("--cookie <text>", "the mstshash cookie")
      .option("--retries <n>", "retries after a time-out", "0")
      .option("--rate <n>", "new connections per second of each worker at most")
      .option("--exclude <list>", "targets to leave out, written like targets", collect)
      .option("--exclude-file <file>", "targets to leave out, from a file", collect)
      .option("--skip-bad", "skip invalid targets and list them")
      .option("--yes", "allow more than 65,536 addresses, or public ranges")
      .optionsGroup("Work:")
      .option(
        "--block-size <n>",
        "targets in a block: it is handed out, and after a loss again, as a whole",
        "512",
      )
      .option(
        "--ack-wait <duration>",
        "a block is another worker's after so long without a word (default: 60s, full 6m)",
      )
      .option("--keep <duration>", "how long rows are kept, where the streams are made now", "7d")
      .option("--replicas <n>", "servers that each stream is kept on, where they are made now", "1"),
  )
    .addHelpText("after", HELP)
    .action(async (targets: readonly string[], flags: SubmitFlags) => {
      exit(await run(targets, flags, terminal));
    });

const run = async (targets: readonly string[], flags: SubmitFlags, terminal: Terminal): Promise<number> => {
  const now = new Date();
  const everyMs = flags.every === undefined ? null : accepted("--every", parsePeriod(flags.every));
  const keeping = keepingOf(flags);
  const usual = `${stamp(now)}-${randomBytes(2).toString("hex")}`;
  const id = accepted("--id", parseToken(flags.id ?? usual));
  const submission = await submissionOf(targets, flags, terminal);
  return withCentre(flags, "submit", async (centre) => {
    if (everyMs !== null) {
      await putSchedule(
        centre,
        { schedule: id, everyMs, firstAt: now.toISOString(), lastAt: null, submission },
        keeping,
      );
      terminal.stdout.write(`${id}\n`);
      say(
        terminal,
        `the schedule ${id} is kept: rdprobe scheduler submits ${runName(id, now)} and those to come`,
      );
      return EXIT.ok;
    }
    const manifest = await submit(centre, submission, { scan: id, schedule: null, createdAt: now }, keeping);
    if (manifest === null) throw new UsageError(`--id: there is a scan ${id} already`);
    terminal.stdout.write(`${id}\n`);
    for (const { segment, blocks, targets: count } of manifest.segments)
      say(terminal, `${segment}: ${thousands(count)} targets in ${thousands(blocks)} blocks`);
    return EXIT.ok;
  });
};

const keepingOf = ({ ackWait, keep, replicas, depth, blockSize }: SubmitFlags): Keeping => {
  accepted("--block-size", parseWholeNumber(blockSize, 1, MAX_BLOCK_TARGETS));
  return {
    ackWaitMs:
      ackWait === undefined
        ? depth === "full"
          ? 6 * DEFAULT_KEEPING.ackWaitMs
          : DEFAULT_KEEPING.ackWaitMs
        : accepted("--ack-wait", parsePeriod(ackWait)),
    rowsMs: accepted("--keep", parsePeriod(keep)),
    replicas: accepted("--replicas", parseWholeNumber(replicas, 1, 5)),
  };
};

/** Shown of what no segment covers. */
const MAX_SHOWN = 20;

const submissionOf = async (
  inputs: readonly string[],
  flags: SubmitFlags,
  terminal: Terminal,
): Promise<Submission> => {
  const settings = scanWords(flags);
  const ports = accepted("-p, --port", parsePorts(flags.port));
  const territories: Territory[] = [];
  const lists: string[] = [];
  for (const text of flags.segment) {
    const [name = "", ...rest] = text.split("=");
    const list = rest.join("=");
    if (list === "")
      throw new UsageError(`--segment: ${JSON.stringify(text)} names no targets: write berlin=10.20.0.0/16`);
    const segment = accepted("--segment", parseToken(name));
    if (list !== "*") lists.push(list);
    else if (inputs.length === 0)
      throw new UsageError("--segment: * is what is left of the targets: name some");
    const runs =
      list === "*"
        ? null
        : (await runsOfLists([list], { ...flags, exclude: [], excludeFile: [] }, terminal)).runs;
    territories.push({ segment, runs });
  }
  const { runs, warning } = await runsOfLists(inputs.length === 0 ? lists : inputs, flags, terminal);
  if (countOf(runs) === 0n) throw new UsageError("no target is left: --exclude takes all of them");
  if (warning !== null && flags.yes !== true) throw new UsageError(`${warning}: add --yes to scan them`);
  const { segments, uncovered } = assign(runs, territories);
  const left = countOf(uncovered);
  if (left > 0n)
    say(terminal, `${thousands(left)} targets are in no segment: ${shown(uncovered, ports).join(" ")}`);
  return {
    segments: segments.map(({ segment, runs: own }) => ({ segment, words: wordsOfRuns(own, ports) })),
    ports,
    blockSize: Number(flags.blockSize),
    settings,
    uncovered: { targets: Number(left), words: shown(uncovered, ports) },
  };
};

const shown = ({ addresses, hosts }: Runs, ports: readonly number[]): readonly string[] =>
  wordsOfRuns({ addresses: addresses.slice(0, MAX_SHOWN), hosts: hosts.slice(0, MAX_SHOWN) }, ports).slice(
    0,
    MAX_SHOWN,
  );

const runsOfLists = async (
  inputs: readonly string[],
  flags: SubmitFlags,
  terminal: Terminal,
): Promise<{ readonly runs: Runs; readonly warning: string | null }> => {
  const { targets, exclusions, hasPublicRange } = await readTargetLists(inputs, flags, terminal);
  const plan = planTargets({ targets, exclusions, ports: accepted("-p, --port", parsePorts(flags.port)) });
  if (plan.count > MAX_TARGETS)
    throw new UsageError(
      `${thousands(plan.count)} targets are more than a scan takes, which are ${thousands(MAX_TARGETS)}`,
    );
  const addresses = plan.counts.ipv4 + plan.counts.ipv6;
  const isPublic = plan.hasPublic && hasPublicRange;
  const warning = plan.isLarge
    ? `${thousands(addresses)} addresses (more than 65,536)`
    : isPublic
      ? `${thousands(plan.counts.publicAddresses)} of the addresses are public`
      : null;
  return { runs: runsOf(plan.spans()), warning };
};

/** Two of 10.0.0.0/8 at eight ports. */
const MAX_TARGETS = 2n ** 28n;
