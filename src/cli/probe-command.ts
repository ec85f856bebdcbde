/** `rdprobe <target...>`: probes each target and prints the result. */
import { Argument, Command, Option } from "commander";
import { PROBE_IDENTITY } from "../handshake/connection-requests.ts";
import { MAX_ADDRESSES_OF_A_NAME } from "../scan/probe-target.ts";
import { DEFAULT_PORT } from "../targets/port.ts";
import { DEFAULT_CLIENT_ID } from "../tls/client-profiles.ts";
import { expiryCriticalOption, expiryWarningOption } from "./expiry-flags.ts";
import { FORMATS } from "./outputs.ts";
import type { ProbeFlags } from "./probe-flags.ts";
import { addRepeatOptions } from "./repeat-flags.ts";
import { runProbe } from "./run-probe.ts";
import type { Terminal } from "./terminal.ts";
import { addWayOptions } from "./way-flags.ts";

const DEFAULT_CONCURRENCY = "256";

/** The command; `exit` takes the exit code when all is written. */
export const probeCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  addRepeatOptions(addWayOptions(commandWithoutWays(terminal, exit)));

const commandWithoutWays = (terminal: Terminal, exit: (code: number) => void): Command =>
  new Command("probe")
    .description("probe each target and say why RDP fails there, and what to do about it")
    .addArgument(
      new Argument(
        "<target...>",
        "host, host:port, 192.0.2.7, [2001:db8::7]:3390, 10.0.0.0/24, 10.0.0.5-20, 10.0.0-3.1-254, @file or --targets file, file.rdp, rdp:// link, - for stdin",
      ),
    )
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
        "quick: one connection, TLS to its end; standard: what one admin needs; full: every layer, suite and client, which fills the server's event log",
      )
        .choices(["quick", "standard", "full"])
        .default("standard"),
    )
    .option(
      "--client <profile>",
      "the client that the verdict is for; see rdprobe clients",
      DEFAULT_CLIENT_ID,
    )
    .addOption(expiryWarningOption())
    .addOption(expiryCriticalOption())
    .option("--timeout <duration>", "for one stage: 500ms, 5s, 2m", "5s")
    .option("--deadline <duration>", "for all connections to one address (default: 20s, full 2m)")
    .option("--pause <duration>", "between two connections of full depth", "50ms")
    .option("--cookie <text>", `the mstshash cookie (default: "${PROBE_IDENTITY}")`)
    .option("--routing-token <text>", "a load balancer's token instead of the cookie")
    .option("--exclude <list>", "targets that are left out, in the same forms", collect)
    .option("--exclude-file <file>", "the same out of a file, one a line", collect)
    .option("--skip-bad", "go on where a target cannot be read, and say which")
    .option("--resume <file>", "go on from the CSV or NDJSON of an earlier run: what has a row is left out")
    .option("--shard <i/n>", "the i-th of n shares of the same order, for several machines")
    .option("--seed <n>", "of the order in which many targets are shuffled")
    .option("--in-order", "keep the order of the targets")
    .option("--dry-run", "say how many targets and connections that is, and send nothing")
    .option(
      "--yes",
      `go on with more than 65,536 addresses, a range of public ones, or more than ${MAX_ADDRESSES_OF_A_NAME} addresses of a name`,
    )
    .optionsGroup("How many at a time:")
    .option("--concurrency <n>", "addresses probed at the same time", DEFAULT_CONCURRENCY)
    .option("--rate <n>", "new connections a second, all targets together (default: no bound)")
    .option("--retries <n>", "further tries of an address where nothing came in time", "0")
    .optionsGroup("What to print:")
    .addOption(
      new Option("--format <format>", "the form of the results").choices([...FORMATS]).default("text"),
    )
    .option("--json", "the same as --format json")
    .option("--ndjson", "the same as --format ndjson: one result a line, as soon as it is known")
    .option("--csv", "the same as --format csv: one row a result, as soon as it is known")
    .option(
      "-o, --output <file>",
      "write the results there instead of stdout; several times for several forms, which .csv, .ndjson, .jsonl, .json and .prom at its end choose; CSV and NDJSON are appended to what is there",
      collect,
    )
    .option("--open", "leave out targets where no port answered")
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
      exit(await runProbe(targets, flags, terminal));
    });

/** An option that may stand several times. */
const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
