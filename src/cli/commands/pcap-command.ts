/** `rdprobe pcap <file...>`: judges every RDP handshake in capture files. */
import { readFile } from "node:fs/promises";
import { Argument, Command, Option } from "commander";
import {
  type CaptureJudgeOptions,
  createCaptureJudge,
  type JudgedCapture,
} from "../../scan/judge-capture.ts";
import { type Parsed, parsed, rejected } from "../../targets/plan/parsed.ts";
import type { Result } from "../../verdict/result/result.ts";
import { evictedText, HandshakeCounts, unreadText } from "../outputs/capture-counts.ts";
import { CaptureFaults } from "../inputs/capture-faults.ts";
import { readCaptureInput } from "../inputs/capture-input.ts";
import { CaptureOutput, captureFormat, type CaptureOutputFlags } from "../outputs/capture-output.ts";
import { OutputError } from "../outputs/output-error.ts";
import { EXIT } from "../screen/exit-code.ts";
import { expandedPaths } from "../options/expanded-paths.ts";
import {
  type ExpiryFlags,
  expiryCriticalOption,
  expiryOf,
  expiryWarningOption,
} from "../options/expiry-flags.ts";
import { InputError } from "../inputs/input-error.ts";
import { say } from "../screen/say.ts";
import { onSignals } from "../screen/signals.ts";
import { reasonOf } from "../screen/system-error.ts";
import type { Terminal } from "../screen/terminal.ts";
import { accepted, UsageError } from "../words/usage-error.ts";

interface PcapFlags extends ExpiryFlags, CaptureOutputFlags {
  readonly keylog?: string;
  readonly maxStreams: string;
}

const DEFAULT_MAX_STREAMS = 8192;
const LIMIT_OF_MAX_STREAMS = 1_000_000;

/** Of several files; more are written as they come. */
const MAX_HELD_RESULTS = 2_000;

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
    .option(
      "-o, --output <file>",
      "write the results to a file; .html (a page for people), .csv, .ndjson, .json and .txt set the format",
    )
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
  const format = captureFormat(flags);
  const maxStreams = accepted("--max-streams", parseMaxStreams(flags.maxStreams));
  const expiry = expiryOf(flags);
  const keyLog = flags.keylog === undefined ? undefined : await readKeyLog(flags.keylog);
  const signals = onSignals();
  const output = new CaptureOutput(flags, format, terminal, signals.aborted);
  const results: Result[] = [];
  let isReadable = true;
  try {
    output.expectOwn();
    for (const file of new Set(expandedPaths(files, "<file>"))) {
      if (signals.aborted.aborted) break;
      const options = { maxStreams, expiry, ...(keyLog === undefined ? {} : { keyLog }) };
      const counts = new HandshakeCounts();
      const capture = await judgeFile(file, options, { output, counts, signal: signals.aborted, terminal });
      if (capture === null) {
        isReadable = false;
        continue;
      }
      counts.add(capture.results);
      for (const result of capture.results) results.push(result);
      if (output.isStreaming || results.length > MAX_HELD_RESULTS) {
        output.take(results.splice(0));
        await output.write();
      }
      if (flags.quiet !== true) say(terminal, `${file}: ${counts.text(capture.counts)}`);
    }
    const { code, isTable } = await output.end(results);
    if (isTable) say(terminal, "add -v for every stage, cause and fix of each stream");
    return signals.exitCode() ?? (isReadable ? code : EXIT.usage);
  } catch (error) {
    output.discard();
    const code = signals.exitCode();
    if (code === null || !(error instanceof OutputError)) throw error;
    say(terminal, error.message);
    return code;
  } finally {
    signals.release();
  }
};

interface Around {
  readonly output: CaptureOutput;
  readonly counts: HandshakeCounts;
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
}

/** Null where nothing could be read. */
const judgeFile = async (
  file: string,
  options: Pick<CaptureJudgeOptions, "maxStreams" | "keyLog" | "expiry">,
  { output, counts, signal, terminal }: Around,
): Promise<JudgedCapture | null> => {
  const faults = new CaptureFaults();
  const judge = createCaptureJudge({
    ...options,
    file,
    onResults: (results) => {
      counts.add(results);
      output.take(results);
    },
    onFault: (code, fault, packetNumber) => faults.add(code, fault, packetNumber),
  });
  try {
    const { damage } = await readCaptureInput({
      path: file,
      stdin: terminal.stdin?.() ?? nothing(),
      signal,
      onChunk: (chunk) => judge.receive(chunk),
      afterChunk: () => output.write(),
    });
    if (damage !== null) say(terminal, `${file}: ${damage}`);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    say(terminal, error.message);
    return null;
  }
  const capture = judge.finish();
  for (const line of faults.lines()) say(terminal, `${file}: ${line}`);
  const evicted = evictedText(capture.evicted);
  if (evicted !== null) say(terminal, `${file}: ${evicted}`);
  const unread = unreadText(capture.counts.unread);
  if (unread !== null) say(terminal, `${file}: ${unread}`);
  if (!faults.isNoCapture) return capture;
  return null;
};

async function* nothing(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(0);
}

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
