/** `rdprobe diff <old> <new>`: what changed between two scans, or between inside and outside. */
import { Command, Option } from "commander";
import type { ResultRow } from "../audit/result-row.ts";
import { diffRows } from "../audit/row-diff.ts";
import { diffText } from "../report/diff-lines.ts";
import { jsonText } from "../report/json.ts";
import { deliver } from "./destination.ts";
import { EXIT } from "./exit-code.ts";
import { addOnlyOption, type OnlyFlags, onlyOf } from "./only-flags.ts";
import { readRows } from "./result-rows.ts";
import { say } from "./say.ts";
import { type ColorChoice, type Terminal, wantsColor } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

interface DiffFlags extends OnlyFlags {
  readonly json?: true;
  readonly color: ColorChoice;
}

/** The command; `exit` takes the exit code when all is written. */
export const diffCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  addOnlyOption(new Command("diff"))
    .description("say what changed between two scans: CSV, NDJSON or JSON files of rdprobe")
    .argument("<old>", "the older results, or those from inside; - for stdin")
    .argument("<new>", "the newer results, or those from outside; - for stdin")
    .option("--json", "as JSON")
    .addOption(new Option("--color <when>", "colours").choices(["auto", "always", "never"]).default("auto"))
    .addHelpText(
      "after",
      "\nExit codes: 0 nothing changed, 1 something did, 2 wrong usage or unreadable input.",
    )
    .action(async (older: string, newer: string, flags: DiffFlags) => {
      exit(await diff(older, newer, flags, terminal));
    });

const diff = async (older: string, newer: string, flags: DiffFlags, terminal: Terminal): Promise<number> => {
  if (older === "-" && newer === "-") throw new UsageError("<new>: stdin can be only one of the two files");
  const keeps = onlyOf(flags, true) ?? undefined;
  const found = diffRows(await rowsOf(older, terminal), await rowsOf(newer, terminal), keeps);
  const text =
    flags.json === true ? jsonText(found) : diffText(found, wantsColor(flags.color, terminal, false));
  await deliver(text, null, terminal);
  const isSame = found.changed.length + found.new.length + found.gone.length === 0;
  return isSame ? EXIT.ok : EXIT.failOn;
};

/** The whole results are let go of: only the rows are compared. */
const rowsOf = async (path: string, terminal: Terminal): Promise<readonly ResultRow[]> => {
  const rows: ResultRow[] = [];
  const warn = (text: string) => say(terminal, text);
  for await (const { row } of readRows({ path, stdin: terminal.stdin, warn, withTorn: true })) {
    rows.push({ ...row, json: null });
  }
  return rows;
};
