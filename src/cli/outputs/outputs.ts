/** The outputs of a scan: each a form of the results and the place where they go. */
import { realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { answer } from "../../report/text/answer.ts";
import { asciiText } from "../../report/safe/ascii-text.ts";
import { compactResult } from "../../report/json/compact.ts";
import { FoldedHosts } from "../../report/table/folded-hosts.ts";
import { jsonDocument } from "../../report/json/json.ts";
import { ladder, verdictLine } from "../../report/text/ladder.ts";
import { prometheusDocument } from "../../report/monitoring/prometheus-text.ts";
import {
  csvStream,
  type JsonForm,
  jsonStream,
  lineStream,
  ndjsonStream,
  type ResultStream,
  tableStream,
} from "../../report/json/result-stream.ts";
import { SharedKeys } from "../../report/table/shared-keys.ts";
import { type Sort, sortedResults } from "../../report/table/sorted-results.ts";
import { table } from "../../report/table/table.ts";
import type { ScanRow } from "../../scan/scan.ts";
import { inOrder } from "../../scan/scan-all.ts";
import type { Result } from "../../verdict/result/result.ts";
import { OutputError } from "./output-error.ts";
import { type Format, type FormatFlags, formatOf, isRowFormat } from "./output-format.ts";
import type { PageOutput } from "./page-output.ts";
import { csvShapeOf, type SpreadsheetFlags } from "../options/spreadsheet-flags.ts";
import { appendedTo, replacing, type StreamDestination, toStdout } from "./stream-destination.ts";
import {
  type ColorChoice,
  screenOf,
  speaksUtf8,
  type Terminal,
  wantsColor,
  widthOf,
} from "../screen/terminal.ts";
import { UsageError } from "../words/usage-error.ts";

export interface OutputFlags extends FormatFlags, SpreadsheetFlags {
  readonly output?: readonly string[];
  readonly color: ColorChoice;
  readonly quiet?: true;
  readonly verbose?: true;
  readonly sort?: Sort;
  readonly all?: true;
  readonly inOrder?: true;
  readonly append?: true;
  readonly resume?: string;
}

/** From so many targets on it is a scan: with progress, a summary at its end, and hosts without RDP as a count. */
export const SCAN_TARGETS = 17;

/** Takes rows as they are known. */
export interface RowSink {
  take(row: ScanRow): Promise<void> | void;
  /** Writes what is left. */
  close(): Promise<void>;
  /** The program failed: nothing more is written. */
  discard(): void;
}

/**
 * Up to so many targets, the human forms and JSON are in the targets' order and wait for the last result; above,
 * nobody waits so long, and the memory stays flat.
 */
export const GATHERED_TARGETS = 256;

/**
 * A file that is written to by two would be whole for neither.
 * @throws UsageError naming the file that is given twice, by whatever names.
 */
export const expectDistinct = (paths: readonly string[]): void => {
  const seen = new Set<string>();
  for (const path of paths) {
    const identity = identityOf(path);
    if (seen.has(identity)) throw new UsageError(`-o, --output: ${path} is named twice`);
    seen.add(identity);
  }
};

/** Of what is there, the system's; else the path without its links. */
const identityOf = (path: string): string => {
  if (path === "-") return path;
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch {
    const absolute = resolve(path);
    try {
      return join(realpathSync(dirname(absolute)), basename(absolute));
    } catch {
      return absolute;
    }
  }
};

/**
 * Opens all outputs that the flags ask for; stdout where they name no file.
 * @param targets how many there are.
 * @param signal ends the waiting for who reads a named pipe.
 * @throws OutputError for a file that cannot be written.
 */
export const openOutputs = (
  flags: OutputFlags,
  targets: number,
  terminal: Terminal,
  signal?: AbortSignal,
): RowSink => {
  const paths = flags.output ?? ["-"];
  // A wrong separator is told, whether there is a CSV or not.
  csvShapeOf(flags);
  const sinks: RowSink[] = [];
  try {
    for (const path of paths) sinks.push(openOutput(path, flags, targets, terminal, signal));
  } catch (error) {
    for (const sink of sinks) sink.discard();
    throw error;
  }
  return allOf(sinks);
};

/** One that fails takes nothing from the others; where all have failed, or at the end, it is told. */
const allOf = (sinks: readonly RowSink[]): RowSink => {
  let failure: OutputError | null = null;
  const working = new Set(sinks);
  const drop = (sink: RowSink, error: unknown): void => {
    sink.discard();
    if (!(error instanceof OutputError)) throw error;
    failure ??= error;
    working.delete(sink);
  };
  return {
    async take(row) {
      for (const sink of working) {
        try {
          const taken = sink.take(row);
          if (taken !== undefined) await taken;
        } catch (error) {
          drop(sink, error);
        }
      }
      if (failure !== null && working.size === 0) throw failure;
    },
    async close() {
      for (const sink of working) await sink.close().catch((error: unknown) => drop(sink, error));
      if (failure !== null) throw failure;
    },
    discard() {
      for (const sink of sinks) sink.discard();
    },
  };
};

/** Whether rows go to stdout while the scan goes on. */
export const streamsToStdout = (flags: OutputFlags, targets: number): boolean =>
  (flags.output ?? ["-"]).some((path) => {
    const format = formatOf(path, flags);
    return path === "-" && (isRowFormat(format) || streamsTable(format, flags, targets));
  });

/** Who asks for an order waits for the last result. */
const streamsTable = (format: Format, { sort }: OutputFlags, targets: number): boolean =>
  targets > GATHERED_TARGETS && (format !== "text" || sort === undefined);

/** The first of the files that a later run can go on from; null without one. */
export const resumable = (flags: OutputFlags): string | null =>
  (flags.output ?? []).find((path) => path !== "-" && isRowFormat(formatOf(path, flags))) ?? null;

const openOutput = (
  path: string,
  flags: OutputFlags,
  targets: number,
  terminal: Terminal,
  signal: AbortSignal | undefined,
): RowSink => {
  const isFile = path !== "-";
  const format = formatOf(path, flags);
  const color = wantsColor(flags.color, terminal, isFile);
  if (isRowFormat(format)) {
    const stream = format === "csv" ? csvStream(csvShapeOf(flags)) : ndjsonStream(jsonForm(flags));
    const goesOn = flags.append === true || flags.resume !== undefined;
    return streaming(stream, isFile ? appendedTo(path, stream, goesOn, signal) : toStdout(terminal));
  }
  const destination = isFile ? replacing({ path, kind: format }, signal) : toStdout(terminal);
  if (format === "html") return paging(destination);
  // A metric's HELP and TYPE stand above all its series: the document waits for the last result.
  const form = {
    color,
    // A file is read by what reads UTF-8; what stands on stdout may be redirected.
    isAscii: !isFile && !speaksUtf8(terminal),
    columns: widthOf(terminal),
    screen: isFile ? null : screenOf(terminal),
    isFolded: targets >= SCAN_TARGETS && flags.all !== true,
    hasSummary: targets >= SCAN_TARGETS,
  };
  if (
    targets > GATHERED_TARGETS &&
    format !== "prometheus" &&
    !(format === "text" && flags.sort !== undefined)
  )
    return streaming(largeStream(format, flags, form), destination);
  return gathering((results) => render(results, format, flags, form), destination);
};

const jsonForm = ({ compact }: OutputFlags): JsonForm =>
  compact === true ? compactResult : (result) => result;

const largeStream = (
  format: "json" | "text",
  flags: OutputFlags,
  { color, screen, isFolded, isAscii }: TextForm,
): ResultStream => {
  if (format === "json") return jsonStream(jsonForm(flags));
  const stream = flags.quiet === true ? lineStream(color) : tableStream({ color, columns: screen, isFolded });
  return isAscii ? { ...stream, add: (result) => asciiText(stream.add(result)) } : stream;
};

const streaming = (stream: ResultStream, destination: StreamDestination): RowSink => {
  let isBegun = destination.goesOn;
  const begin = (): string => {
    const head = isBegun ? "" : stream.head;
    isBegun = true;
    return head;
  };
  return {
    take({ result }) {
      const text = begin() + stream.add(result);
      return text === "" ? undefined : destination.write(text);
    },
    async close() {
      const text = begin() + stream.end();
      if (text !== "") await destination.write(text);
      await destination.close();
    },
    discard: () => destination.discard(),
  };
};

const gathering = (
  document: (results: readonly Result[]) => string,
  destination: StreamDestination,
): RowSink => {
  const rows: ScanRow[] = [];
  return {
    take: (row) => void rows.push(row),
    async close() {
      await destination.write(document(inOrder(rows)));
      await destination.close();
    },
    discard: () => destination.discard(),
  };
};

/** A page for people: what it is made with is loaded when the first result is there. */
const paging = (destination: StreamDestination): RowSink => {
  let opened: Promise<PageOutput> | null = null;
  const page = (): Promise<PageOutput> => {
    opened ??= import("./page-output.ts").then(({ PageOutput: Page }) => new Page());
    return opened;
  };
  return {
    take: async ({ result }) => (await page()).addResult(result),
    async close() {
      await destination.write(await (await page()).html(null));
      await destination.close();
    },
    discard: () => destination.discard(),
  };
};

interface TextForm {
  readonly color: boolean;
  /** For running text. */
  readonly columns: number;
  /** What a table has to fit into; null where there is no terminal. */
  readonly screen: number | null;
  readonly isFolded: boolean;
  /** What a scan comes to follows on stderr. */
  readonly hasSummary: boolean;
  /** Nothing but ASCII is written. */
  readonly isAscii: boolean;
}

const render = (
  results: readonly Result[],
  format: "json" | "text" | "prometheus",
  flags: OutputFlags,
  form: TextForm,
): string => {
  if (format === "json") return jsonDocument(results.map(jsonForm(flags)));
  if (format === "prometheus") return prometheusDocument(results);
  const text = textOf(results, flags, form);
  return form.isAscii ? asciiText(text) : text;
};

const textOf = (
  results: readonly Result[],
  flags: OutputFlags,
  { color, columns, screen, isFolded, hasSummary }: TextForm,
): string => {
  if (flags.quiet === true) return results.map((result) => `${verdictLine(result, color)}\n`).join("");
  const [only] = results;
  if (only === undefined) return "";
  if (results.length > 1) {
    const folded = new FoldedHosts();
    const rows = isFolded ? results.filter((result) => !folded.takes(result)) : results;
    const by = flags.sort ?? (flags.inOrder === true ? null : "severity");
    const sorted = by === null ? rows : sortedResults(rows, by);
    return (
      (rows.length === 0 ? "" : table(sorted, color, screen)) +
      folded.text() +
      (hasSummary ? "" : sharedText(results))
    );
  }
  return flags.verbose === true
    ? ladder(only, { color, verbose: true, columns })
    : answer(only, { color, columns });
};

/** Where no summary follows that says it. */
const sharedText = (results: readonly Result[]): string => {
  const keys = new SharedKeys();
  for (const result of results) keys.add(result);
  const lines = keys.lines();
  return lines.length === 0 ? "" : `\n${lines.join("\n")}\n`;
};
