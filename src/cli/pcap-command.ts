/** `rdprobe pcap <file...>`: judges every RDP handshake in capture files. */
import { readFile } from "node:fs/promises";
import { Argument, Command, Option } from "commander";
import type { CaptureCounts } from "../capture/capture-reader.ts";
import { answer } from "../report/answer.ts";
import { asciiText } from "../report/ascii-text.ts";
import { captureTable } from "../report/capture-table.ts";
import { jsonDocument } from "../report/json.ts";
import { ladder, verdictLine } from "../report/ladder.ts";
import { thousands } from "../report/scan-tally.ts";
import { type CaptureJudgeOptions, createCaptureJudge, type JudgedCapture } from "../scan/judge-capture.ts";
import { type Parsed, parsed, rejected } from "../targets/parsed.ts";
import { relatedStreams } from "../verdict/related-results.ts";
import type { Result } from "../verdict/result.ts";
import { CaptureFaults } from "./capture-faults.ts";
import { readCaptureInput } from "./capture-input.ts";
import { deliver, OutputError } from "./destination.ts";
import { EXIT, exitCodeOf, type FailOn } from "./exit-code.ts";
import { expandedPaths } from "./expanded-paths.ts";
import { type ExpiryFlags, expiryCriticalOption, expiryOf, expiryWarningOption } from "./expiry-flags.ts";
import { InputError } from "./input-error.ts";
import { say } from "./say.ts";
import { onSignals } from "./signals.ts";
import { reasonOf } from "./system-error.ts";
import { type ColorChoice, screenOf, speaksUtf8, type Terminal, wantsColor, widthOf } from "./terminal.ts";
import { accepted, UsageError } from "./usage-error.ts";

interface PcapFlags extends ExpiryFlags {
  readonly keylog?: string;
  readonly maxStreams: string;
  readonly json?: true;
  readonly output?: string;
  readonly failOn?: FailOn;
  readonly color: ColorChoice;
  readonly quiet?: true;
  readonly verbose?: true;
}

const DEFAULT_MAX_STREAMS = 8192;
const LIMIT_OF_MAX_STREAMS = 1_000_000;

/** The command; `exit` takes the exit code when all is written. */
export const pcapCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  new Command("pcap")
    .description("judge every RDP handshake in pcap and pcapng files, on any port")
    .addArgument(
      new Argument(
        "<file...>",
        "pcap, pcapng, snoop or Network Monitor, gzip-compressed or not; - reads stdin",
      ),
    )
    .option("--keylog <file>", "TLS secrets (SSLKEYLOGFILE) to look into the sessions with")
    .option("--max-streams <n>", "TCP streams that are followed at once", String(DEFAULT_MAX_STREAMS))
    .addOption(expiryWarningOption())
    .addOption(expiryCriticalOption())
    .option("--json", "the results as JSON")
    .option("-o, --output <file>", "write the results there instead of stdout")
    .addOption(new Option("--color <when>", "colours").choices(["auto", "always", "never"]).default("auto"))
    .option("-v, --verbose", "every stream as a ladder, with every remedy, every finding and the wire")
    .option("-q, --quiet", "one line a stream")
    .addOption(
      new Option(
        "--fail-on <severity>",
        "exit 1 from this severity on (default: critical for one server, never for several)",
      ).choices(["never", "warning", "critical"]),
    )
    .addHelpText(
      "after",
      "\nA trace of pktmon or netsh is converted first: pktmon etl2pcap, or etl2pcapng for netsh trace.",
    )
    .action(async (files: readonly string[], flags: PcapFlags) => {
      exit(await judgeFiles(files, flags, terminal));
    });

const judgeFiles = async (
  files: readonly string[],
  flags: PcapFlags,
  terminal: Terminal,
): Promise<number> => {
  const maxStreams = accepted("--max-streams", parseMaxStreams(flags.maxStreams));
  const expiry = expiryOf(flags);
  const keyLog = flags.keylog === undefined ? undefined : await readKeyLog(flags.keylog);
  const signals = onSignals();
  const captures: JudgedCapture[] = [];
  let isReadable = true;
  try {
    for (const file of new Set(expandedPaths(files, "<file>"))) {
      if (signals.aborted.aborted) break;
      const options = { maxStreams, expiry, ...(keyLog === undefined ? {} : { keyLog }) };
      const capture = await judgeFile(file, options, signals.aborted, terminal);
      if (capture === null) isReadable = false;
      else captures.push(capture);
      if (capture !== null && flags.quiet !== true) say(terminal, `${file}: ${countsOf(capture)}`);
    }
    const results = captures.flatMap((capture) => capture.results);
    await deliver(render(results, flags, terminal), flags.output ?? null, terminal, signals.aborted);
    if (isTable(results, flags)) say(terminal, "add -v for every stage, cause and fix of each stream");
    if (!isReadable) return EXIT.usage;
    return signals.exitCode() ?? exitCode(results, flags.failOn);
  } catch (error) {
    const code = signals.exitCode();
    if (code === null || !(error instanceof OutputError)) throw error;
    say(terminal, error.message);
    return code;
  } finally {
    signals.release();
  }
};

/** Null where nothing could be read. */
const judgeFile = async (
  file: string,
  options: Pick<CaptureJudgeOptions, "maxStreams" | "keyLog" | "expiry">,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<JudgedCapture | null> => {
  const faults = new CaptureFaults();
  const judge = createCaptureJudge({
    ...options,
    file,
    onFault: (code, fault, packetNumber) => faults.add(code, fault, packetNumber),
  });
  try {
    const { damage } = await readCaptureInput({
      path: file,
      stdin: terminal.stdin?.() ?? nothing(),
      signal,
      onChunk: (chunk) => judge.receive(chunk),
    });
    if (damage !== null) say(terminal, `${file}: ${damage}`);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    say(terminal, error.message);
    return null;
  }
  const capture = judge.finish();
  for (const line of faults.lines()) say(terminal, `${file}: ${line}`);
  const evicted = evictedOf(capture.evicted);
  if (evicted !== null) say(terminal, `${file}: ${evicted}`);
  const unread = unreadOf(capture.counts.unread);
  if (unread !== null) say(terminal, `${file}: ${unread}`);
  if (!faults.isNoCapture) return capture;
  return null;
};

async function* nothing(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(0);
}

const countsOf = ({ counts, results }: JudgedCapture): string => {
  const handshakes = results.filter(({ verdict }) => verdict.stage !== "tcp").length;
  const unconnected = results.length - handshakes;
  return [
    plural(counts.packets, "packet"),
    plural(counts.streams, "TCP stream"),
    plural(handshakes, "RDP handshake"),
    ...(unconnected === 0 ? [] : [`${unconnected} without a connection to port 3389`]),
    ...triesOf(results),
  ].join(", ");
};

/** What was let go of before its end, since more was open at once than may be kept; null where nothing was. */
const evictedOf = ({ judged, unjudged }: JudgedCapture["evicted"]): string | null => {
  const parts = [
    ...(judged === 0 ? [] : [`${plural(judged, "stream")} judged before their end`]),
    ...(unjudged === 0 ? [] : [`${plural(unjudged, "stream")} not judged`]),
  ];
  return parts.length === 0 ? null : `too many streams at once, see --max-streams: ${parts.join(", ")}`;
};

const MAX_KINDS_NAMED = 3;

/** `1,204 packets of MACsec and 3 of EtherType 0x1234 were not read`; null where all was read. */
const unreadOf = (unread: CaptureCounts["unread"]): string | null => {
  const kinds = Object.entries(unread);
  const [first, ...others] = kinds
    .slice(0, MAX_KINDS_NAMED)
    .map(([kind, packets], index) => `${index === 0 ? packetsOf(packets) : thousands(packets)} of ${kind}`);
  if (first === undefined) return null;
  const rest = kinds.slice(MAX_KINDS_NAMED).reduce((sum, [, packets]) => sum + packets, 0);
  const named = [first, ...others, ...(rest === 0 ? [] : [`${thousands(rest)} of other kinds`])];
  const isOne = kinds.length === 1 && kinds[0]?.[1] === 1;
  return `${listedWith(named)} ${isOne ? "was" : "were"} not read`;
};

const packetsOf = (count: number): string => `${thousands(count)} packet${count === 1 ? "" : "s"}`;

const listedWith = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;

const MAX_GROUPS_NAMED = 3;
const MAX_STREAMS_NAMED = 6;

/** Streams that belong together. */
const triesOf = (results: readonly Result[]): readonly string[] => {
  const groups = relatedStreams(results);
  const named = groups.slice(0, MAX_GROUPS_NAMED).map((group) => `${listed(group)} are tries of one client`);
  const more = groups.length - named.length;
  return more === 0 ? named : [...named, `${more} more such ${more === 1 ? "group" : "groups"}`];
};

const listed = (streams: readonly number[]): string => {
  const last = streams.at(-1);
  return streams.length > MAX_STREAMS_NAMED
    ? `${streams.length} streams from ${streams[0]} to ${last}`
    : `streams ${streams.slice(0, -1).join(", ")} and ${last}`;
};

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** What a recorded probe asked after its first connection settles questions; it fails for nobody. */
const exitCode = (results: readonly Result[], failOn: FailOn | undefined): number => {
  const own = results.filter(({ source }) => source.kind === "pcap" && source.followUpOf === undefined);
  const servers = new Set(own.map(({ source }) => (source.kind === "pcap" ? source.server : "")));
  return exitCodeOf(own, failOn ?? (servers.size === 1 ? "critical" : "never"));
};

const render = (results: readonly Result[], flags: PcapFlags, terminal: Terminal): string => {
  if (flags.json === true) return jsonDocument(results);
  const text = textOf(results, flags, terminal);
  return flags.output === undefined && !speaksUtf8(terminal) ? asciiText(text) : text;
};

const textOf = (results: readonly Result[], flags: PcapFlags, terminal: Terminal): string => {
  const color = wantsColor(flags.color, terminal, flags.output !== undefined);
  if (flags.quiet === true) return results.map((result) => `${verdictLine(result, color)}\n`).join("");
  if (results.length === 0) return "";
  const verbose = flags.verbose === true;
  const columns = widthOf(terminal);
  if (verbose) return results.map((result) => ladder(result, { color, verbose, columns })).join("\n");
  const [only] = results;
  if (only !== undefined && results.length === 1) return answer(only, { color, columns });
  const files = new Set(results.map(({ source }) => (source.kind === "pcap" ? source.file : "")));
  const screen = flags.output === undefined ? screenOf(terminal) : null;
  return captureTable(results, { color, severalFiles: files.size > 1, columns: screen });
};

/** Whether what was printed has neither causes nor fixes. */
const isTable = (results: readonly Result[], { json, quiet, verbose }: PcapFlags): boolean =>
  results.length > 1 && json !== true && quiet !== true && verbose !== true;

const readKeyLog = async (path: string): Promise<string> => {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new UsageError(`--keylog: cannot read ${path}: ${reasonOf(error)}`);
  }
};

const parseMaxStreams = (text: string): Parsed<number> => {
  const count = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= LIMIT_OF_MAX_STREAMS
    ? parsed(count)
    : rejected(`${JSON.stringify(text)} is no count: write 1 to ${LIMIT_OF_MAX_STREAMS}`);
};
