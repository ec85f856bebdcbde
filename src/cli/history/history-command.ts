/** `rdprobe history <host>`: when what changed there. */
import { Command } from "commander";
import { type HostHistory, hostHistory } from "../../history/postgres/queries.ts";
import { jsonText } from "../../report/json/json.ts";
import { historyText } from "../../report/text/history-lines.ts";
import { splitHostPort } from "../../targets/grammar/host-port.ts";
import { parsePort } from "../../targets/grammar/port.ts";
import { EXIT } from "../screen/exit-code.ts";
import type { Terminal } from "../screen/terminal.ts";
import { accepted } from "../words/usage-error.ts";
import { DATABASE_TEXT, DEFAULT_DATABASE, inHistory } from "./history-flags.ts";

interface HistoryFlags {
  readonly from?: string;
  readonly json?: true;
}

/** The command; `exit` takes the exit code when all is written. */
export const historyCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  new Command("history")
    .description("say when what changed at a host: its certificate, NLA, TLS, its verdict")
    .argument("<host>", "host, host:port or an address, as it was scanned")
    .option("--from <url>", DATABASE_TEXT)
    .option("--json", "as JSON")
    .addHelpText("after", "\nExit codes: 0 the host is known, 1 it is not.")
    .action(async (host: string, flags: HistoryFlags) => {
      exit(await show(host, flags, terminal));
    });

const show = async (text: string, flags: HistoryFlags, terminal: Terminal): Promise<number> => {
  const { host, port: portText } = splitHostPort(text.trim());
  const port = portText === null ? null : accepted("<host>", parsePort(portText));
  const found: HostHistory = await inHistory(flags.from ?? DEFAULT_DATABASE, false, (sql) =>
    hostHistory(sql, host, port),
  );
  terminal.stdout.write(flags.json === true ? jsonText(found) : historyText(text, found));
  return found.places.length === 0 ? EXIT.failOn : EXIT.ok;
};
