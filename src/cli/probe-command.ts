/** `rdprobe <target...>`: probes each target and prints the result. */
import { Argument, Command, Option } from "commander";
import { PROBE_IDENTITY } from "../handshake/connection-requests.ts";
import type { Depth } from "../handshake/probe-plan.ts";
import { jsonDocument } from "../report/json.ts";
import { ladder, verdictLine } from "../report/ladder.ts";
import { table } from "../report/table.ts";
import type { HostTarget } from "../scan/probe-target.ts";
import { type ScanOptions, scan } from "../scan/scan.ts";
import { skipTurn } from "../scan/skip-turn.ts";
import { parseDays } from "../targets/days.ts";
import { parseDuration } from "../targets/duration.ts";
import { DEFAULT_PORT, parsePorts } from "../targets/port.ts";
import { parseTarget } from "../targets/target.ts";
import {
  CLIENT_PROFILES,
  type ClientProfile,
  clientProfile,
  DEFAULT_CLIENT_ID,
} from "../tls/client-profiles.ts";
import { DEFAULT_EXPIRY } from "../verdict/certificate-findings.ts";
import type { Result } from "../verdict/result.ts";
import type { Routing } from "../x224/connection-request.ts";
import { deliver } from "./destination.ts";
import { exitCodeOf, type FailOn } from "./exit-code.ts";
import { openRecordingFile } from "./recording-file.ts";
import { addRepeatOptions, type RepeatFlags, repeated } from "./repeat-flags.ts";
import { onSignals } from "./signals.ts";
import { type ColorChoice, type Terminal, wantsColor, widthOf } from "./terminal.ts";
import { accepted, UsageError } from "./usage-error.ts";
import { addWayOptions, type WayFlags, wayOf } from "./way-flags.ts";

/** The cookie's and the token's line must fit an X.224 TPDU with the negotiation request behind it. */
const MAX_ROUTING_LENGTH = 200;

const DEADLINES: Readonly<Record<Depth, string>> = { quick: "20s", standard: "20s", full: "2m" };

const DEFAULT_CONCURRENCY = 256;

interface ProbeFlags extends RepeatFlags, WayFlags {
  readonly port: string;
  readonly ipv4?: true;
  readonly ipv6?: true;
  readonly depth: Depth;
  readonly client: string;
  readonly expiryWarning: string;
  readonly expiryCritical: string;
  readonly timeout: string;
  readonly deadline?: string;
  readonly pause: string;
  readonly cookie?: string;
  readonly routingToken?: string;
  readonly format: "text" | "json";
  readonly json?: true;
  readonly output?: string;
  readonly pcap?: string;
  readonly failOn?: FailOn;
  readonly color: ColorChoice;
  readonly quiet?: true;
  readonly verbose?: true;
}

/** The command; `exit` takes the exit code when all is written. */
export const probeCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  addRepeatOptions(addWayOptions(commandWithoutWays(terminal, exit)));

const commandWithoutWays = (terminal: Terminal, exit: (code: number) => void): Command =>
  new Command("probe")
    .description("probe each target and say why RDP fails there, and what to do about it")
    .addArgument(new Argument("<target...>", "host, host:port, 192.0.2.7, [2001:db8::7]:3390"))
    .optionsGroup("What to probe:")
    .option(
      "-p, --port <list>",
      "ports, as 3389 or 3389,3390,33890-33899; a port in a target wins",
      String(DEFAULT_PORT),
    )
    .option("-4, --ipv4", "IPv4 addresses of a name alone")
    .option("-6, --ipv6", "IPv6 addresses of a name alone")
    .addOption(
      new Option(
        "--depth <depth>",
        "quick: one connection, no cryptography; standard: what one admin needs; full: every layer, suite and client, which fills the server's event log",
      )
        .choices(["quick", "standard", "full"])
        .default("standard"),
    )
    .option(
      "--client <profile>",
      "the client that the verdict is for; see rdprobe clients",
      DEFAULT_CLIENT_ID,
    )
    .option(
      "--expiry-warning <days>",
      "say when the certificate ends within",
      String(DEFAULT_EXPIRY.warningDays),
    )
    .option("--expiry-critical <days>", "say it louder within", String(DEFAULT_EXPIRY.criticalDays))
    .option("--timeout <duration>", "for one stage: 500ms, 5s, 2m", "5s")
    .option("--deadline <duration>", "for all connections to one address (default: 20s, full 2m)")
    .option("--pause <duration>", "between two connections of full depth", "50ms")
    .option("--cookie <text>", `the mstshash cookie (default: "${PROBE_IDENTITY}")`)
    .option("--routing-token <text>", "a load balancer's token instead of the cookie")
    .optionsGroup("What to print:")
    .addOption(
      new Option("--format <format>", "the form of the results").choices(["text", "json"]).default("text"),
    )
    .option("--json", "the same as --format json")
    .option("-o, --output <file>", "write the results there instead of stdout")
    .option("--pcap <file>", "record all that goes over the connections, for Wireshark and rdprobe pcap")
    .addOption(new Option("--color <when>", "colours").choices(["auto", "always", "never"]).default("auto"))
    .option("-v, --verbose", "every remedy with its steps, every finding, and what went over the wire")
    .option("-q, --quiet", "one line a result")
    .addOption(
      new Option(
        "--fail-on <severity>",
        "exit 1 from this severity on (default: critical for one target, never for several)",
      ).choices(["never", "warning", "critical"]),
    )
    .action(async (targets: readonly string[], flags: ProbeFlags) => {
      exit(await probe(targets, flags, terminal));
    });

const probe = async (inputs: readonly string[], flags: ProbeFlags, terminal: Terminal): Promise<number> => {
  const targets = targetsOf(inputs, flags);
  const signals = onSignals();
  try {
    const options: ScanOptions = {
      timeoutMs: accepted("--timeout", parseDuration(flags.timeout)),
      deadlineMs: accepted("--deadline", parseDuration(flags.deadline ?? DEADLINES[flags.depth])),
      pauseMs: accepted("--pause", parseDuration(flags.pause)),
      family: familyOf(flags),
      ...wayOf(flags),
      explainsNames: targets.length === 1,
      depth: flags.depth,
      routing: routingOf(flags),
      reference: referenceOf(flags),
      expiry: {
        warningDays: accepted("--expiry-warning", parseDays(flags.expiryWarning)),
        criticalDays: accepted("--expiry-critical", parseDays(flags.expiryCritical)),
      },
      concurrency: DEFAULT_CONCURRENCY,
      signal: signals.aborted,
    };
    const round = repeated(flags, options.signal, terminal);
    const results = await scanRecorded(options, flags.pcap, (recorded) =>
      round({ probe: () => scan(targets, recorded), skipTurn: (result) => skipTurn(result, options) }),
    );
    await deliver(render(results, flags, terminal), flags.output ?? null, terminal);
    const failOn = flags.failOn ?? (targets.length === 1 ? "critical" : "never");
    return signals.exitCode() ?? exitCodeOf(results, failOn);
  } finally {
    signals.release();
  }
};

/** The results, once the recording is written as well. */
const scanRecorded = async (
  options: ScanOptions,
  path: string | undefined,
  run: (options: ScanOptions) => Promise<readonly Result[]>,
): Promise<readonly Result[]> => {
  if (path === undefined) return run(options);
  const file = await openRecordingFile(path);
  try {
    return await run({ ...options, recording: file.recording });
  } finally {
    await file.close();
  }
};

const targetsOf = (inputs: readonly string[], flags: ProbeFlags): readonly HostTarget[] => {
  const ports = accepted("-p, --port", parsePorts(flags.port));
  const family = familyOf(flags);
  const seen = new Map<string, HostTarget>();
  for (const input of inputs) {
    const target = accepted("<target>", parseTarget(input));
    if (family !== 0 && target.family !== null && target.family !== family) {
      throw new UsageError(
        `<target>: ${JSON.stringify(input)} is an IPv${target.family} address, and -${family} asks for IPv${family}`,
      );
    }
    for (const port of target.port === null ? ports : [target.port]) {
      const key = `${target.host.toLowerCase()} ${port}`;
      if (!seen.has(key)) seen.set(key, { input, host: target.host, family: target.family, port });
    }
  }
  return [...seen.values()];
};

const referenceOf = ({ client }: ProbeFlags): ClientProfile => {
  const profile = clientProfile(client);
  if (profile !== null) return profile;
  throw new UsageError(
    `--client: ${JSON.stringify(client)} is none of ${CLIENT_PROFILES.map(({ id }) => id).join(", ")}`,
  );
};

const familyOf = ({ ipv4, ipv6 }: ProbeFlags): 0 | 4 | 6 => {
  if (ipv4 === ipv6) return 0;
  return ipv4 === true ? 4 : 6;
};

const routingOf = ({ cookie, routingToken }: ProbeFlags): Routing | null => {
  if (cookie !== undefined && routingToken !== undefined) {
    throw new UsageError("--routing-token: give it without --cookie; a request carries one of them");
  }
  const [name, text] =
    routingToken === undefined ? ["--cookie", cookie ?? PROBE_IDENTITY] : ["--routing-token", routingToken];
  if (!/^[\x20-\x7e]*$/.test(text) || text.length > MAX_ROUTING_LENGTH) {
    throw new UsageError(
      `${name}: ${JSON.stringify(text)} does not fit: write up to ${MAX_ROUTING_LENGTH} printable ASCII characters`,
    );
  }
  if (routingToken !== undefined) return { kind: "token", token: text };
  return text === "" ? null : { kind: "cookie", identity: text };
};

const render = (results: readonly Result[], flags: ProbeFlags, terminal: Terminal): string => {
  if (flags.json === true || flags.format === "json") return jsonDocument(results);
  const color = wantsColor(flags.color, terminal, flags.output !== undefined);
  if (flags.quiet === true) return results.map((result) => `${verdictLine(result, color)}\n`).join("");
  const [only] = results;
  if (only === undefined) return "";
  return results.length === 1
    ? ladder(only, { color, verbose: flags.verbose === true, columns: widthOf(terminal) })
    : table(results, color);
};
