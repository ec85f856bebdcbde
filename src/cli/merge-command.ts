/** `rdprobe merge <file...>`: joins the outputs of shards, and says what is missing or double. */
import { Argument, Command } from "commander";
import { CSV_HEAD } from "../report/csv.ts";
import type { RowFormat } from "../report/result-row.ts";
import { escapeUnsafe } from "../report/safe-text.ts";
import { thousands } from "../report/scan-tally.ts";
import { RowKeys } from "../scan/row-keys.ts";
import { DEFAULT_PORT, parsePorts } from "../targets/port.ts";
import { endpointText, TargetList } from "../targets/target-list.ts";
import { orderTargets } from "../targets/target-order.ts";
import { planTargets } from "../targets/target-plan.ts";
import { targetsOfText } from "../targets/target-text.ts";
import { OutputError } from "./destination.ts";
import { earlierRows } from "./earlier-rows.ts";
import { EXIT } from "./exit-code.ts";
import { matchingFiles } from "./file-patterns.ts";
import { replacing, type StreamDestination, toStdout } from "./stream-destination.ts";
import type { Terminal } from "./terminal.ts";
import { accepted, UsageError } from "./usage-error.ts";

interface MergeFlags {
  readonly targets?: readonly string[];
  readonly exclude?: readonly string[];
  readonly port: string;
  readonly output?: string;
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** The command; `exit` takes the exit code when all is written. */
export const mergeCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  new Command("merge")
    .description("join the CSV or NDJSON files of several runs; list duplicate and missing targets")
    .addArgument(new Argument("<file...>", "CSV or NDJSON files of rdprobe, all in one format"))
    .option("--targets <list>", "the targets that should be there, to find missing ones", collect)
    .option("--exclude <list>", "targets that were excluded", collect)
    .option("-p, --port <list>", "the ports that were probed", String(DEFAULT_PORT))
    .option("-o, --output <file>", "write the rows there instead of stdout")
    .action(async (files: readonly string[], flags: MergeFlags) => {
      exit(await merge(await matchingFiles(files), flags, terminal));
    });

const merge = async (files: readonly string[], flags: MergeFlags, terminal: Terminal): Promise<number> => {
  const wanted = wantedTargets(flags);
  const destination = flags.output === undefined ? toStdout(terminal) : replacing(flags.output);
  try {
    const joined = await join(files, destination);
    const missing = wanted === null ? null : missingOf(wanted, joined);
    destination.close();
    terminal.stderr.write(report(joined, missing, flags.output ?? null));
    return missing !== null && missing.count > 0 ? EXIT.failOn : EXIT.ok;
  } catch (error) {
    destination.discard();
    throw error;
  }
};

interface Joined {
  readonly keys: RowKeys;
  /** `host port` of names, whatever addresses they had. */
  readonly names: ReadonlySet<string>;
  readonly rows: number;
  readonly double: Named;
}

/** How many, and the first few by name. */
interface Named {
  readonly count: number;
  readonly some: readonly string[];
}

const SHOWN = 3;

/** The first row of each place goes to the destination. */
const join = async (files: readonly string[], destination: StreamDestination): Promise<Joined> => {
  const keys = new RowKeys();
  const names = new Set<string>();
  const double = counted();
  let rows = 0;
  let joined: RowFormat | null = null;
  for (const file of files) {
    for await (const { place, format, line } of earlierRows(file, "<file>")) {
      if (joined !== null && joined !== format) {
        throw new UsageError(`<file>: ${file} is ${format}, the files before are ${joined}: use one format`);
      }
      if (joined === null && format === "csv") await destination.write(CSV_HEAD);
      joined = format;
      if (keys.has(place)) {
        double.add(endpointText(place.host, place.port));
        continue;
      }
      keys.add(place);
      if (place.host !== place.address) names.add(nameKey(place.host, place.port));
      rows += 1;
      await destination.write(`${line}${format === "csv" ? "\r\n" : "\n"}`);
    }
  }
  if (joined === null) throw new OutputError("<file>: there is no row in any of them");
  return { keys, names, rows, double: double.named() };
};

const nameKey = (host: string, port: number): string => `${host.toLowerCase()} ${port}`;

const wantedTargets = ({ targets, exclude, port }: MergeFlags) => {
  if (targets === undefined) return null;
  const list = (argument: string, texts: readonly string[]): TargetList =>
    new TargetList(texts.flatMap((text) => targetsOfText(text).map((entry) => accepted(argument, entry))));
  const plan = planTargets({
    targets: list("--targets", targets),
    exclusions: list("--exclude", exclude ?? []),
    ports: accepted("-p, --port", parsePorts(port)),
  });
  if (plan.count > MAX_COMPARED) {
    throw new UsageError(
      `--targets: ${thousands(plan.count)} targets are more than the ${thousands(MAX_COMPARED)} that can be looked for one by one: name the ranges that were scanned`,
    );
  }
  return orderTargets(plan, { seed: null, shard: null });
};

/** A /8 at one port. */
const MAX_COMPARED = 2n ** 24n;

const missingOf = (wanted: NonNullable<ReturnType<typeof wantedTargets>>, { keys, names }: Joined): Named => {
  const missing = counted();
  for (const { host, family, port } of wanted) {
    const isThere =
      family === null ? names.has(nameKey(host, port)) : keys.has({ host, address: host, port });
    if (!isThere) missing.add(endpointText(host, port));
  }
  return missing.named();
};

const counted = () => {
  const some: string[] = [];
  let count = 0;
  return {
    add: (name: string): void => {
      count += 1;
      if (some.length < SHOWN) some.push(name);
    },
    named: (): Named => ({ count, some }),
  };
};

const report = ({ rows, double }: Joined, missing: Named | null, output: string | null): string => {
  const goOn =
    output === null ? "" : `; to probe them: the same targets with --resume ${escapeUnsafe(output)}`;
  return [
    `${thousands(rows)} rows`,
    double.count === 0 ? "no duplicates" : `${named(double)} duplicate rows removed (first kept)`,
    missing === null
      ? "use --targets to find missing hosts"
      : `${named(missing)} missing${missing.count === 0 ? "" : goOn}`,
    "",
  ].join("\n");
};

const named = ({ count, some }: Named): string => {
  if (count === 0) return "none";
  const more = count > some.length ? ", ..." : "";
  return `${thousands(count)} (${escapeUnsafe(some.join(", "))}${more})`;
};
