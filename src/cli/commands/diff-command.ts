/** `rdprobe diff <old> <new>`: what changed between two scans, or between inside and outside. */
import { Command, Option } from "commander";
import { diffRows } from "../../audit/row-diff.ts";
import { diffText } from "../../report/text/diff-lines.ts";
import { jsonText } from "../../report/json/json.ts";
import { changesSince } from "../../report/page/page-changes.ts";
import { deliver } from "../outputs/destination.ts";
import { EXIT } from "../screen/exit-code.ts";
import { addOnlyOption, type OnlyFlags, onlyOf } from "../options/only-flags.ts";
import { pageFile, nameOf, readScan } from "../inputs/read-scan.ts";
import { type ColorChoice, type Terminal, wantsColor } from "../screen/terminal.ts";
import { UsageError } from "../words/usage-error.ts";

interface DiffFlags extends OnlyFlags {
  readonly json?: true;
  readonly html?: string;
  readonly color: ColorChoice;
}

/** The command; `exit` takes the exit code when all is written. */
export const diffCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  addOnlyOption(new Command("diff"))
    .description("say what changed between two scans: CSV, NDJSON or JSON files of rdprobe")
    .argument("<old>", "the older results, or those from inside; - for stdin")
    .argument("<new>", "the newer results, or those from outside; - for stdin")
    .option("--json", "as JSON")
    .option("--html <file>", "as a page, with the newer results: the same as report <new> <old> -o <file>")
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
  const { html, json } = flags;
  if (html !== undefined && json === true) throw new UsageError("--html: give it without --json");
  const file = html === undefined ? null : pageFile("--html", html);
  const before = await readScan(older, terminal, { isCompared: true });
  // The page is heavy, and few ask for it.
  const page = html === undefined ? null : new (await import("../outputs/page-output.ts")).PageOutput();
  const after = await readScan(newer, terminal, { isCompared: true, onRow: (row) => page?.add(row) });
  const found = diffRows(before.compared, after.compared, keeps);
  if (page === null) {
    const text = json === true ? jsonText(found) : diffText(found, wantsColor(flags.color, terminal, false));
    await deliver(text, null, terminal);
  } else {
    const changes = [changesSince(nameOf(older), before.lastAt, found)];
    await deliver(await page.html(nameOf(newer), changes), file, terminal);
  }
  const isSame = found.changed.length + found.new.length + found.gone.length === 0;
  return isSame ? EXIT.ok : EXIT.failOn;
};
