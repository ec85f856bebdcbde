/** What `pcap` prints: the results of a capture that can be looked at whole, or as they come where it has too many. */
import { answer } from "../report/answer.ts";
import { asciiText } from "../report/ascii-text.ts";
import { captureTable } from "../report/capture-table.ts";
import { jsonDocument, jsonParts } from "../report/json.ts";
import { ladder, verdictLine } from "../report/ladder.ts";
import type { Result } from "../verdict/result.ts";
import { severityRank } from "../verdict/severity.ts";
import { deliver } from "./destination.ts";
import { EXIT, type FailOn, isReached } from "./exit-code.ts";
import { replacing, type StreamDestination, toStdout } from "./stream-destination.ts";
import { type ColorChoice, screenOf, speaksUtf8, type Terminal, wantsColor, widthOf } from "./terminal.ts";

export interface CaptureOutputFlags {
  readonly json?: true;
  readonly output?: string;
  readonly failOn?: FailOn;
  readonly color: ColorChoice;
  readonly quiet?: true;
  readonly verbose?: true;
}

export class CaptureOutput {
  readonly #flags: CaptureOutputFlags;
  readonly #terminal: Terminal;
  readonly #signal: AbortSignal;
  readonly #parts = jsonParts();
  readonly #tally = new CaptureTally();
  #waiting: Result[][] = [];
  #destination: StreamDestination | null = null;
  #isBegun = false;

  constructor(flags: CaptureOutputFlags, terminal: Terminal, signal: AbortSignal) {
    this.#flags = flags;
    this.#terminal = terminal;
    this.#signal = signal;
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
    if (this.#destination === null) {
      const { output } = this.#flags;
      await deliver(this.#ascii(this.#whole(results)), output ?? null, this.#terminal, this.#signal);
    } else {
      await this.#writeBatch(results);
      if (this.#flags.json === true) await this.#destination.write(this.#parts.end());
      await this.#destination.close();
    }
    const { json, quiet, verbose, failOn } = this.#flags;
    const isTable = this.#tally.count > 1 && json !== true && quiet !== true && verbose !== true;
    return { code: this.#tally.exitCode(failOn), isTable };
  }

  discard(): void {
    this.#destination?.discard();
  }

  async #writeBatch(batch: readonly Result[]): Promise<void> {
    const { output } = this.#flags;
    this.#destination ??= output === undefined ? toStdout(this.#terminal) : replacing(output, this.#signal);
    const text = this.#partOf(batch);
    if (text !== "") await this.#destination.write(this.#ascii(text));
    this.#isBegun = true;
  }

  #partOf(batch: readonly Result[]): string {
    const { json, quiet, verbose } = this.#flags;
    if (json === true) return batch.map((result) => this.#parts.add(result)).join("");
    if (quiet === true || verbose === true) return this.#lines(batch);
    const table = this.#table(batch, true);
    // Each batch is as wide as its own cells.
    return this.#isBegun ? table.slice(table.indexOf("\n") + 1) : table;
  }

  #whole(results: readonly Result[]): string {
    const { json, quiet, verbose } = this.#flags;
    if (json === true) return jsonDocument(results);
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

  get #color(): boolean {
    return wantsColor(this.#flags.color, this.#terminal, this.#flags.output !== undefined);
  }

  #ascii(text: string): string {
    const isScreen = this.#flags.output === undefined && this.#flags.json !== true;
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
