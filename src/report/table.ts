/** Many results as a table, a row each. */
import type { Result } from "../verdict/result.ts";
import { borderless } from "./borderless.ts";
import { placeOf } from "./ladder.ts";
import { type Palette, paletteOf } from "./palette.ts";
import { summaryText } from "./summary-text.ts";

export const TABLE_HEAD = [
  "TARGET",
  "ADDRESS",
  "VERDICT",
  "STAGE",
  "NLA",
  "TLS",
  "DAYS",
  "MS",
  "SUMMARY",
] as const;

/** The table with its final newline; `color` marks the verdicts. */
export const table = (results: readonly Result[], color: boolean): string => {
  const palette = paletteOf(color);
  return borderless(
    TABLE_HEAD,
    results.map((result) => tableRow(result, palette)),
  );
};

/** The cells of one result, safe for a terminal. */
export const tableRow = (result: Result, palette: Palette): readonly string[] => {
  const { severity, verdict, target, security, tls, certificate } = result;
  const daysLeft = certificate?.daysLeft ?? null;
  return [
    placeOf(result),
    target.address ?? "-",
    palette.severity(severity, verdict.code),
    verdict.stage,
    security.nla === "unknown" ? "-" : security.nla,
    tls?.version ?? "-",
    daysLeft === null ? "-" : String(Math.floor(daysLeft)),
    result.durationMs.toFixed(0),
    summaryText(result),
  ];
};
