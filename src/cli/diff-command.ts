/** `rdprobe diff <old> <new>`: what changed between two scans, or between inside and outside. */
import { Command, Option } from "commander";
import { diffText } from "../report/diff-lines.ts";
import { jsonText } from "../report/json.ts";
import { snapshotOfRow } from "../audit/row-snapshot.ts";
import { diffResults } from "../verdict/result-diff.ts";
import type { Snapshot } from "../verdict/result-snapshot.ts";
import { deliver } from "./destination.ts";
import { EXIT } from "./exit-code.ts";
import { readRows } from "./result-rows.ts";
import { say } from "./say.ts";
import { type ColorChoice, type Terminal, wantsColor } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

interface DiffFlags {
  readonly json?: true;
  readonly color: ColorChoice;
}

/** The command; `exit` takes the exit code when all is written. */
export const diffCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  new Command("diff")
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
  const found = diffResults(await snapshotsOf(older, terminal), await snapshotsOf(newer, terminal));
  const text =
    flags.json === true ? jsonText(found) : diffText(found, wantsColor(flags.color, terminal, false));
  await deliver(text, null, terminal);
  const isSame = found.changed.length + found.new.length + found.gone.length === 0;
  return isSame ? EXIT.ok : EXIT.failOn;
};

/** Only what is compared is kept of each result. */
const snapshotsOf = async (path: string, terminal: Terminal): Promise<readonly Snapshot[]> => {
  const snapshots: Snapshot[] = [];
  const warn = (text: string) => say(terminal, text);
  for await (const { row } of readRows({ path, stdin: terminal.stdin, warn, withTorn: true })) {
    snapshots.push(snapshotOfRow(row));
  }
  return snapshots;
};
