/** `rdprobe lab`: servers on loopback that show every verdict, until SIGINT. */
import { Command } from "commander";
import type { LabListing } from "../../report/json/json-documents.ts";
import { table } from "../../report/table/lab-table.ts";
import { type Parsed, parsed, rejected } from "../../targets/plan/parsed.ts";
import { quoted } from "../../targets/grammar/quoted.ts";
import { parseTarget } from "../../targets/plan/target.ts";
import { didYouMean } from "../words/did-you-mean.ts";
import { EXIT } from "../screen/exit-code.ts";
import { onSignals } from "../screen/signals.ts";
import type { Terminal } from "../screen/terminal.ts";
import { accepted, UsageError } from "../words/usage-error.ts";

interface LabFlags {
  readonly host: string;
  readonly basePort: string;
  readonly json?: true;
  readonly all?: true;
}

/** The first of the ports; one a scenario follows. */
const DEFAULT_BASE_PORT = 33_890;

const MAX_PORT = 65_535;

/** The command; `exit` takes the exit code when the lab has stopped. */
export const labCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  new Command("lab")
    .description("start test servers on this machine, one port per scenario, that show every verdict")
    .argument("[scenario...]", "scenarios to start (default: all)")
    .option("--host <address>", "loopback address to listen on", "127.0.0.1")
    .option("--base-port <port>", "first port; 0 takes any free ones", String(DEFAULT_BASE_PORT))
    .option("--all", "hostile servers as well: each stage of a handshake with each thing that can go wrong")
    .option("--json", "print what listens where as JSON")
    .addHelpText("after", "\nCtrl-C stops it.")
    .action(async (scenarios: readonly string[], flags: LabFlags) => {
      exit(await runLab(scenarios, flags, terminal));
    });

const runLab = async (ids: readonly string[], flags: LabFlags, terminal: Terminal): Promise<number> => {
  const basePort = accepted("--base-port", parseBasePort(flags.basePort));
  const host = accepted("--host", parseLoopback(flags.host));
  const { SCENARIO_IDS, USUAL_SCENARIO_IDS, startLab } = await import("../../lab/lab.ts");
  const unknown = ids.find((id) => !SCENARIO_IDS.includes(id));
  if (unknown !== undefined) {
    const meant = didYouMean(unknown, SCENARIO_IDS);
    const hint =
      meant === null ? "rdprobe lab starts and lists all, such as nla-required" : `did you mean ${meant}?`;
    throw new UsageError(`<scenario>: ${quoted(unknown)} is none: ${hint}`);
  }
  const usual = flags.all === true ? SCENARIO_IDS : USUAL_SCENARIO_IDS;
  const scenarios = ids.length > 0 ? ids : usual;
  accepted("--base-port", fits(basePort, scenarios.length));
  const signals = onSignals();
  try {
    const lab = await startLab({ host, basePort, scenarios }).catch(refuseListener);
    const rows = lab.listeners.map(({ scenario, host: address, port }) => ({ ...scenario, address, port }));
    terminal.stdout.write(flags.json === true ? `${JSON.stringify(rows.map(published))}\n` : table(rows));
    if (flags.json !== true) terminal.stderr.write("Ctrl-C stops the lab.\n");
    await new Promise<void>((resolve) => {
      if (signals.aborted.aborted) resolve();
      signals.aborted.addEventListener("abort", () => resolve(), { once: true });
    });
    await lab.close();
    // Stopping is what a lab is told to do: the signal that ends it is no failure.
    return EXIT.ok;
  } finally {
    signals.release();
  }
};

const published = ({ id, title, verdict, stage, address, port }: LabListing): LabListing => ({
  id,
  title,
  verdict,
  stage,
  address,
  port,
});

const parseBasePort = (text: string): Parsed<number> => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port >= 0 && port <= MAX_PORT
    ? parsed(port)
    : rejected(`${JSON.stringify(text)} is no port: write 0 (any) or a number up to ${MAX_PORT}`);
};

/** One port a scenario, up to the last one that there is. */
const fits = (basePort: number, count: number): Parsed<number> => {
  const highest = MAX_PORT - count + 1;
  return basePort <= highest
    ? parsed(basePort)
    : rejected(`${basePort} leaves too few ports for ${count} scenarios: write 0 (any) or up to ${highest}`);
};

/** The lab is for this machine alone: it shows broken and weak servers. */
const parseLoopback = (text: string): Parsed<string> => {
  const target = parseTarget(text);
  const { host = "", port = null } = target.ok ? target.value : {};
  const isLoopback = host === "::1" || (/^127(\.\d+){3}$/.test(host) && port === null);
  return isLoopback
    ? parsed(host)
    : rejected(`${JSON.stringify(text)} is no loopback address: write 127.0.0.1 or ::1`);
};

/** What the system says to a listener, as the argument that it is about and what would be right. */
const LISTEN_FAULTS: Readonly<Record<string, (port: number, address: string) => string>> = {
  EADDRINUSE: (port, address) =>
    `--base-port: port ${port} of ${address} is in use: write another one, or 0 for any that are free`,
  EACCES: (port) =>
    `--base-port: port ${port} is not open to this user: write one from 1024 on, or 0 for any`,
  EADDRNOTAVAIL: (_port, address) => `--host: this machine has no address ${address}: write 127.0.0.1`,
};

const refuseListener = (
  error: NodeJS.ErrnoException & { readonly address?: string; readonly port?: number },
): never => {
  const { code = "", port = 0, address = "" } = error;
  const problem = LISTEN_FAULTS[code];
  throw problem === undefined ? error : new UsageError(problem(port, address));
};
