/** `rdprobe report <scan> [older...] -o rdp.html`: a scan as one page that people look at. */
import { Argument, Command } from "commander";
import type { ResultRow } from "../../audit/result-row.ts";
import { diffRows } from "../../audit/row-diff.ts";
import { changesSince } from "../../report/page/page-changes.ts";
import { thousands } from "../../report/table/scan-tally.ts";
import { deliver } from "../outputs/destination.ts";
import { EXIT } from "../screen/exit-code.ts";
import { expandedPaths } from "../options/expanded-paths.ts";
import { addOnlyOption, asksForChanges, type OnlyFlags, onlyOf } from "../options/only-flags.ts";
import { PageOutput } from "../outputs/page-output.ts";
import { pageFile, nameOf, readScan } from "../inputs/read-scan.ts";
import { say } from "../screen/say.ts";
import type { Terminal } from "../screen/terminal.ts";
import { UsageError } from "../words/usage-error.ts";

interface ReportFlags extends OnlyFlags {
  readonly output: string;
}

/** The command; `exit` takes the exit code when all is written. */
export const reportCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  addOnlyOption(commandWithoutOnly()).action(
    async (scan: string, older: readonly string[], flags: ReportFlags) => {
      exit(await report(scan, expandedPaths(older, "[older...]"), flags, terminal));
    },
  );

const commandWithoutOnly = (): Command =>
  new Command("report")
    .description("make one HTML page of a scan: what is wrong, what ends, what changed, all hosts")
    .addArgument(new Argument("<scan>", "CSV, NDJSON or JSON of rdprobe; - for stdin"))
    .addArgument(new Argument("[older...]", "older scans of the same hosts: the page says what changed"))
    .requiredOption("-o, --output <file>", "the page, rdp.html; - for stdout")
    .addHelpText(
      "after",
      "\nThe page is one file that loads nothing and sends nothing: it can go to a ticket or a colleague.\nExit codes: 0 written, 2 wrong usage or unreadable input.",
    );

const report = async (
  scan: string,
  older: readonly string[],
  flags: ReportFlags,
  terminal: Terminal,
): Promise<number> => {
  const { output } = flags;
  const file = pageFile("-o, --output", output);
  const keeps = onlyOf(flags, older.length > 0);
  if ([scan, ...older].filter((path) => path === "-").length > 1) {
    throw new UsageError("[older...]: stdin can be only one of the files");
  }
  const isByChange = asksForChanges(flags);
  if (isByChange && scan === "-")
    throw new UsageError("--only: changed needs the scan in a file, not on stdin");
  const page = new PageOutput();
  const read = await readScan(scan, terminal, {
    isCompared: older.length > 0,
    onRow: (row) => {
      if (!isByChange && (keeps === null || keeps(row))) page.add(row);
    },
  });
  if (read.rows === 0) throw new UsageError(`<scan>: ${scan} has no result`);
  const changes = [];
  const kept = new Set<string>();
  for (const path of older) {
    const before = await readScan(path, terminal, { isCompared: true });
    const found = diffRows(before.compared, read.compared, (row, changed) => {
      const isKept = keeps === null || keeps(row, changed);
      if (isKept) kept.add(placeOf(row));
      return isKept;
    });
    changes.push(changesSince(nameOf(path), before.lastAt, found));
  }
  // What changed is known only now: the whole results are read again.
  if (isByChange) {
    const onRow = (row: ResultRow): void => {
      if (kept.has(placeOf(row))) page.add(row);
    };
    await readScan(scan, terminal, { isCompared: false, onRow });
  }
  await deliver(await page.html(nameOf(scan), changes), file, terminal);
  if (output !== "-")
    say(terminal, `${thousands(read.rows)} ${read.rows === 1 ? "result" : "results"} in ${output}`);
  return EXIT.ok;
};

const placeOf = ({ address, host, port }: ResultRow): string => `${address ?? host} ${port}`;
