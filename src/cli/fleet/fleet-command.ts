/** `rdprobe fleet`: workers, what waits, how far scans are, and what is wrong. */
import { Command } from "commander";
import { fleetState, type FleetState, type ScanProgress } from "../../fleet/nats/fleet-state.ts";
import { removeSchedule } from "../../fleet/nats/schedules.ts";
import { MAX_CLOCK_MS } from "../../fleet/nats/read-scan.ts";
import { jsonText } from "../../report/json/json.ts";
import { fleetText } from "../../report/text/fleet-lines.ts";
import { duration, thousands } from "../../report/table/scan-tally.ts";
import { EXIT } from "../screen/exit-code.ts";
import type { Terminal } from "../screen/terminal.ts";
import { VERSION } from "../version.ts";
import { UsageError } from "../words/usage-error.ts";
import { writeNewKey } from "./new-key.ts";
import { addNatsOptions, type NatsFlags, withCentre } from "./nats-flags.ts";

interface FleetFlags extends NatsFlags {
  readonly json?: true;
  readonly newKey?: string;
  readonly unschedule?: string;
}

/** A worker says something every ten seconds. */
const SILENT_MS = 35_000;

/** The command; `exit` takes the exit code when all is written. */
export const fleetCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  addNatsOptions(
    new Command("fleet")
      .description("show workers, segments and scans of a fleet, and what is wrong with them")
      .option("--json", "as JSON")
      .option("--unschedule <name>", "end a schedule of rdprobe submit --every")
      .option("--new-key <file>", "write a new nkey's seed there, and print the public key for the server"),
  )
    .addHelpText("after", "\nExit codes: 0 nothing is wrong, 1 something is.")
    .action(async (flags: FleetFlags) => {
      exit(await show(flags, terminal));
    });

const show = async (flags: FleetFlags, terminal: Terminal): Promise<number> => {
  if (flags.newKey !== undefined) {
    terminal.stdout.write(`${await writeNewKey(flags.newKey)}\n`);
    return EXIT.ok;
  }
  const { unschedule } = flags;
  if (unschedule !== undefined) {
    const isGone = await withCentre(flags, "fleet", (centre) => removeSchedule(centre, unschedule));
    if (!isGone) throw new UsageError(`--unschedule: there is no schedule ${unschedule}`);
    return EXIT.ok;
  }
  const state = await withCentre(flags, "fleet", (centre) => fleetState(centre, new Date()));
  const problems = problemsOf(state);
  if (flags.json === true) terminal.stdout.write(jsonText({ ...state, problems }));
  else terminal.stdout.write(fleetText({ ...linesOf(state), problems, bytes: state.bytes }));
  return problems.length === 0 ? EXIT.ok : EXIT.failOn;
};

const linesOf = ({ workers, queues, scans }: FleetState) => ({
  workers: workers.map((one) => ({
    ...one,
    inHand: one.inHand.length,
    permits: [
      one.allow.join(","),
      ...(one.hours === null ? [] : [`${one.hours} h`]),
      ...(one.rate === null ? [] : [`${one.rate}/s`]),
    ].join(" "),
  })),
  segments: queues.map((queue) => ({ ...queue, workers: aliveIn(workers, queue.segment) })),
  scans: scans.map(({ manifest, segments }) => {
    const sum = (key: "blocks" | "done" | "failed"): number =>
      segments.reduce((all, one) => all + one[key], 0);
    const [blocks, done, failed] = [sum("blocks"), sum("done"), sum("failed")];
    const state = !manifest.isWhole ? "not whole" : done + failed >= blocks ? "over" : "running";
    return { scan: manifest.scan, createdAt: manifest.createdAt, blocks, done, failed, state };
  }),
});

const aliveIn = (workers: FleetState["workers"], segment: string): number =>
  workers.filter((one) => one.segment === segment && one.silentMs < SILENT_MS && one.state !== "stopped")
    .length;

const problemsOf = ({ workers, queues, scans }: FleetState): readonly string[] => [
  ...queues
    .filter(({ segment, waiting, inHand }) => waiting + inHand > 0 && aliveIn(workers, segment) === 0)
    .map(({ segment, waiting }) => `${segment}: no worker is there, and ${thousands(waiting)} blocks wait`),
  ...workers
    .filter(({ silentMs, state }) => silentMs >= SILENT_MS && state !== "stopped")
    .map(
      ({ worker, segment, silentMs }) => `${worker} of ${segment} has said nothing for ${duration(silentMs)}`,
    ),
  ...workers
    .filter(({ clockMs }) => Math.abs(clockMs) > MAX_CLOCK_MS)
    .map(
      ({ worker, clockMs }) =>
        `${worker}'s clock is off by ${duration(Math.abs(clockMs))}: its times are not to be trusted`,
    ),
  ...workers
    .filter(({ version, silentMs }) => version !== VERSION && silentMs < SILENT_MS)
    .map(({ worker, version }) => `${worker} runs ${version}, this is ${VERSION}`),
  ...scans.flatMap(scanProblems),
];

const scanProblems = ({
  manifest: { scan, isWhole, uncovered },
  segments,
}: ScanProgress): readonly string[] => [
  ...(isWhole ? [] : [`${scan}: not all of it is submitted: submit it again with --id ${scan}`]),
  ...segments
    .filter(({ failed }) => failed > 0)
    .map(
      ({ segment, failed }) =>
        `${scan}: ${failed} blocks of ${segment} are set aside: rdprobe collect ${scan} names them`,
    ),
  ...(uncovered.targets === 0
    ? []
    : [`${scan}: no segment covers ${thousands(uncovered.targets)} targets: ${uncovered.words.join(" ")}`]),
];
