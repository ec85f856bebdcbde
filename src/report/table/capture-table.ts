/** The results of a capture as a table, a stream a row. */
import type { Result } from "../../verdict/result/result.ts";
import { borderless } from "./borderless.ts";
import { cut } from "../text/cut.ts";
import { type Palette, paletteOf } from "../text/palette.ts";
import { safeText } from "../safe/safe-text.ts";
import { summaryText } from "./summary-text.ts";

const HEAD = ["STREAM", "CLIENT", "SERVER", "VERDICT", "STAGE", "TLS", "SUMMARY"] as const;

export interface CaptureTableForm {
  readonly color: boolean;
  /** Each row names its file. */
  readonly severalFiles: boolean;
  /** Of the terminal, or null where nothing is to be cut. */
  readonly columns: number | null;
}

/** A summary that is shorter says nothing. */
const LEAST_SUMMARY = 24;
const GAP = 2;

/** The table with its final newline; the summary gives way to the terminal's width. */
export const captureTable = (
  results: readonly Result[],
  { color, severalFiles, columns }: CaptureTableForm,
): string => {
  const head = [...(severalFiles ? ["FILE"] : []), ...HEAD];
  const plain = results.map((result) => row(result, paletteOf(false), severalFiles));
  const taken = head
    .slice(0, -1)
    .reduce(
      (width, title, at) =>
        width + GAP + plain.reduce((most, cells) => Math.max(most, (cells[at] ?? "").length), title.length),
      0,
    );
  const room = columns === null ? Number.POSITIVE_INFINITY : Math.max(LEAST_SUMMARY, columns - taken);
  return borderless(
    head,
    results.map((result) => {
      const cells = row(result, paletteOf(color), severalFiles);
      return [...cells.slice(0, -1), cut(cells.at(-1) ?? "", room)];
    }),
  );
};

const row = (result: Result, palette: Palette, severalFiles: boolean): readonly string[] => {
  const { source, severity, verdict, tls } = result;
  const place =
    source.kind === "pcap" ? [String(source.stream), source.client, source.server] : ["-", "-", "-"];
  const file = source.kind === "pcap" ? safeText(source.file) : "-";
  return [
    ...(severalFiles ? [file] : []),
    ...place,
    palette.severity(severity, verdict.code),
    verdict.stage,
    tls?.version ?? "-",
    summaryText(result),
  ];
};
