/** What `pcap` prints: the results of a capture that can be looked at whole, or as they come where it has too many. */
import { answer } from "../../report/text/answer.ts";
import { asciiText } from "../../report/safe/ascii-text.ts";
import { captureTable } from "../../report/table/capture-table.ts";
import { jsonDocument } from "../../report/json/json.ts";
import { ladder, verdictLine } from "../../report/text/ladder.ts";
import { csvStream, jsonStream, ndjsonStream, type ResultStream } from "../../report/json/result-stream.ts";
import type { Result } from "../../verdict/result/result.ts";
import { severityRank } from "../../verdict/severity.ts";
import { deliver } from "./destination.ts";
import { EXIT, type FailOn, isReached } from "../screen/exit-code.ts";
import { type Format, formatOf } from "./output-format.ts";
import type { PageOutput } from "./page-output.ts";
import { expectOwn, type NamedFile } from "./own-file.ts";
import { nameOf } from "../inputs/read-scan.ts";
import { replacing, type StreamDestination, toStdout } from "./stream-destination.ts";
import {
  type ColorChoice,
  screenOf,
  speaksUtf8,
  type Terminal,
  wantsColor,
  widthOf,
} from "../screen/terminal.ts";
import { UsageError } from "../words/usage-error.ts";

export interface CaptureOutputFlags {
  readonly json?: true;
  readonly output?: string;
  readonly failOn?: FailOn;
  readonly color: ColorChoice;
  readonly quiet?: true;
  readonly verbose?: true;
}

/** The forms that are written a result at a time. */
const STREAMS: Readonly<Partial<Record<Format, () => ResultStream>>> = {
  json: jsonStream,
  ndjson: ndjsonStream,
  csv: csvStream,
};

/**
 * What the ending of the file says, or the flag.
 * @throws UsageError for an ending that has no form here.
 */
export const captureFormat = ({ output = "-", json }: CaptureOutputFlags): Format => {
  const format = formatOf(output, { format: "text", ...(json === true ? { json } : {}) });
  if (format !== "prometheus") return format;
  throw new UsageError(
    `-o, --output: ${output}: a capture has no metrics: write .html, .csv, .ndjson or .json`,
  );
};

export class CaptureOutput {
  readonly #flags: CaptureOutputFlags;
  readonly #terminal: Terminal;
  readonly #signal: AbortSignal;
  readonly #format: Format;
  readonly #stream: ResultStream | null;
  readonly #tally = new CaptureTally();
  #waiting: Result[][] = [];
  #destination: StreamDestination | null = null;
  #page: PageOutput | null = null;
  readonly #files = new Set<string>();
  #isBegun = false;

  constructor(flags: CaptureOutputFlags, format: Format, terminal: Terminal, signal: AbortSignal) {
    this.#flags = flags;
    this.#format = format;
    this.#stream = STREAMS[format]?.() ?? null;
    this.#terminal = terminal;
    this.#signal = signal;
  }

  /** @throws OutputError where the file holds something else: told before a capture is read. */
  expectOwn(): void {
    const file = this.#file;
    if (file !== null) expectOwn(file);
  }

  /** Whether results were written before the end. */
  get isStreaming(): boolean {
    return this.#destination !== null;
  }

  /** Takes results before the end of their capture. */
  take(results: readonly Result[]): void {
    this.#waiting.push([...results]);
    this.#tally.add(results);
  }

  /** Writes what was taken; true where anything was. @throws OutputError */
  async write(): Promise<boolean> {
    const batches = this.#waiting;
    this.#waiting = [];
    for (const batch of batches) await this.#writeBatch(batch);
    return batches.length > 0;
  }

  /**
   * Writes the rest; gives the exit code, and whether what was printed has neither causes nor fixes.
   * @throws OutputError
   */
  async end(results: readonly Result[]): Promise<{ readonly code: number; readonly isTable: boolean }> {
    this.#tally.add(results);
    await this.write();
    if (this.#format === "html") {
      await this.#writeBatch(results);
      await this.#deliverPage();
    } else if (this.#destination === null) {
      await deliver(this.#ascii(this.#whole(results)), this.#file, this.#terminal, this.#signal);
    } else {
      await this.#writeBatch(results);
      const rest = this.#stream?.end() ?? "";
      if (rest !== "") await this.#destination.write(rest);
      await this.#destination.close();
    }
    const { quiet, verbose, failOn } = this.#flags;
    const isTable = this.#tally.count > 1 && this.#format === "text" && quiet !== true && verbose !== true;
    return { code: this.#tally.exitCode(failOn), isTable };
  }

  discard(): void {
    this.#destination?.discard();
  }

  async #deliverPage(): Promise<void> {
    const [file = null, ...others] = this.#files;
    const source = file === null || others.length > 0 ? null : nameOf(file);
    const html = await (await this.#pageOutput()).html(source);
    await deliver(html, this.#file, this.#terminal, this.#signal);
  }

  async #pageOutput(): Promise<PageOutput> {
    this.#page ??= new (await import("./page-output.ts")).PageOutput();
    return this.#page;
  }

  async #writeBatch(batch: readonly Result[]): Promise<void> {
    if (this.#format === "html") {
      const page = await this.#pageOutput();
      for (const result of batch) {
        page.addResult(result);
        if (result.source.kind === "pcap") this.#files.add(result.source.file);
      }
      return;
    }
    const file = this.#file;
    this.#destination ??= file === null ? toStdout(this.#terminal) : replacing(file, this.#signal);
    const text = this.#partOf(batch);
    if (text !== "") await this.#destination.write(this.#ascii(text));
    this.#isBegun = true;
  }

  #partOf(batch: readonly Result[]): string {
    const { quiet, verbose } = this.#flags;
    const stream = this.#stream;
    if (stream !== null) {
      const parts = batch.map((result) => stream.add(result)).join("");
      return this.#isBegun ? parts : stream.head + parts;
    }
    if (quiet === true || verbose === true) return this.#lines(batch);
    const table = this.#table(batch, true);
    // Each batch is as wide as its own cells.
    return this.#isBegun ? table.slice(table.indexOf("\n") + 1) : table;
  }

  #whole(results: readonly Result[]): string {
    const { quiet, verbose } = this.#flags;
    if (this.#format === "json") return jsonDocument(results);
    const stream = this.#stream;
    if (stream !== null)
      return [stream.head, ...results.map((result) => stream.add(result)), stream.end()].join("");
    if (quiet === true || verbose === true) return this.#lines(results);
    const [only] = results;
    if (only === undefined) return "";
    if (results.length === 1) return answer(only, { color: this.#color, columns: widthOf(this.#terminal) });
    const files = new Set(results.map(({ source }) => (source.kind === "pcap" ? source.file : "")));
    return this.#table(results, files.size > 1);
  }

  #lines(results: readonly Result[]): string {
    const color = this.#color;
    if (this.#flags.quiet === true)
      return results.map((result) => `${verdictLine(result, color)}\n`).join("");
    const columns = widthOf(this.#terminal);
    return results.map((result) => ladder(result, { color, verbose: true, columns })).join("\n");
  }

  #table(results: readonly Result[], severalFiles: boolean): string {
    const columns = this.#flags.output === undefined ? screenOf(this.#terminal) : null;
    return captureTable(results, { color: this.#color, severalFiles, columns });
  }

  /** Null for stdout. */
  get #file(): NamedFile | null {
    const { output } = this.#flags;
    return output === undefined ? null : { path: output, kind: this.#format };
  }

  get #color(): boolean {
    return wantsColor(this.#flags.color, this.#terminal, this.#flags.output !== undefined);
  }

  #ascii(text: string): string {
    const isScreen = this.#flags.output === undefined && this.#format === "text";
    return isScreen && !speaksUtf8(this.#terminal) ? asciiText(text) : text;
  }
}

/** What is known of all results without keeping them. */
class CaptureTally {
  count = 0;
  #worst: Result | null = null;
  #server: string | null = null;
  #hasSeveralServers = false;

  add(results: readonly Result[]): void {
    this.count += results.length;
    for (const result of results) {
      const { source } = result;
      // What a recorded probe asked after its first connection settles questions; it fails for nobody.
      if (source.kind !== "pcap" || source.followUpOf !== undefined) continue;
      this.#server ??= source.server;
      if (source.server !== this.#server) this.#hasSeveralServers = true;
      if (this.#worst === null || severityRank(result.severity) > severityRank(this.#worst.severity))
        this.#worst = result;
    }
  }

  exitCode(failOn: FailOn | undefined): number {
    if (this.#worst === null) return EXIT.ok;
    const from = failOn ?? (this.#hasSeveralServers ? "never" : "critical");
    return isReached(this.#worst, from) ? EXIT.failOn : EXIT.ok;
  }
}
