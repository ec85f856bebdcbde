/** Where the rows of a fleet's scan go: files of rows, a page, or lines for people. */
import type { ResultRow } from "../../audit/result-row.ts";
import { rowText } from "../../report/table/row-text.ts";
import { UsageError } from "../words/usage-error.ts";
import { formatOf, type FormatFlags } from "../outputs/output-format.ts";
import { rowWriter } from "../outputs/row-writer.ts";
import { csvShapeOf, type SpreadsheetFlags } from "../options/spreadsheet-flags.ts";
import { replacing, toStdout } from "../outputs/stream-destination.ts";
import type { Terminal } from "../screen/terminal.ts";

export interface CollectedFlags extends FormatFlags, SpreadsheetFlags {
  readonly output?: readonly string[];
}

export interface CollectedOutput {
  take(rows: readonly ResultRow[]): Promise<void>;
  /** Writes what is left. */
  close(): Promise<void>;
  /** The program failed: nothing more is written. */
  discard(): void;
}

/** @throws UsageError, OutputError */
export const openCollected = (flags: CollectedFlags, terminal: Terminal): CollectedOutput => {
  const outputs = (flags.output ?? ["-"]).map((path) => openOne(path, flags, terminal));
  return {
    async take(rows) {
      for (const output of outputs) await output.take(rows);
    },
    async close() {
      for (const output of outputs) await output.close();
    },
    discard() {
      for (const output of outputs) output.discard();
    },
  };
};

const openOne = (path: string, flags: CollectedFlags, terminal: Terminal): CollectedOutput => {
  const format = formatOf(path, flags);
  if (format === "prometheus")
    throw new UsageError(`-o, --output: ${path}: a fleet's scan has no metrics: rdprobe exporter has them`);
  const destination =
    path === "-" ? toStdout(terminal) : replacing({ path, kind: format === "text" ? "text" : format });
  if (format === "html") return page(destination);
  const writer =
    format === "text" ? { head: "", add: rowText, end: () => "" } : rowWriter(format, csvShapeOf(flags));
  let isBegun = false;
  const begin = (): string => {
    const head = isBegun ? "" : writer.head;
    isBegun = true;
    return head;
  };
  return {
    async take(rows) {
      const text = begin() + rows.map((row) => writer.add(row)).join("");
      if (text !== "") await destination.write(text);
    },
    async close() {
      await destination.write(begin() + writer.end());
      await destination.close();
    },
    discard: () => destination.discard(),
  };
};

/** What a page is made with is loaded for a page alone. */
const page = (destination: ReturnType<typeof toStdout>): CollectedOutput => {
  const opened = import("../outputs/page-output.ts").then(({ PageOutput }) => new PageOutput());
  return {
    async take(rows) {
      const output = await opened;
      for (const row of rows) output.add(row);
    },
    async close() {
      await destination.write(await (await opened).html(null));
      await destination.close();
    },
    discard: () => destination.discard(),
  };
};
