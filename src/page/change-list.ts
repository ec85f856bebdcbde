/** What changed since older scans, the worst first. */
import type { ChangesSince, HostChange } from "../report/page/page-data.ts";
import { button, chip, counted, el, thousands } from "./dom.ts";
import { dayOf } from "./certificate-ends.ts";
import type { Scan } from "./scan.ts";

const SHOWN = 20;
const MORE = 500;

/** @param open opens the drawer of a row. */
export const changeList = (scan: Scan, open: (row: number) => void): HTMLElement | null => {
  if (scan.data.changes.length === 0) return null;
  const rows = new Map(Array.from({ length: scan.count }, (_, row) => [scan.place(row), row]));
  return el(
    "section",
    { id: "changes", "aria-labelledby": "changes-title" },
    el("h2", { id: "changes-title" }, "What changed"),
    ...scan.data.changes.map((since) => oneScan(since, rows, open)),
  );
};

const KINDS = { changed: "changed", new: "new", gone: "gone" } as const;

const oneScan = (
  since: ChangesSince,
  rows: ReadonlyMap<string, number>,
  open: (row: number) => void,
): HTMLElement => {
  const { name, at, same, changes, leftOut } = since;
  const counts = (["changed", "new", "gone"] as const)
    .map((kind) => `${thousands(changes.filter((change) => change.kind === kind).length)} ${KINDS[kind]}`)
    .join(", ");
  const items = changes.map((change) => item(change, rows, open));
  const list = el("ul", { class: "changes" }, ...items.slice(0, SHOWN));
  let shown = SHOWN;
  const more = button(
    { class: "quiet" },
    () => {
      list.append(...items.slice(shown, shown + MORE));
      shown += MORE;
      if (shown >= items.length) more.remove();
    },
    `Show ${counted(items.length - SHOWN, "more change")}`,
  );
  return el(
    "div",
    { class: "card" },
    el("h3", {}, `Since ${name}${at === null ? "" : ` (${dayOf(new Date(at))})`}`),
    el(
      "p",
      { class: "about" },
      `${counts}, ${thousands(same)} the same.${leftOut === 0 ? "" : ` ${thousands(leftOut)} more changes have no room here.`}`,
    ),
    items.length === 0 ? null : list,
    items.length > SHOWN ? more : null,
  );
};

const SEVERITIES = { i: "info", w: "warning", c: "critical" } as const;

const item = (
  { place, kind, severity, what }: HostChange,
  rows: ReadonlyMap<string, number>,
  open: (row: number) => void,
): HTMLElement => {
  const row = rows.get(place);
  return el(
    "li",
    {},
    chip(SEVERITIES[severity]),
    row === undefined
      ? el("span", { class: "place" }, place)
      : button({ class: "place link" }, () => open(row), place),
    el("span", { class: "what" }, kind === "changed" ? what.join("; ") : [kind, ...what].join(": ")),
  );
};
