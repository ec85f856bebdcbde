/** The law's two counts, its cases by kind, and its first violations, for people. */
import type { LawReport } from "./law.ts";

const SHOWN = 20;

export const reportLines = (report: LawReport): readonly string[] => [
  `${report.cases} cases: ${report.falseOk} false ok, ${report.falseAlarm} false alarms (${report.unapplied} found no place)`,
  ...[...report.kinds]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(
      ([kind, { cases, failed, falseOk, falseAlarm }]) =>
        `  ${kind.padEnd(6)} ${cases} cases, OpenSSL fails in ${failed}: ${falseOk} false ok, ${falseAlarm} false alarms`,
    ),
  ...report.violations.slice(0, SHOWN).map(({ kind, text }) => `  ${kind}: ${text}`),
];
