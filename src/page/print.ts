/** What paper gets: the open host alone, or the whole report with the first rows of the table, which does not scroll there. */
import type { Drawer } from "./drawer.ts";
import { counted, el } from "./dom.ts";
import { hostArticle } from "./host-article.ts";
import { HOST_COLUMNS } from "./table-columns.ts";
import type { View } from "./view.ts";

const MOST_ROWS = 500;

/** @param holder is on paper alone. */
export const startPrinting = (holder: HTMLElement, view: View, drawer: Drawer): void => {
  window.addEventListener("beforeprint", () => {
    const row = drawer.row();
    document.body.classList.toggle("prints-host", row !== null);
    holder.replaceChildren(
      row === null ? printedTable(view) : opened(hostArticle(view.scan, row, "printed-title")),
    );
    for (const details of document.querySelectorAll<HTMLDetailsElement>("main .host details"))
      details.open = true;
  });
  window.addEventListener("afterprint", () => {
    document.body.classList.remove("prints-host");
    holder.replaceChildren();
  });
};

/** Nobody can unfold paper. */
const opened = (article: HTMLElement): HTMLElement => {
  for (const details of article.querySelectorAll("details")) details.open = true;
  return article;
};

const printedTable = (view: View): HTMLElement => {
  const { scan } = view;
  const rows = view.rows();
  return el(
    "section",
    {},
    el("h2", {}, "Hosts"),
    rows.length > MOST_ROWS
      ? el("p", {}, `The first ${MOST_ROWS} of ${counted(rows.length, "row")}: save the others as CSV.`)
      : null,
    el(
      "table",
      {},
      el(
        "thead",
        {},
        el("tr", {}, el("th", {}, "Host"), ...HOST_COLUMNS.map(({ head }) => el("th", {}, head))),
      ),
      el(
        "tbody",
        {},
        ...Array.from(rows.subarray(0, MOST_ROWS), (row) =>
          el(
            "tr",
            {},
            el("td", {}, scan.name(row)),
            ...HOST_COLUMNS.map(({ cell }) => el("td", {}, cell(scan, row))),
          ),
        ),
      ),
    ),
  );
};
