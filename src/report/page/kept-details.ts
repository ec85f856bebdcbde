/** Which hosts' details a page has room for: the worst come first. */
import { severityRank } from "../../verdict/severity.ts";
import type { Severity } from "../../verdict/verdicts.ts";
import type { HostDetails, PageData } from "./page-data.ts";
import { Texts } from "./text-columns.ts";

/** Characters of JSON; with the page's script it stays below 12 MiB. */
const PAGE_ROOM = 11 * 1024 * 1024;
/** What details may take however large the rest is. */
const LEAST_ROOM = 512 * 1024;
/** Of a text beyond itself: its quotes and its comma. */
const TEXT_FRAME = 3;

interface DetailedRow {
  readonly severity: Severity;
  readonly details: HostDetails | null;
}

/**
 * The details that fit, with the texts that these name.
 * @param texts what the details name by place.
 * @param taken characters of JSON that the rest of the page takes.
 */
export const keptDetails = (
  rows: readonly DetailedRow[],
  texts: readonly string[],
  taken: number,
): Pick<PageData, "details" | "texts"> => {
  const room = Math.max(LEAST_ROOM, PAGE_ROOM - taken);
  const kept = new Texts();
  const details: (HostDetails | null)[] = rows.map(() => null);
  let size = 0;
  const place = (at: number): number => {
    const text = texts[at];
    if (text === undefined) return -1;
    const before = kept.values.length;
    const now = kept.placeOf(text);
    if (kept.values.length > before) size += text.length + TEXT_FRAME;
    return now;
  };
  const worstFirst = [...rows.entries()].toSorted(
    ([, a], [, b]) => severityRank(b.severity) - severityRank(a.severity),
  );
  for (const [index, row] of worstFirst) {
    if (size >= room) break;
    if (row.details === null) continue;
    const own = withTexts(row.details, place);
    size += JSON.stringify(own).length;
    details[index] = own;
  }
  return { details, texts: kept.values };
};

const withTexts = (
  [stages, findings, causes, remedies, refused, facts]: HostDetails,
  place: (at: number) => number,
): HostDetails => [
  stages.map(([name, mark, ms, note]) => [name, mark, ms, place(note)]),
  findings.map(([code, severity, summary]) => [place(code), severity, place(summary)]),
  causes.map(([code, title, likelihood, why]) => [place(code), place(title), place(likelihood), place(why)]),
  remedies,
  refused.map(([advice, why, instead]) => [place(advice), place(why), place(instead)]),
  facts.map(([label, value]) => [place(label), place(value)]),
];
