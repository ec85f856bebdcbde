/** `rdprobe merge <file...>`: joins the outputs of several runs, and says what is missing or double. */
import { Argument, Command, Option } from "commander";
import { escapeUnsafe } from "../../report/safe/safe-text.ts";
import { thousands } from "../../report/table/scan-tally.ts";
import { RowKeys } from "../../scan/row-keys.ts";
import { DEFAULT_PORT, parsePorts } from "../../targets/grammar/port.ts";
import { endpointText, TargetList } from "../../targets/plan/target-list.ts";
import { orderTargets } from "../../targets/order/target-order.ts";
import { planTargets } from "../../targets/plan/target-plan.ts";
import { targetsOfText } from "../../targets/plan/target-text.ts";
import { isNamedPipe } from "../../transport/named-pipe.ts";
import { OutputError } from "../outputs/output-error.ts";
import { EXIT } from "../screen/exit-code.ts";
import { expandedPaths } from "../options/expanded-paths.ts";
import { counted, type Named, newestRows } from "../outputs/newest-rows.ts";
import { addOnlyOption, type OnlyFlags, onlyOf } from "../options/only-flags.ts";
import { formatOf } from "../outputs/output-format.ts";
import { type FileRow, readRows, named as rowsOf } from "../outputs/result-rows.ts";
import { type RowOutput, rowWriter } from "../outputs/row-writer.ts";
import { say } from "../screen/say.ts";
import { addSpreadsheetOptions, csvShapeOf, type SpreadsheetFlags } from "../options/spreadsheet-flags.ts";
import { replacing, type StreamDestination, toStdout } from "../outputs/stream-destination.ts";
import type { Terminal } from "../screen/terminal.ts";
import { accepted, UsageError } from "../words/usage-error.ts";

interface MergeFlags extends OnlyFlags, SpreadsheetFlags {
  readonly targets?: readonly string[];
  readonly exclude?: readonly string[];
  readonly port: string;
  readonly output?: string;
  readonly format?: RowOutput;
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** The command; `exit` takes the exit code when all is written. */
export const mergeCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  addOnlyOption(addSpreadsheetOptions(commandWithoutOnly())).action(
    async (files: readonly string[], flags: MergeFlags) => {
      exit(await merge(files, flags, terminal));
    },
  );

const commandWithoutOnly = (): Command =>
  new Command("merge")
    .description("join the files of several runs: the newest row of each target; list missing targets")
    .addArgument(new Argument("<file...>", "CSV, NDJSON or JSON files of rdprobe"))
    .option("--targets <list>", "the targets that should be there, to find missing ones", collect)
    .option("--exclude <list>", "targets that were excluded", collect)
    .option("-p, --port <list>", "the ports that were probed", String(DEFAULT_PORT))
    .option("-o, --output <file>", "write the rows there instead of stdout: .csv, .ndjson or .json")
    .option("--columns <list>", "the columns of the CSV: target,port,nla (all: docs/columns.md)")
    .addOption(
      new Option("--format <format>", "format of the rows (default: that of the first file)").choices([
        "csv",
        "ndjson",
        "json",
      ]),
    );

const merge = async (given: readonly string[], flags: MergeFlags, terminal: Terminal): Promise<number> => {
  const files = expandedPaths(given, "<file>");
  const pipe = files.find(isNamedPipe);
  if (pipe !== undefined)
    throw new UsageError(`<file>: ${pipe} is a pipe, and files are read twice: write it to a file first`);
  const wanted = wantedTargets(flags);
  const format = outputOf(flags);
  const { output } = flags;
  const destination =
    output === undefined ? toStdout(terminal) : replacing({ path: output, kind: format ?? "rows" });
  try {
    const joined = await join(files, { destination, format, flags, terminal });
    const missing = wanted === null ? null : missingOf(wanted, joined);
    await destination.close();
    terminal.stderr.write(report(joined, missing, flags.output ?? null));
    return missing !== null && missing.count > 0 ? EXIT.failOn : EXIT.ok;
  } catch (error) {
    destination.discard();
    throw error;
  }
};

/** Null where neither the file's ending nor a flag says it. */
const outputOf = ({ output, format }: MergeFlags): RowOutput | null => {
  if (output === undefined || !/\.[a-z][a-z0-9]*$/i.test(output)) return format ?? null;
  const found = formatOf(output, { format: format ?? "text" });
  if (found === "csv" || found === "ndjson" || found === "json") return found;
  throw new UsageError(`-o, --output: ${output}: rows are merged into .csv, .ndjson or .json`);
};

interface Joined {
  readonly keys: RowKeys;
  /** `host port` of names, whatever addresses they had. */
  readonly names: ReadonlySet<string>;
  readonly rows: number;
  /** Of them those that `--only` left out. */
  readonly left: number;
  readonly double: Named;
}

interface JoinedTo {
  readonly destination: StreamDestination;
  readonly format: RowOutput | null;
  readonly flags: MergeFlags;
  readonly terminal: Terminal;
}

/** The newest row of each place goes to the destination. */
const join = async (
  files: readonly string[],
  { destination, format, flags, terminal }: JoinedTo,
): Promise<Joined> => {
  const keys = new RowKeys();
  const names = new Set<string>();
  const told = new Set<string>();
  const warn = (text: string): void => {
    if (!told.has(text)) say(terminal, text);
    told.add(text);
  };
  const { isNewest, double } = await newestRows(() => rowsOfAll(files, warn));
  const only = onlyOf(flags, false);
  let left = 0;
  let writer: ReturnType<typeof rowWriter> | null = null;
  let number = -1;
  for await (const { row, format: own } of rowsOfAll(files, warn)) {
    number += 1;
    if (writer === null) {
      writer = rowWriter(format ?? usual(own, flags), csvShapeOf(flags));
      await destination.write(writer.head);
    }
    if (!isNewest(row, number)) continue;
    keys.add(row);
    if (row.host !== row.address) names.add(nameKey(row.host, row.port));
    if (only === null || only(row)) await destination.write(writer.add(row));
    else left += 1;
  }
  if (writer === null) throw new OutputError("<file>: there is no row in any of them");
  await destination.write(writer.end());
  return { keys, names, rows: number + 1 - double.count, left, double };
};

/** Who names columns wants CSV. */
const usual = (own: FileRow["format"], { columns }: MergeFlags): RowOutput =>
  own === "csv" || columns !== undefined ? "csv" : "ndjson";

async function* rowsOfAll(files: readonly string[], warn: (text: string) => void): AsyncGenerator<FileRow> {
  for (const path of files) yield* rowsOf("<file>", readRows({ path, warn, withTorn: true }));
}

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

const report = ({ rows, left, double }: Joined, missing: Named | null, output: string | null): string => {
  const goOn =
    output === null ? "" : `; to probe them: the same targets with --resume ${escapeUnsafe(output)}`;
  return [
    left === 0
      ? `${thousands(rows)} rows`
      : `${thousands(rows - left)} of ${thousands(rows)} rows match --only`,
    double.count === 0 ? "no duplicates" : `${named(double)} duplicate rows removed (newest kept)`,
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
