/** The first lines of an answer: how it is, where, and in people's words what. */
import type { Result } from "../../verdict/result/result.ts";
import type { Sheet } from "./answer-sheet.ts";
import { cut } from "./cut.ts";
import { placeOf } from "../place-of.ts";
import { safeText } from "../safe/safe-text.ts";
import { titleOf } from "../title-of.ts";
import { wrap } from "./wrap.ts";

const LABELS = { ok: "OK", warning: "WARNING", critical: "FAILED" } as const;

/** Between label, place and title, and before mstsc's code. */
const GAP = "  ";
const WIDE_GAP = "   ";
const SHORTEST_PLACE = 16;
const ELLIPSIS = "...";

/** The answer on the first line; mstsc's code beside it or below; where it was seen. */
export const headLines = ({ result, columns, palette }: Sheet): readonly string[] => {
  const { severity } = result;
  const label = LABELS[severity];
  const title = titleOf(result);
  const room = columns - label.length - title.length - 2 * GAP.length;
  const place = shortened(placeOf(result), Math.max(room, SHORTEST_PLACE));
  const told = cut(title, columns - label.length - place.length - 2 * GAP.length);
  const width = label.length + place.length + told.length + 2 * GAP.length;
  const mstsc = mstscText(result);
  const fits = mstsc !== null && width + WIDE_GAP.length + mstsc.length <= columns;
  const head = [palette.severity(severity, palette.strong(label)), palette.strong(place), told].join(GAP);
  return [
    fits ? `${head}${WIDE_GAP}${palette.faint(mstsc)}` : head,
    ...(mstsc === null || fits ? [] : [palette.faint(`${GAP}${mstsc}`)]),
    ...whereLines(result, columns).map((line) => palette.faint(line)),
  ];
};

const mstscText = ({ verdict: { mstsc } }: Result): string | null => {
  if (mstsc === null) return null;
  return `mstsc: ${mstsc.code}${mstsc.extended === null ? "" : ` / ${mstsc.extended}`}`;
};

/** Without its middle where it is too long. */
const shortened = (place: string, most: number): string => {
  if (place.length <= most) return place;
  const tail = Math.floor((most - ELLIPSIS.length) / 2);
  return `${place.slice(0, most - ELLIPSIS.length - tail)}${ELLIPSIS}${place.slice(place.length - tail)}`;
};

const whereLines = ({ source, startedAt }: Result, columns: number): readonly string[] => {
  if (source.kind === "live") {
    return source.proxy === undefined ? [] : [`${GAP}through the proxy ${safeText(source.proxy)}`];
  }
  const { stream, file, client } = source;
  return wrap(
    `stream ${stream} of ${safeText(file)}, from ${client}, ${startedAt.slice(0, 19)}Z`,
    columns,
    GAP,
  );
};
