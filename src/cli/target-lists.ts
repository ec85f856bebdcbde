/** Targets and exclusions as the command line, files and stdin give them. */
import { dirname, resolve } from "node:path";
import { type Parsed, rejected } from "../targets/parsed.ts";
import { publicIpv4Count, publicIpv6Count } from "../targets/public-addresses.ts";
import { parseRdpLink, type RdpFile } from "../targets/rdp-file.ts";
import type { TargetEntry } from "../targets/target-entry.ts";
import { TargetList } from "../targets/target-list.ts";
import {
  type FamilyChoice,
  parseTargetArgument,
  type ReadConnection,
  targetsOfLines,
  targetsOfText,
} from "../targets/target-text.ts";
import { InputError } from "./input-error.ts";
import type { ProbeFlags } from "./probe-flags.ts";
import { familyOf } from "./probe-settings.ts";
import { RdpConnections } from "./rdp-connections.ts";
import { readRdpFile } from "./rdp-input.ts";
import { say } from "./say.ts";
import type { Terminal } from "./terminal.ts";
import { accepted, UsageError } from "./usage-error.ts";
import { linesOf, linesOfFile, MAX_LINE } from "./whole-lines.ts";

const LISTED = { withTorn: true, maxLength: MAX_LINE.targets } as const;

export interface TargetLists {
  readonly targets: TargetList;
  readonly exclusions: TargetList;
  /** Whether a range, as against a single address, has a public address in it. */
  readonly hasPublicRange: boolean;
  /** The .rdp files and links among them. */
  readonly connections: RdpConnections;
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
    for await (const entry of entriesOf(input, familyOf(flags), { terminal, connections })) add(entry);
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
}

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
      yield* targetsOfLines(
        linesOfFile(argument.value.path, LISTED),
        argument.value.path,
        family,
        connectionsOf(dirname(argument.value.path), family, around),
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
      yield* targetsOfLines(
        linesOf(stdin(), { ...LISTED, source: "stdin" }),
        "stdin",
        family,
        connectionsOf(".", family, around),
      );
  }
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
