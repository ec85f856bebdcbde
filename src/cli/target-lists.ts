/** Targets and exclusions as the command line, files and stdin give them. */
import { type Parsed, rejected } from "../targets/parsed.ts";
import { publicIpv4Count, publicIpv6Count } from "../targets/public-addresses.ts";
import { parseRdpFile, parseRdpLink, type RdpFile } from "../targets/rdp-file.ts";
import type { TargetEntry } from "../targets/target-entry.ts";
import type { ScanListReader } from "../targets/scan-list.ts";
import { scanListKind } from "../targets/scan-list-kind.ts";
import { DEFAULT_PORT, parsePorts } from "../targets/port.ts";
import { TargetList } from "../targets/target-list.ts";
import {
  type FamilyChoice,
  parseTargetArgument,
  targetsOfLines,
  targetsOfText,
} from "../targets/target-text.ts";
import type { ProbeFlags } from "./probe-flags.ts";
import { canBeToken, familyOf } from "./probe-settings.ts";
import { say } from "./say.ts";
import type { Terminal } from "./terminal.ts";
import { accepted, UsageError } from "./usage-error.ts";
import { behind, linesOf, linesOfFile, MAX_LINE } from "./whole-lines.ts";

const LISTED = { withTorn: true, maxLength: MAX_LINE.targets } as const;

export interface TargetLists {
  readonly targets: TargetList;
  readonly exclusions: TargetList;
  /** Whether a range, as against a single address, has a public address in it. */
  readonly hasPublicRange: boolean;
  /** What an .rdp file or link that stands alone sends to a load balancer; null where it sends nothing. */
  readonly routingToken: string | null;
}

/**
 * Reads all lists. With `--skip-bad`, what cannot be read is named on stderr, and the rest goes on.
 * @throws UsageError naming the argument, or the file and the line.
 * @throws InputError for a file that cannot be read.
 */
export const readTargetLists = async (
  inputs: readonly string[],
  flags: ProbeFlags,
  terminal: Terminal,
): Promise<TargetLists> => {
  const targets = new TargetList();
  const exclusions = new TargetList();
  let hasPublicRange = false;
  let routingToken: string | null = null;
  const onToken = (token: string, source: string): void => {
    if (!canBeToken(token))
      say(terminal, `${source}: loadbalanceinfo: it does not fit a request, and is not sent`);
    else if (inputs.length === 1) routingToken = token;
    else
      say(terminal, `${source}: loadbalanceinfo: it is sent where the file is the one target, and not here`);
  };
  const add = (entry: Parsed<TargetEntry>): void => {
    if (!entry.ok && flags.skipBad === true) {
      say(terminal, `left out: ${entry.problem}`);
      return;
    }
    // It says itself that it is about a target, and in which line of which file.
    if (!entry.ok) throw new UsageError(entry.problem);
    const { value } = entry;
    targets.add(value);
    hasPublicRange ||= isPublicRange(value);
  };
  for (const input of inputs) {
    const ports = portsNamed(flags);
    for await (const entry of entriesOf(input, familyOf(flags), { terminal, onToken, ports })) add(entry);
  }
  for (const text of flags.exclude ?? []) {
    for (const entry of targetsOfText(text)) exclusions.add(accepted("--exclude", entry));
  }
  for (const path of flags.excludeFile ?? []) {
    for await (const entry of targetsOfLines(linesOfFile(path, LISTED), path)) {
      exclusions.add(accepted("--exclude-file", entry));
    }
  }
  return { targets, exclusions, hasPublicRange, routingToken };
};

interface Around {
  readonly terminal: Terminal;
  /** Takes the routing token of an .rdp file. */
  readonly onToken: (token: string, source: string) => void;
  /** Of `-p`; null where the default stands. */
  readonly ports: ReadonlySet<number> | null;
}

const portsNamed = ({ port }: ProbeFlags): ReadonlySet<number> | null => {
  const ports = accepted("-p, --port", parsePorts(port));
  return ports.length === 1 && ports[0] === DEFAULT_PORT ? null : new Set(ports);
};

async function* entriesOf(
  input: string,
  family: FamilyChoice,
  around: Around,
): AsyncGenerator<Parsed<TargetEntry>> {
  const { stdin } = around.terminal;
  const argument = parseTargetArgument(input, family);
  if (!argument.ok) {
    yield argument;
    return;
  }
  switch (argument.value.kind) {
    case "targets":
      yield* argument.value.entries;
      return;
    case "file":
      yield* targetsOfFile(argument.value.path, linesOfFile(argument.value.path, LISTED), family, around);
      return;
    case "rdp-file":
      yield* targetsOfRdp(argument.value.path, await rdpFile(argument.value.path), family, around);
      return;
    case "rdp-link":
      yield* targetsOfRdp("rdp link", parseRdpLink(argument.value.link), family, around);
      return;
    case "stdin":
      if (stdin === undefined) throw new UsageError("there is no stdin to read targets from");
      yield* targetsOfFile("stdin", linesOf(stdin(), { ...LISTED, source: "stdin" }), family, around);
  }
}

/** A list, or what nmap or masscan found: the first line that is not blank tells. */
async function* targetsOfFile(
  source: string,
  lines: AsyncGenerator<string>,
  family: FamilyChoice,
  { terminal, ports }: Around,
): AsyncGenerator<Parsed<TargetEntry>> {
  const first: string[] = [];
  for (;;) {
    const { done, value: line } = await lines.next();
    if (done === true) return;
    first.push(line);
    if (line.trim() === "") continue;
    const kind = scanListKind(line);
    const all = behind(first, lines);
    if (kind === null) yield* targetsOfLines(all, source, family);
    else {
      // The reader of XML is loaded only where there is some.
      const { scanListReader } = await import("../targets/scan-list.ts");
      yield* targetsOfScan(all, source, scanListReader(kind, ports), terminal);
    }
    return;
  }
}

async function* targetsOfScan(
  lines: AsyncIterable<string>,
  source: string,
  reader: ScanListReader,
  terminal: Terminal,
): AsyncGenerator<Parsed<TargetEntry>> {
  for await (const line of lines) yield* reader.line(line);
  const { problem, counts } = reader.end();
  if (problem !== null) throw new UsageError(`${source}: ${problem}`);
  if (counts.otherPorts === 0) return;
  say(
    terminal,
    `${source}: ${counts.otherPorts} open ports are left out: name those that are to be probed with -p`,
  );
}

const rdpFile = async (path: string): Promise<Parsed<RdpFile>> => {
  const lines: string[] = [];
  for await (const line of linesOfFile(path, { withTorn: true, maxLength: MAX_RDP_LINE })) {
    lines.push(line);
    if (lines.length > MAX_RDP_LINES) return rejected("this is no .rdp file: it has too many lines");
  }
  return parseRdpFile(lines);
};

/** A signature is about 10,000 characters. */
const MAX_RDP_LINE = 256 * 1024;
const MAX_RDP_LINES = 10_000;

/** The computer of the file; what else it says is said on stderr, for it is no part of what the server does. */
function* targetsOfRdp(
  source: string,
  file: Parsed<RdpFile>,
  family: FamilyChoice,
  { terminal, onToken }: Around,
): Generator<Parsed<TargetEntry>> {
  if (!file.ok) {
    yield rejected(`${source}: ${file.problem}`);
    return;
  }
  const { target, routingToken, notes } = file.value;
  for (const note of notes) say(terminal, `${source}: ${note}`);
  if (routingToken !== null) onToken(routingToken, source);
  yield* targetsOfText(target, family);
}

const isPublicRange = (entry: TargetEntry): boolean => {
  if (entry.kind !== "addresses" || entry.single) return false;
  for (const range of entry.ranges) {
    const isPublic =
      range.family === 4
        ? publicIpv4Count(range.start, range.end) > 0
        : publicIpv6Count(range.start, range.end) > 0n;
    if (isPublic) return true;
  }
  return false;
};
