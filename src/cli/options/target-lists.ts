/** Targets and exclusions as the command line, files and stdin give them. */
import { dirname, resolve } from "node:path";
import { type Parsed, rejected } from "../../targets/plan/parsed.ts";
import { DEFAULT_PORT, parsePorts } from "../../targets/grammar/port.ts";
import { publicIpv4Count, publicIpv6Count } from "../../targets/plan/public-addresses.ts";
import { parseRdpLink, type RdpFile } from "../../targets/grammar/rdp-file.ts";
import type { ScanListReader } from "../../targets/grammar/scan-list.ts";
import { scanListKind } from "../../targets/grammar/scan-list-kind.ts";
import type { TargetEntry } from "../../targets/plan/target-entry.ts";
import { TargetList } from "../../targets/plan/target-list.ts";
import {
  type FamilyChoice,
  parseTargetArgument,
  type ReadConnection,
  targetsOfLines,
  targetsOfText,
} from "../../targets/plan/target-text.ts";
import { InputError } from "../inputs/input-error.ts";
import type { ProbeFlags } from "./probe-flags.ts";
import { familyOf } from "./probe-settings.ts";
import { RdpConnections } from "./rdp-connections.ts";
import { readRdpFile } from "./rdp-input.ts";
import { say } from "../screen/say.ts";
import type { Terminal } from "../screen/terminal.ts";
import { accepted, UsageError } from "../words/usage-error.ts";
import { behind, linesOf, linesOfFile, MAX_LINE } from "../inputs/whole-lines.ts";

const LISTED = { withTorn: true, maxLength: MAX_LINE.targets } as const;

export interface TargetLists {
  readonly targets: TargetList;
  readonly exclusions: TargetList;
  /** Whether a range, as against a single address, has a public address in it. */
  readonly hasPublicRange: boolean;
  /** The .rdp files and links among them. */
  readonly connections: RdpConnections;
}

/** What of a command's options says which targets there are. */
export type ListFlags = Pick<ProbeFlags, "port" | "ipv4" | "ipv6" | "exclude" | "excludeFile" | "skipBad">;

/**
 * Reads all lists. With `--skip-bad`, what cannot be read is named on stderr, and the rest goes on.
 * @throws UsageError naming the argument, or the file and the line.
 * @throws InputError for a file that cannot be read.
 */
export const readTargetLists = async (
  inputs: readonly string[],
  flags: ListFlags,
  terminal: Terminal,
): Promise<TargetLists> => {
  const targets = new TargetList();
  const exclusions = new TargetList();
  let hasPublicRange = false;
  const connections = new RdpConnections();
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
    for await (const entry of entriesOf(input, familyOf(flags), { terminal, connections, ports })) add(entry);
  }
  for (const text of flags.exclude ?? []) {
    for (const entry of targetsOfText(text)) exclusions.add(accepted("--exclude", entry));
  }
  for (const path of flags.excludeFile ?? []) {
    for await (const entry of targetsOfLines(linesOfFile(path, LISTED), path)) {
      exclusions.add(accepted("--exclude-file", entry));
    }
  }
  return { targets, exclusions, hasPublicRange, connections };
};

interface Around {
  readonly terminal: Terminal;
  /** Takes what .rdp files and links say. */
  readonly connections: RdpConnections;
  /** Of `-p`; null where the default stands. */
  readonly ports: ReadonlySet<number> | null;
}

const portsNamed = ({ port }: Pick<ListFlags, "port">): ReadonlySet<number> | null => {
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
      yield* targetsOfFile(
        { name: argument.value.path, folder: dirname(argument.value.path) },
        linesOfFile(argument.value.path, LISTED),
        family,
        around,
      );
      return;
    case "rdp-file":
      yield* targetsOfRdp(argument.value.path, await readRdpFile(argument.value.path), family, around);
      return;
    case "rdp-link":
      yield* targetsOfRdp("rdp link", parseRdpLink(argument.value.link), family, around);
      return;
    case "stdin":
      if (stdin === undefined) throw new UsageError("there is no stdin to read targets from");
      yield* targetsOfFile(
        { name: "stdin", folder: "." },
        linesOf(stdin(), { ...LISTED, source: "stdin" }),
        family,
        around,
      );
  }
}

/** What a list is called in messages, and the folder that paths in it are relative to. */
interface ListSource {
  readonly name: string;
  readonly folder: string;
}

/** A list, or what nmap or masscan found: the first line that is not blank tells. */
async function* targetsOfFile(
  { name: source, folder }: ListSource,
  lines: AsyncGenerator<string>,
  family: FamilyChoice,
  around: Around,
): AsyncGenerator<Parsed<TargetEntry>> {
  const first: string[] = [];
  for (;;) {
    const { done, value: line } = await lines.next();
    if (done === true) return;
    first.push(line);
    if (line.trim() === "") continue;
    const kind = scanListKind(line);
    const all = behind(first, lines);
    if (kind === null) yield* targetsOfLines(all, source, family, connectionsOf(folder, family, around));
    else {
      // The reader of XML is loaded only where there is some.
      const { scanListReader } = await import("../../targets/grammar/scan-list.ts");
      yield* targetsOfScan(all, source, scanListReader(kind, around.ports), around.terminal);
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

/** The .rdp files and links of a list; paths are relative to the list's folder. */
const connectionsOf = (folder: string, family: FamilyChoice, around: Around): ReadConnection =>
  async function* (argument, line) {
    if (argument.kind === "rdp-link") {
      yield* targetsOfRdp(line, parseRdpLink(argument.link), family, around);
      return;
    }
    try {
      yield* targetsOfRdp(argument.path, await readRdpFile(resolve(folder, argument.path)), family, around);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      yield rejected(`${line}: ${error.message}`);
    }
  };

/** The computer of the file; what else it says is kept for its results. */
function* targetsOfRdp(
  source: string,
  file: Parsed<RdpFile>,
  family: FamilyChoice,
  { terminal, connections }: Around,
): Generator<Parsed<TargetEntry>> {
  if (!file.ok) {
    yield rejected(`${source}: ${file.problem}`);
    return;
  }
  const earlier = connections.add(file.value, source);
  if (earlier !== null)
    say(terminal, `${source}: the same computer and port as ${earlier}, whose settings are probed`);
  yield* targetsOfText(file.value.target, family);
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
