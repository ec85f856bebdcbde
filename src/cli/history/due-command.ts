/** `rdprobe due`: certificates that end soon, and whether they have renewed themselves before. */
import { Command } from "commander";
import { dueCertificates } from "../../history/postgres/queries.ts";
import { jsonText } from "../../report/json/json.ts";
import { dueText } from "../../report/text/history-lines.ts";
import { parseDays } from "../../targets/grammar/days.ts";
import { EXIT } from "../screen/exit-code.ts";
import type { Terminal } from "../screen/terminal.ts";
import { accepted } from "../words/usage-error.ts";
import { DATABASE_TEXT, DEFAULT_DATABASE, inHistory } from "./history-flags.ts";

interface DueFlags {
  readonly from?: string;
  readonly days: string;
  readonly json?: true;
}

/** The command; `exit` takes the exit code when all is written. */
export const dueCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  new Command("due")
    .description("list certificates that end soon, and whether they renew themselves, by their own past")
    .option("--days <days>", "end within so many days", "60")
    .option("--from <url>", DATABASE_TEXT)
    .option("--json", "as JSON")
    .addHelpText("after", "\nExit codes: 0 none ends, 1 some do.")
    .action(async (flags: DueFlags) => {
      exit(await list(flags, terminal));
    });

const list = async (flags: DueFlags, terminal: Terminal): Promise<number> => {
  const days = accepted("--days", parseDays(flags.days));
  const now = new Date();
  const due = await inHistory(flags.from ?? DEFAULT_DATABASE, false, (sql) =>
    dueCertificates(sql, now, days),
  );
  terminal.stdout.write(flags.json === true ? jsonText(due) : dueText(due, now));
  return due.length === 0 ? EXIT.ok : EXIT.failOn;
};
