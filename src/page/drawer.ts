/** The drawer: one host beside the table. Escape closes it, and what had the focus gets it back. */
import { button, el } from "./dom.ts";
import { hostArticle } from "./host-article.ts";
import type { Scan } from "./scan.ts";

export interface Drawer {
  readonly element: HTMLDialogElement;
  /** @param rows what "next" and "previous" go through. */
  open(row: number, rows: Int32Array): void;
  /** The row that is open; null where none is. */
  row(): number | null;
}

const TITLE = "drawer-title";

/** @param onLost is called where what had the focus is no longer there. */
export const makeDrawer = (scan: Scan, onLost: () => void): Drawer => {
  let shown: { readonly row: number; readonly rows: Int32Array } | null = null;
  const body = el("div", { class: "drawer-body" });
  const step = (by: number) => (): void => {
    if (shown === null) return;
    const next = shown.rows[shown.rows.indexOf(shown.row) + by];
    if (next !== undefined) show(next, shown.rows);
  };
  const [previous, next] = [
    button({ class: "quiet" }, step(-1), "Previous"),
    button({ class: "quiet" }, step(1), "Next"),
  ];
  const close = button({ class: "quiet" }, () => element.close(), "Close");
  const print = button({ class: "quiet" }, () => window.print(), "Print");
  const element = el(
    "dialog",
    { class: "drawer", "aria-labelledby": TITLE },
    el("div", { class: "drawer-head" }, previous, next, print, close),
    body,
  );
  element.addEventListener("close", () => {
    shown = null;
    if (document.activeElement === document.body) onLost();
  });
  // A click beside it closes it.
  element.addEventListener("click", ({ target }) => {
    if (target === element) element.close();
  });
  const show = (row: number, rows: Int32Array): void => {
    shown = { row, rows };
    const at = rows.indexOf(row);
    previous.disabled = at <= 0;
    next.disabled = at < 0 || at >= rows.length - 1;
    body.replaceChildren(hostArticle(scan, row, TITLE));
    body.scrollTop = 0;
  };
  return {
    element,
    open(row, rows) {
      show(row, rows);
      if (!element.open) element.showModal();
      document.getElementById(TITLE)?.focus();
    },
    row: () => shown?.row ?? null,
  };
};
