/** The results of a capture as a table, a stream a row. */
import type { Result } from "../verdict/result.ts";
import { borderless } from "./borderless.ts";
import { type Palette, paletteOf } from "./palette.ts";
import { safeText } from "./safe-text.ts";
import { summaryText } from "./summary-text.ts";

const HEAD = ["STREAM", "CLIENT", "SERVER", "VERDICT", "STAGE", "TLS", "SUMMARY"] as const;

/** The table with its final newline. `severalFiles`: each row names its file. */
export const captureTable = (results: readonly Result[], color: boolean, severalFiles: boolean): string => {
  const palette = paletteOf(color);
  return borderless(
    [...(severalFiles ? ["FILE"] : []), ...HEAD],
    results.map((result) => row(result, palette, severalFiles)),
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
