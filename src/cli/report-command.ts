/** `rdprobe report <scan> [older...] -o rdp.html`: a scan as one page that people look at. */
import { basename } from "node:path";
import { Argument, Command } from "commander";
import type { ResultRow } from "../audit/result-row.ts";
import { diffRows } from "../audit/row-diff.ts";
import { changesSince } from "../report/page/page-changes.ts";
import { escapeUnsafe } from "../report/safe-text.ts";
import { thousands } from "../report/scan-tally.ts";
import { deliver } from "./destination.ts";
import { EXIT } from "./exit-code.ts";
import { expandedPaths } from "./expanded-paths.ts";
import { addOnlyOption, type OnlyFlags, onlyOf } from "./only-flags.ts";
import { PageOutput } from "./page-output.ts";
import { readRows } from "./result-rows.ts";
import { say } from "./say.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

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
  expectPage(output);
  const keeps = onlyOf(flags, false);
  if ([scan, ...older].filter((path) => path === "-").length > 1) {
    throw new UsageError("[older...]: stdin can be only one of the files");
  }
  const page = new PageOutput();
  const read = await readScan(scan, terminal, {
    isCompared: older.length > 0,
    onRow: (row) => {
      if (keeps === null || keeps(row)) page.add(row);
    },
  });
  if (read.rows === 0) throw new UsageError(`<scan>: ${scan} has no result`);
  const changes = [];
  for (const path of older) {
    const before = await readScan(path, terminal, { isCompared: true });
    changes.push(
      changesSince(nameOf(path), before.lastAt, diffRows(before.compared, read.compared, keeps ?? undefined)),
    );
  }
  await deliver(await page.html(nameOf(scan), changes), output === "-" ? null : output, terminal);
  if (output !== "-") say(terminal, `${thousands(read.rows)} results in ${output}`);
  return EXIT.ok;
};

/** Who names a table wants no page in it. */
const expectPage = (output: string): void => {
  const ending = /\.[a-z]\w*$/i.exec(output)?.[0].toLowerCase();
  if (ending !== undefined && ending !== ".html" && ending !== ".htm") {
    throw new UsageError(`-o, --output: ${output}: report writes a page: name it .html`);
  }
};

interface ReadScan {
  readonly rows: number;
  /** Without the whole results: only the rows are compared. */
  readonly compared: readonly ResultRow[];
  readonly lastAt: string | null;
}

interface Reading {
  /** Whether what is compared is kept of each row. */
  readonly isCompared: boolean;
  readonly onRow?: (row: ResultRow) => void;
}

const readScan = async (
  path: string,
  terminal: Terminal,
  { isCompared, onRow }: Reading,
): Promise<ReadScan> => {
  const compared: ResultRow[] = [];
  let rows = 0;
  let lastAt: string | null = null;
  const warn = (text: string): void => say(terminal, text);
  for await (const { row } of readRows({ path, stdin: terminal.stdin, warn, withTorn: true })) {
    rows += 1;
    onRow?.(row);
    if (isCompared) compared.push({ ...row, json: null });
    // RFC 3339 in UTC is in the order of its text.
    if (row.startedAt !== null && (lastAt === null || row.startedAt > lastAt)) lastAt = row.startedAt;
  }
  return { rows, compared, lastAt };
};

/** What the page calls a file: not where it lies. */
const nameOf = (path: string): string => (path === "-" ? "stdin" : escapeUnsafe(basename(path)));
