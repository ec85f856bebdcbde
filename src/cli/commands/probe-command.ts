/** `rdprobe <target...>`: probes each target and prints the result. */
import { Argument, Command, Option } from "commander";
import { PROBE_IDENTITY } from "../../handshake/plan/connection-requests.ts";
import { SORTS } from "../../report/table/sorted-results.ts";
import { MAX_ADDRESSES_OF_A_NAME } from "../../scan/one/probe-target.ts";
import { DEFAULT_PORT } from "../../targets/grammar/port.ts";
import { DEFAULT_CLIENT_ID } from "../../tls/profiles/client-profiles.ts";
import { expiryCriticalOption, expiryWarningOption } from "../options/expiry-flags.ts";
import { addOnlyOption } from "../options/only-flags.ts";
import { FORMATS } from "../outputs/output-format.ts";
import type { ProbeFlags } from "../options/probe-flags.ts";
import { addRepeatOptions } from "../options/repeat-flags.ts";
import { runProbe } from "./run-probe.ts";
import { addSpreadsheetOptions } from "../options/spreadsheet-flags.ts";
import type { Terminal } from "../screen/terminal.ts";
import { addWayOptions } from "../options/way-flags.ts";

const DEFAULT_CONCURRENCY = "256";

/** The command; `exit` takes the exit code when all is written. */
export const probeCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  addRepeatOptions(addWayOptions(addOnlyOption(addSpreadsheetOptions(commandWithoutWays(terminal, exit)))));

const commandWithoutWays = (terminal: Terminal, exit: (code: number) => void): Command =>
  new Command("probe")
    .description("probe targets: why does RDP fail there, and how to fix it")
    .addArgument(
      new Argument(
        "<target...>",
        "host, host:port, 192.0.2.7, [2001:db8::7]:3390, 10.0.0.0/24, 10.0.0.5-20, 10.0.0-3.1-254, @file, file.rdp, rdp:// link, - for stdin",
      ),
    )
    .optionsGroup("What to probe:")
    .option("--targets <file>", "targets from a file: @file, where the shell keeps @ for itself (PowerShell)")
    .option(
      "-p, --port <list>",
      "ports: 3389 or 3389,3390,33890-33899; a port in a target wins",
      String(DEFAULT_PORT),
    )
    .option("-4, --ipv4", "IPv4 only")
    .option("-6, --ipv6", "IPv6 only")
    .addOption(
      new Option(
        "--depth <depth>",
        "quick: one connection, for large scans; standard: the cause as well; full: every layer, cipher suite and client (writes to the server's event log)",
      )
        .choices(["quick", "standard", "full"])
        .default("standard"),
    )
    .option(
      "--ask <list>",
      "ask this too, at any depth: nla, tls-versions, weak (--dry-run says what it costs)",
      collect,
    )
    .option("--client <profile>", "judge for this client (list: rdprobe clients)", DEFAULT_CLIENT_ID)
    .addOption(expiryWarningOption())
    .addOption(expiryCriticalOption())
    .option("--timeout <duration>", "time-out of one stage: 500ms, 5s, 2m", "5s")
    .option("--deadline <duration>", "time-out of all connections to one address (default: 20s, full 2m)")
    .option("--pause <duration>", "pause between two connections of --depth full", "50ms")
    .option("--cookie <text>", `the mstshash cookie (default: "${PROBE_IDENTITY}")`)
    .option("--routing-token <text>", "a load balancer's token instead of the cookie")
    .option("--exclude <list>", "targets to leave out, written like targets", collect)
    .option("--exclude-file <file>", "targets to leave out, from a file", collect)
    .option("--skip-bad", "skip invalid targets and list them")
    .option("--resume <file>", "continue the CSV or NDJSON of an earlier run: skip what has a row")
    .option("--shard <i/n>", "only the i-th of n equal parts, to split a scan between machines")
    .option("--seed <n>", "number that sets the random order of many targets")
    .option("--in-order", "keep the order in which targets are given")
    .option("--dry-run", "count targets and connections, send nothing")
    .option(
      "--yes",
      `allow more than 65,536 addresses, public ranges, or more than ${MAX_ADDRESSES_OF_A_NAME} addresses of a name`,
    )
    .optionsGroup("Speed:")
    .option("--concurrency <n>", "addresses probed at the same time", DEFAULT_CONCURRENCY)
    .option("--rate <n>", "new connections per second, all targets together (default: no limit)")
    .option("--retries <n>", "retries after a time-out", "0")
    .optionsGroup("Output:")
    .addOption(new Option("--format <format>", "output format").choices([...FORMATS]).default("text"))
    .option("--json", "the same as --format json")
    .option("--ndjson", "the same as --format ndjson: one result per line, as it comes")
    .option("--compact", "NDJSON or JSON with facts and codes alone: no causes explained, no fixes")
    .option("--csv", "the same as --format csv: one row per result, as it comes")
    .option(
      "-o, --output <file>",
      "write results to a file; .html (a page for people), .csv, .ndjson, .jsonl, .json, .prom and .txt set the format; repeat it for several files",
      collect,
    )
    .option("--append", "add to the rows of an existing CSV or NDJSON file")
    .addOption(
      new Option(
        "--sort <by>",
        "order of the table (default: severity; above 256 targets as results come, unless --sort is given)",
      ).choices([...SORTS]),
    )
    .option("--all", "list closed and filtered hosts too: from 17 targets on they are only counted")
    .option("--open", "leave out hosts without an open port, in every format")
    .option("--pcap <file>", "record all packets' data, for Wireshark and rdprobe pcap")
    .addOption(new Option("--color <when>", "colours").choices(["auto", "always", "never"]).default("auto"))
    .option("-v, --verbose", "show every stage, cause and fix, and the bytes on the wire")
    .option("-q, --quiet", "one line per result")
    .addOption(
      new Option(
        "--fail-on <severity>",
        "exit 1 at this severity or worse (default: critical for one target, never for several)",
      ).choices(["never", "warning", "critical"]),
    )
    .action(async (targets: readonly string[], flags: ProbeFlags) => {
      exit(await runProbe(targets, flags, terminal));
    });

/** An option that may stand several times. */
const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
