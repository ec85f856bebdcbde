/** `rdprobe clients`: the client profiles that verdicts are computed for, and how each fares at a server. */
import { Command, Option } from "commander";
import { clientsTable, profilesTable } from "../../report/table/clients-table.ts";
import type { ClientListing, ClientsReport } from "../../report/json/json-documents.ts";
import { startHelloSeries } from "../../scan/one/hello-series.ts";
import { type Simulation, simulateClients } from "../../scan/one/simulate-clients.ts";
import { parseDuration, parsePause } from "../../targets/grammar/duration.ts";
import { DEFAULT_PORT } from "../../targets/grammar/port.ts";
import { parseTarget, type Target } from "../../targets/plan/target.ts";
import { cipherSuite } from "../../tls/tables/cipher-suites.ts";
import { CLIENT_PROFILES, type ClientProfile } from "../../tls/profiles/client-profiles.ts";
import { groupName } from "../../tls/tables/named-groups.ts";
import { TLS_VERSIONS } from "../../tls/tables/versions.ts";
import { resolveName } from "../../transport/dns/resolve.ts";
import type { Endpoint } from "../../transport/tcp-connection.ts";
import { tlsSupportReport } from "../../verdict/result/tls-support-report.ts";
import { EXIT } from "../screen/exit-code.ts";
import { say } from "../screen/say.ts";
import { onSignals } from "../screen/signals.ts";
import { type ColorChoice, type Terminal, wantsColor } from "../screen/terminal.ts";
import { accepted, UsageError } from "../words/usage-error.ts";

interface ClientsFlags {
  readonly for?: string;
  readonly timeout: string;
  readonly deadline: string;
  readonly pause: string;
  readonly json?: true;
  readonly color: ColorChoice;
}

const COOKIE = { kind: "cookie", identity: "rdprobe" } as const;

/** The command; `exit` takes the exit code when all is written. */
export const clientsCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  new Command("clients")
    .description("list the client profiles that verdicts are computed for, or try them at a server")
    .option("--for <target>", "send each client's ClientHello to host or host:port and say how it fares")
    .option("--timeout <duration>", "for one stage", "5s")
    .option("--deadline <duration>", "for all connections", "2m")
    .option("--pause <duration>", "between two connections", "50ms")
    .option("--json", "as JSON")
    .addOption(new Option("--color <when>", "colours").choices(["auto", "always", "never"]).default("auto"))
    .addHelpText(
      "after",
      "\n--for opens a connection for every cipher suite that the server takes, one after the other; each that fails leaves a line in the log of a Windows server.",
    )
    .action(async (flags: ClientsFlags) => {
      exit(flags.for === undefined ? list(flags, terminal) : await simulate(flags.for, flags, terminal));
    });

const list = ({ json }: ClientsFlags, { stdout }: Terminal): number => {
  stdout.write(
    json === true
      ? `${JSON.stringify(CLIENT_PROFILES.map(published), null, 2)}\n`
      : profilesTable(CLIENT_PROFILES),
  );
  return EXIT.ok;
};

const published = (profile: ClientProfile): ClientListing => ({
  id: profile.id,
  name: profile.name,
  versions: TLS_VERSIONS.filter(({ code }) => code >= profile.minVersion && code <= profile.maxVersion).map(
    ({ name }) => name,
  ),
  cipherSuites: profile.cipherSuites.map((code) => cipherSuite(code)?.name ?? code),
  groups: profile.groups.map((code) => groupName(code) ?? code),
  confidence: profile.confidence,
  source: profile.source,
  note: profile.note,
});

const simulate = async (input: string, flags: ClientsFlags, terminal: Terminal): Promise<number> => {
  const target = accepted("--for", parseTarget(input));
  const timeoutMs = accepted("--timeout", parseDuration(flags.timeout));
  const deadlineMs = accepted("--deadline", parseDuration(flags.deadline));
  const pauseMs = accepted("--pause", parsePause(flags.pause));
  const endpoint = await endpointOf(target, timeoutMs);
  const signals = onSignals();
  try {
    const series = startHelloSeries({
      ...{ endpoint, host: target.host, routing: COOKIE },
      ...{ timeoutMs, deadlineMs, pauseMs, signal: signals.aborted },
    });
    const simulation = await simulateClients(CLIENT_PROFILES, series, {
      certificate: null,
      onProgress: progressOn(terminal),
    });
    if (!wasAnswered(simulation)) {
      say(terminal, `${input} answered no ClientHello; rdprobe ${input} says why`);
      return signals.exitCode() ?? EXIT.failOn;
    }
    terminal.stdout.write(
      flags.json === true
        ? jsonOf(target, endpoint, series.connections(), simulation)
        : clientsTable(simulation.clients, wantsColor(flags.color, terminal, false)),
    );
    return signals.exitCode() ?? EXIT.ok;
  } finally {
    signals.release();
  }
};

/** Neither a choice nor a refusal: there is nothing to say of any client. */
const wasAnswered = ({ support }: Simulation): boolean =>
  Object.values(support.versions).some(({ accepted: suites, complete }) => complete || suites.length > 0);

const jsonOf = (
  { input, host }: Target,
  { address, port }: Endpoint,
  connections: number,
  { support, clients }: Simulation,
): string => {
  const document: ClientsReport = {
    target: { input, host, address, port },
    connections,
    clients,
    tlsSupport: tlsSupportReport(support),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
};

/** A name stands for the first of its addresses here. */
const endpointOf = async ({ host, family, port }: Target, timeoutMs: number): Promise<Endpoint> => {
  if (family !== null) return { address: host, port: port ?? DEFAULT_PORT, family };
  const found = await resolveName(host, 0, timeoutMs);
  const first = found.outcome === "resolved" ? found.addresses[0] : undefined;
  if (first !== undefined) return { ...first, port: port ?? DEFAULT_PORT };
  throw new UsageError(`--for: ${JSON.stringify(host)} has no address`);
};

/** One line that is written over and over, where a person watches. */
const progressOn =
  ({
    stderr,
  }: Terminal): ((progress: { readonly version: string | null; readonly connections: number }) => void) =>
  ({ version, connections }) => {
    if (stderr.isTTY === true) stderr.write(`\rTLS ${version}, connection ${connections}\u001b[K\r`);
  };
