/** What is shown where nobody said what to do, and the help that fits a screen of 24 lines by 80 columns. */

/** On stderr, where no target is named. */
export const EXAMPLES = `rdprobe: no target. Examples:
  rdprobe server01                 why does RDP to server01 fail?
  rdprobe 192.0.2.7:3390 -v        the same with every stage, cause and fix
  rdprobe 10.0.0.0/24 -o rdp.csv   a whole network, into a file
  rdprobe explain 0x904 0x7        what an error code of mstsc means
  rdprobe --help                   options and commands
`;

/** `--help`: the common options; the others with `--help all`. */
export const SHORT_HELP = `Usage: rdprobe [options] <target...>     why RDP fails, and how to fix it

Targets: host, host:port, 10.0.0.0/24, 10.0.0.5-20, @file, - (stdin)

  -v, --verbose           every stage, cause and fix
  -p, --port <list>       ports: 3389 or 3389,3390,33890-33899 (default: 3389)
  --depth <depth>         quick, standard (default) or full
  --timeout <duration>    time-out of one stage: 500ms, 5s (default), 2m
  --count <n>             probe n times: failures that come and go
  --json, --csv           output for programs
  -o, --output <file>     to a file: .html .csv .json .ndjson .prom
  --sort <by>             order of the table: severity, target or days
  --all                   list closed and filtered hosts of a scan too
  --dry-run               count targets and connections, send nothing

Commands (rdprobe <command> --help):
  check     for monitoring          pcap      judge a capture
  explain   look up an error code   clients   which Windows clients connect
  diff      compare two results     merge     join the files of several runs
  report    a scan as a page        lab       test servers
  watch     until it changes        exporter  for Prometheus; also schema
Exit codes: 0 nothing critical, 1 critical, 2 wrong usage, 3 rdprobe failed.
All options: rdprobe --help all
`;
