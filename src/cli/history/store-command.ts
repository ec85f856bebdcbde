/** `rdprobe store <file...>`: result files into the history. */
import { basename } from "node:path";
import { Argument, Command } from "commander";
import { dropBefore } from "../../history/postgres/queries.ts";
import { HistoryWriter } from "../../history/postgres/store.ts";
import { thousands } from "../../report/table/scan-tally.ts";
import { parsePeriod } from "../../targets/grammar/duration.ts";
import { expandedPaths } from "../options/expanded-paths.ts";
import { readRows } from "../outputs/result-rows.ts";
import { EXIT } from "../screen/exit-code.ts";
import { say } from "../screen/say.ts";
import type { Terminal } from "../screen/terminal.ts";
import { accepted, UsageError } from "../words/usage-error.ts";
import { DATABASE_TEXT, DEFAULT_DATABASE, inHistory } from "./history-flags.ts";

interface StoreFlags {
  readonly into?: string;
  readonly scan?: string;
  readonly keep?: string;
}

/** The command; `exit` takes the exit code when all is stored. */
export const storeCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  new Command("store")
    .description("put result files into a history in PostgreSQL: a row a probe, a row a change")
    .addArgument(new Argument("[file...]", "CSV, NDJSON or JSON files of rdprobe, each a scan; - for stdin"))
    .option("--into <url>", DATABASE_TEXT)
    .option("--scan <name>", "what the rows are called together (default: the file's name)")
    .option("--keep <duration>", "drop the months of probes that ended longer ago, as 400d; changes stay")
    .addHelpText("after", "\nA row that is stored already is not stored again.")
    .action(async (files: readonly string[], flags: StoreFlags) => {
      exit(await store(files, flags, terminal));
    });

const store = async (given: readonly string[], flags: StoreFlags, terminal: Terminal): Promise<number> => {
  const files = expandedPaths(given, "[file...]");
  const keepMs = flags.keep === undefined ? null : accepted("--keep", parsePeriod(flags.keep));
  if (files.length === 0 && keepMs === null) throw new UsageError("[file...]: name a file, or --keep");
  return inHistory(flags.into ?? DEFAULT_DATABASE, true, async (sql) => {
    for (const path of files) {
      const scan = flags.scan ?? (path === "-" ? "stdin" : basename(path));
      const writer = await HistoryWriter.open(sql, scan);
      const warn = (text: string): void => say(terminal, text);
      for await (const { row } of readRows({ path, stdin: terminal.stdin, warn, withTorn: true }))
        await writer.add([row]);
      const { rows, changes } = await writer.close();
      say(terminal, `${scan}: ${thousands(rows)} rows, ${thousands(changes)} changes`);
    }
    if (keepMs !== null) {
      const dropped = await dropBefore(sql, new Date(Date.now() - keepMs));
      say(terminal, dropped.length === 0 ? "no month is that old" : `dropped: ${dropped.join(", ")}`);
    }
    return EXIT.ok;
  });
};
