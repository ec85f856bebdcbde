/** What the page of a command says beside the command's own definition. */
import { EXIT } from "../../src/cli/screen/exit-code.ts";
import { CHECK_STATES } from "../../src/verdict/check/check-state.ts";

/** A command line that the page shows with its output; test/e2e/docs/command-examples.ts runs it. */
export interface CommandExample {
  /** What is there before it: servers of the lab, by port; files are test/e2e/docs/command-examples.ts' own. */
  readonly servers?: readonly string[];
  /** A nats-server is there, with a scan `monday` that one worker has done. */
  readonly needsNats?: true;
  /** A PostgreSQL is there, with a history of `monday.ndjson` and `friday.ndjson`. */
  readonly needsPostgres?: true;
  readonly command: string;
  /** How many lines of the output are shown; all where it is absent. */
  readonly lines?: number;
}

export interface CommandFacts {
  /** Paragraphs: what it does and when to take it. */
  readonly about: readonly string[];
  /** Of each output: how it is asked for, and what it holds. */
  readonly outputs: readonly (readonly [asked: string, what: string])[];
  readonly exits: readonly (readonly [code: number, meaning: string])[];
  readonly example: CommandExample;
  /** Links to other pages, relative to docs/commands. */
  readonly more: readonly string[];
}

/** Where the first server of an example listens; the others follow. */
export const EXAMPLE_PORT = 41_500;

const USAGE = [EXIT.usage, "wrong usage, or a file that cannot be read or written"] as const;
const OWN_FAULT = [EXIT.program, "rdprobe itself failed, or this machine lacks something it needs"] as const;
const SIGNALS = [
  [EXIT.sigint, "ended by Ctrl-C (SIGINT); what was written so far is complete"],
  [EXIT.sigterm, "ended by SIGTERM; what was written so far is complete"],
] as const;

const FLEET_SIGNALS = [
  [EXIT.sigint, "ended by Ctrl-C (SIGINT), in good order"],
  [EXIT.sigterm, "ended by SIGTERM, in good order"],
] as const;

const STATES: Readonly<Record<(typeof CHECK_STATES)[number], string>> = {
  ok: "OK",
  warning: "WARNING",
  critical: "CRITICAL",
  unknown: "UNKNOWN: also wrong usage, `--help`, a signal",
};

/** By the command's name. */
export const COMMAND_FACTS: Readonly<Record<string, CommandFacts>> = {
  probe: {
    about: [
      "The default command: `rdprobe server01` is `rdprobe probe server01`. It connects as mstsc does, up to the NTLM challenge of NLA, and sends no credentials. One target gives an answer for people; several give a table.",
    ],
    outputs: [
      ["by itself", "an answer of ten to twenty lines for one target, a table for several"],
      ["`-v`", "every stage, cause, fix and finding, and the bytes on the wire"],
      ["`--json`, `--ndjson`", "results by the schema of `rdprobe schema result`"],
      ["`--csv`", "a row a result: [columns](../columns.md)"],
      ["`-o rdp.html`", "a page to look at, to filter and to send"],
      ["`--format prometheus`", "metrics for the textfile collector"],
      ["`--pcap file.pcapng`", "the packets, for Wireshark and `rdprobe pcap`"],
      ["stderr", "progress on a terminal, the summary of a scan, what is wrong with the command line"],
    ],
    exits: [
      [EXIT.ok, "nothing critical; for several targets always, unless `--fail-on` is given"],
      [EXIT.failOn, "a result is critical, or as bad as `--fail-on` says"],
      USAGE,
      OWN_FAULT,
      ...SIGNALS,
    ],
    example: { servers: ["certificate-expired"], command: "rdprobe 127.0.0.1:41500" },
    more: [
      "[verdicts and exit codes](../results.md)",
      "[scans](../scanning.md)",
      "[failures that come and go](../intermittent.md)",
    ],
  },
  watch: {
    about: [
      "For the minutes after a reboot or a change: it says when users get in again, or when they no longer do. The bell of the terminal rings when the verdict changes. Times are UTC.",
    ],
    outputs: [
      ["stdout", "a line a probe"],
      ["stderr", "the summary at the end"],
    ],
    exits: [
      [EXIT.ok, "the last verdict is no failure"],
      [EXIT.failOn, "it is one, or `--for` ended before what `--until` waits for"],
      USAGE,
      OWN_FAULT,
    ],
    example: {
      servers: ["first-hello-reset"],
      command: "rdprobe watch 127.0.0.1:41500 --interval 1s --until ok",
    },
    more: ["[failures that come and go](../intermittent.md)"],
  },
  pcap: {
    about: [
      "The judge of a live probe over a capture from the PC that fails: what its own mstsc and the server said to each other. Conversations are found on any port, in tunnels as well, and a capture may begin or end in the middle. A trace of pktmon or netsh is converted first: [capturing](../capturing.md).",
    ],
    outputs: [
      ["by itself", "an answer for one handshake, a table for several"],
      ["`-v`", "every handshake with each stage, cause and fix"],
      ["`--json`", "results by the schema of `rdprobe schema result`"],
      ["stderr", "how many packets, streams and handshakes there were, and what is wrong with the file"],
    ],
    exits: [
      [EXIT.ok, "nothing critical; for several servers always, unless `--fail-on` is given"],
      [EXIT.failOn, "a result is critical, or as bad as `--fail-on` says"],
      USAGE,
      OWN_FAULT,
    ],
    example: { command: "rdprobe pcap failing-pc.pcapng" },
    more: ["[capturing on the failing PC](../capturing.md)"],
  },
  merge: {
    about: [
      "Joins what several runs or machines wrote. Of each address and port the newest row stays. With `--targets` it says which targets have no row.",
    ],
    outputs: [
      [
        "stdout, or `-o`",
        "rows of CSV or NDJSON, or a JSON array; in the format of the first file unless one is asked for",
      ],
      ["stderr", "how many rows there are, which were older duplicates, which targets are missing"],
    ],
    exits: [
      [EXIT.ok, "written, and nothing is missing"],
      [EXIT.failOn, "a target of `--targets` has no row"],
      USAGE,
      OWN_FAULT,
    ],
    example: {
      command:
        "rdprobe merge monday.csv friday.csv --only expired,expiring:30d --columns target,verdict,cert_end_date",
    },
    more: ["[twelve questions of an audit](../audits.md)", "[columns and filters](../columns.md)"],
  },
  diff: {
    about: ["What is worse, better, new and gone since the older scan, the worst first."],
    outputs: [
      ["by itself", "the changes of each host"],
      ["`--json`", "by the schema of `rdprobe schema diff`"],
      ["`--html rdp.html`", "the page of `rdprobe report` with the changes"],
    ],
    exits: [[EXIT.ok, "nothing changed"], [EXIT.failOn, "something did"], USAGE, OWN_FAULT],
    example: { command: "rdprobe diff monday.csv friday.csv", lines: 12 },
    more: ["[failures that come and go](../intermittent.md)", "[columns and filters](../columns.md)"],
  },
  report: {
    about: [
      "One HTML file of a scan that loads nothing and sends nothing: it can go to a ticket or a colleague. Hosts can be sorted and filtered in it. With older scans it says what changed.",
    ],
    outputs: [
      ["`-o rdp.html`", "the page; `rdp.html` where it is not given, `-` for stdout"],
      ["stderr", "how many results are in it"],
    ],
    exits: [[EXIT.ok, "written"], USAGE, OWN_FAULT],
    example: { command: "rdprobe report friday.csv monday.csv -o rdp.html" },
    more: ["[scans](../scanning.md)"],
  },
  explain: {
    about: [
      "Takes the codes of mstsc's dialog, Windows events, NTSTATUS, HRESULT, TLS alerts, RD Gateway, FreeRDP, Guacamole, and rdprobe's own words; or a text that holds some, as it was copied. It needs no network.",
    ],
    outputs: [
      ["by itself", "what the code means, its causes, and what to do"],
      ["`--json`", "by the schema of `rdprobe schema explain`"],
    ],
    exits: [[EXIT.ok, "known"], [EXIT.failOn, "not known"], USAGE, OWN_FAULT],
    example: { command: "rdprobe explain event 36870" },
    more: [
      "[how to look up a code](../explain.md)",
      "[all codes](../codes.md)",
      "[0x904 with 0x7](../0x904-0x7.md)",
    ],
  },
  lab: {
    about: [
      "Servers on loopback that fail in one known way each: to learn the program, to try a monitoring rule, to test a change. Without a scenario all are started.",
    ],
    outputs: [
      ["stdout", "what listens where, and which verdict it deserves"],
      ["`--json`", "by the schema of `rdprobe schema lab`"],
    ],
    exits: [[EXIT.ok, "stopped by Ctrl-C (SIGINT) or SIGTERM"], USAGE, OWN_FAULT],
    example: { command: "rdprobe lab key-unreadable nla-required --base-port 41500" },
    more: ["[verdicts](../index.md)"],
  },
  clients: {
    about: [
      "Which TLS versions and suites the clients offer whose ClientHello rdprobe knows. With `--for` each of them is tried at a server: one connection for every suite that the server takes, one after the other. A Windows server logs each that fails.",
    ],
    outputs: [
      ["by itself", "a row a client"],
      ["`--for server01`", "a row a client: whether it gets in, with which version and suite"],
      ["`--json`", "by the schema of `rdprobe schema clients`, with `--for` of `clients-for`"],
    ],
    exits: [[EXIT.ok, "printed"], USAGE, OWN_FAULT, ...SIGNALS],
    example: {
      servers: ["tls13-only"],
      command: "rdprobe clients --for 127.0.0.1:41500",
      lines: 6,
    },
    more: ["[if a client still fails](../if-a-client-still-fails.md)"],
  },
  check: {
    about: [
      "A monitoring plugin by the Monitoring Plugins guidelines, for Nagios, Icinga, Naemon, Centreon and Checkmk. `check_rdp` is the same program. The manual with requirements, states and ranges: [check_rdp](../check_rdp.md).",
    ],
    outputs: [
      ["stdout", "one line with every problem and performance data; a line for each problem below it"],
      ["`-v`, `-vv`, `-vvv`", "verdict and findings; stages and causes; remedies"],
      ["`--format checkmk`", "the line of a local check"],
    ],
    exits: CHECK_STATES.map((state, code) => [code, STATES[state]] as const),
    example: {
      servers: ["certificate-expired"],
      command: "rdprobe check -H 127.0.0.1 -p 41500 -w 30: -c 14:",
    },
    more: ["[check_rdp](../check_rdp.md)"],
  },
  exporter: {
    about: [
      "Probes on behalf of Prometheus, by the multi-target pattern. The manual with modules, metrics and limits: [exporter](../exporter.md).",
      "Paths: `/probe?target=host:port&module=name`, `/metrics`, `/` for people; `/probes?target=host:port` and `/probes/<id>` have what failed probes saw; `/config`, `/-/healthy`, and `/-/reload` (POST or PUT). SIGHUP reloads the modules as well.",
    ],
    outputs: [
      ["stderr", "where it listens, and what is wrong with a configuration"],
      ["HTTP", "the text format of Prometheus; pages for people"],
    ],
    exits: [
      [EXIT.ok, "stopped by SIGTERM or SIGINT, once the probes in flight have ended"],
      USAGE,
      OWN_FAULT,
    ],
    example: { command: "rdprobe exporter --listen 127.0.0.1:41500 --allow 10.0.0.0/8" },
    more: ["[exporter](../exporter.md)"],
  },
  worker: {
    about: [
      "Probes where the hosts are: behind the firewall of a segment. It dials out to NATS alone, takes blocks of its segment's work, and sends rows. The whole picture: [fleet](../fleet.md).",
      "What it may do is its own to say: a target outside `--allow`, an hour outside `--hours` and a rate above `--rate` are refused, whatever the centre wants. The packages `@nats-io/transport-node` and `@nats-io/jetstream` must be installed beside rdprobe.",
    ],
    outputs: [
      ["stderr", "where it is connected, and blocks that it gives back or sets aside"],
      ["NATS", "rows, and every ten seconds what it does"],
    ],
    exits: [USAGE, OWN_FAULT, ...FLEET_SIGNALS],
    example: {
      ...{ needsNats: true },
      command: "rdprobe worker --segment berlin --allow 10.20.0.0/16 --name berlin-1",
    },
    more: ["[fleet](../fleet.md)"],
  },
  submit: {
    about: [
      "Cuts the targets of each segment into blocks, and gives them to its workers. A network is not unfolded: a /8 is 32,768 messages of 300 bytes.",
      "It can be run again with the same `--id`: what is published already is not published twice.",
    ],
    outputs: [
      ["stdout", "the scan's id, or the schedule's"],
      ["stderr", "targets and blocks of each segment, and what no segment covers"],
    ],
    exits: [[EXIT.ok, "submitted"], USAGE, OWN_FAULT],
    example: {
      ...{ needsNats: true },
      command:
        "rdprobe submit --segment berlin=10.20.0.0/23 --segment paris=10.30.0.5,rdp.example --id friday",
    },
    more: ["[fleet](../fleet.md)"],
  },
  scheduler: {
    about: [
      "Submits the scans that `rdprobe submit --every 6h` keeps, each when it is due. Run two on different machines: one holds the lease and does it, the other takes over within half a minute where that one is gone, and no run is submitted twice. A run that was missed is not made up for.",
    ],
    outputs: [["stderr", "who holds the lease, and what is submitted"]],
    exits: [USAGE, OWN_FAULT, ...FLEET_SIGNALS],
    example: { needsNats: true, command: "rdprobe scheduler" },
    more: ["[fleet](../fleet.md)"],
  },
  collect: {
    about: [
      "Writes the rows of a fleet's scan: of each target once, however often a worker died over it. What has no row is named with its reason. It can be run again, and while the scan runs.",
    ],
    outputs: [
      ["by itself", "a line a row"],
      ["`-o`", "files: .csv, .ndjson, .json, .html"],
      ["stderr", "with `--follow`, how far each segment is; what is missing"],
    ],
    exits: [
      [EXIT.ok, "every target has its row"],
      [EXIT.failOn, "some have none: stderr names them"],
      USAGE,
      OWN_FAULT,
      ...FLEET_SIGNALS,
    ],
    example: { needsNats: true, command: "rdprobe collect monday" },
    more: ["[fleet](../fleet.md)", "[columns and filters](../columns.md)"],
  },
  fleet: {
    about: [
      "Workers with their versions, clocks and permits; what waits in each segment; how far scans are; and what a person should look at.",
    ],
    outputs: [
      ["by itself", "tables, and a line with `!` for each thing that is wrong"],
      ["`--json`", "the same as JSON"],
    ],
    exits: [[EXIT.ok, "nothing is wrong"], [EXIT.failOn, "something is"], USAGE, OWN_FAULT],
    example: { needsNats: true, command: "rdprobe fleet" },
    more: ["[fleet](../fleet.md)"],
  },
  store: {
    about: [
      "Puts scans into a history in PostgreSQL: compactly a row a probe, and a row a change. `rdprobe collect --into` does the same with a fleet's scan. What is in a history can be read again: `rdprobe diff`, `report` and `merge` take `postgres://host/database#monday.csv`, `#latest` and `#previous` in the place of a file. The package `postgres` must be installed beside rdprobe.",
      "The schema `rdprobe` is made, and brought up to date, by the first who writes. Where the database is: `--into`, or the variable RDPROBE_DB; a password is best in PGPASSWORD or a .pgpass' place.",
    ],
    outputs: [
      ["stderr", "how many rows were new, and how many changes they made"],
      ["PostgreSQL", "the tables of the schema `rdprobe`: [fleet](../fleet.md#history)"],
    ],
    exits: [[EXIT.ok, "stored"], USAGE, OWN_FAULT],
    example: { needsPostgres: true, command: "rdprobe store friday.ndjson" },
    more: ["[fleet](../fleet.md)"],
  },
  history: {
    about: [
      "When did the certificate change, since when is NLA off: each change of a host with its day, by the rules of `rdprobe diff`.",
    ],
    outputs: [
      ["by itself", "a line a change, the oldest first, and what was seen last"],
      ["`--json`", "the same as JSON"],
    ],
    exits: [[EXIT.ok, "the host is known"], [EXIT.failOn, "it is not"], USAGE, OWN_FAULT],
    example: { needsPostgres: true, command: "rdprobe history 10.20.0.5" },
    more: ["[fleet](../fleet.md)"],
  },
  due: {
    about: [
      "Certificates that end soon, where they were seen last, and whether they renew themselves: not by what they are, but by what was seen of them before. One that was renewed 30 days before its end each time, and has 10 days left, is late.",
    ],
    outputs: [
      ["by itself", "a row a certificate, the first to end first"],
      ["`--json`", "the same as JSON"],
    ],
    exits: [[EXIT.ok, "none ends"], [EXIT.failOn, "some do"], USAGE, OWN_FAULT],
    example: { needsPostgres: true, command: "rdprobe due --days 3650", lines: 8 },
    more: ["[fleet](../fleet.md)"],
  },
  schema: {
    about: [
      "For programs that read rdprobe's JSON: what stands in it, to validate against or to make types of.",
    ],
    outputs: [["stdout, or `-o`", "a JSON Schema, draft 2020-12"]],
    exits: [[EXIT.ok, "printed"], USAGE, OWN_FAULT],
    example: { command: "rdprobe schema --list" },
    more: ["[results](../results.md)", "[library](../library.md)"],
  },
  completion: {
    about: [
      "The script is static: no program is started when Tab is pressed. The packages of Debian and others bring it along.",
      "To have it in every new shell: bash, `rdprobe completion bash > ~/.local/share/bash-completion/completions/rdprobe`; zsh, `rdprobe completion zsh` into a folder of `$fpath` as `_rdprobe`; fish, `rdprobe completion fish > ~/.config/fish/completions/rdprobe.fish`; PowerShell, `rdprobe completion powershell | Out-String | Invoke-Expression` in `$PROFILE`.",
    ],
    outputs: [["stdout", "a script of the shell, for rdprobe and check_rdp"]],
    exits: [[EXIT.ok, "printed"], USAGE, OWN_FAULT],
    example: { command: "rdprobe completion fish", lines: 4 },
    more: ["[install](../install.md)"],
  },
};
