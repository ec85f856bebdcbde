/** The table of hosts: only what is on the screen is in the document, so that 50,000 rows cost what 40 do. */
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";
import { button, counted, el, on, thousands } from "./dom.ts";
import type { Scan } from "./scan.ts";
import { bySubnet, type Group } from "./subnets.ts";
import { HOST_COLUMNS } from "./table-columns.ts";
import type { SortKey, View } from "./view.ts";

export interface HostTable {
  readonly element: HTMLElement;
  /** Whether rows stand under their networks. */
  setGrouped(isGrouped: boolean): void;
  /** Gives the focus to the row that had it last. */
  focus(): void;
}

type Item = { readonly row: number } | { readonly group: Group };

/** Of page.css: on a narrow screen the result stands under the host. */
const NARROW = matchMedia("(max-width: 680px)");
const MEDIUM = matchMedia("(max-width: 1000px)");
const rowHeight = (): number => (NARROW.matches ? 58 : 40);
/** Of page.css too: a cell over more columns than there are would make them. */
const shownColumns = (): number => (NARROW.matches ? 2 : MEDIUM.matches ? 6 : HOST_COLUMNS.length + 1);
const OVERSCAN = 10;

/** @param open opens the drawer of a row. */
export const hostTable = (view: View, open: (row: number) => void): HostTable => {
  const { scan } = view;
  let isGrouped = false;
  const opened = new Set<string>();
  let items: readonly Item[] = [];
  /** The item whose button is in the tab order. */
  let active = 0;

  const body = el("tbody");
  const heads = [{ key: "host" as const, head: "Host", name: "host" }, ...HOST_COLUMNS].map(
    ({ key, head, name }) => headCell(view, key, head, name),
  );
  const table = el(
    "table",
    { class: "hosts-table", "aria-label": "Hosts" },
    el("thead", {}, el("tr", { "aria-rowindex": "1" }, ...heads)),
    body,
  );
  const scroller = el("div", { class: "scroller" }, table);
  const virtualizer = new Virtualizer<HTMLDivElement, HTMLTableRowElement>({
    count: 0,
    getScrollElement: () => scroller,
    estimateSize: rowHeight,
    overscan: OVERSCAN,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => render(),
  });

  const rowOf = (item: Item, index: number): HTMLTableRowElement => {
    const attributes = { "aria-rowindex": index + 2, "data-index": index };
    const tabindex = index === active ? "0" : "-1";
    return "row" in item
      ? hostRow(scan, item.row, { attributes, tabindex, open })
      : groupRow(scan, item.group, {
          attributes,
          tabindex,
          isOpen: opened.has(item.group.name),
          toggle: () => toggle(item.group),
        });
  };

  const buttonOf = (index: number): HTMLElement | null =>
    body.querySelector(`[data-index="${index}"] button`);

  const toggle = ({ name }: Group): void => {
    if (!opened.delete(name)) opened.add(name);
    update();
    focusOn(active);
  };

  /** What is in the document: as long as that is all, nothing is made anew, and what has the focus keeps it. */
  let inDocument = "";
  const render = (isForced = false): void => {
    const shown = virtualizer.getVirtualItems();
    const range = `${shown[0]?.index} ${shown.at(-1)?.index} ${virtualizer.getTotalSize()}`;
    if (!isForced && range === inDocument) return;
    inDocument = range;
    const focused = body.contains(document.activeElement);
    const above = shown[0]?.start ?? 0;
    const below = virtualizer.getTotalSize() - (shown.at(-1)?.end ?? 0);
    body.replaceChildren(
      spacer(above),
      ...shown.flatMap(({ index }) => {
        const item = items[index];
        return item === undefined ? [] : [rowOf(item, index)];
      }),
      spacer(below),
    );
    if (focused || wantsFocus) giveFocus();
  };

  /** Its row may come into the document only when the browser has scrolled. */
  let wantsFocus = false;
  const giveFocus = (): void => {
    const own = buttonOf(active);
    own?.focus({ preventScroll: true });
    wantsFocus = own === null;
  };

  const focusOn = (index: number): void => {
    active = Math.max(0, Math.min(index, items.length - 1));
    virtualizer.scrollToIndex(active, { align: "auto" });
    wantsFocus = true;
    render();
    giveFocus();
  };

  const update = (): void => {
    items = isGrouped
      ? groupedItems(bySubnet(scan, view.rows()), opened)
      : Array.from(view.rows(), (row) => ({ row }));
    active = Math.min(active, Math.max(0, items.length - 1));
    table.setAttribute("aria-rowcount", String(items.length + 1));
    virtualizer.setOptions({ ...virtualizer.options, count: items.length });
    virtualizer._willUpdate();
    render(true);
  };

  on(scroller, {
    keydown: (event) => {
      const page = Math.max(1, Math.floor(scroller.clientHeight / rowHeight()) - 2);
      const steps: Readonly<Record<string, number>> = {
        ArrowDown: active + 1,
        ArrowUp: active - 1,
        PageDown: active + page,
        PageUp: active - page,
        Home: 0,
        End: items.length - 1,
      };
      const to = steps[event.key];
      if (to === undefined || !body.contains(document.activeElement)) return;
      event.preventDefault();
      focusOn(to);
    },
  });
  body.addEventListener("focusin", ({ target }) => {
    const index = target instanceof Element ? target.closest("tr")?.dataset["index"] : undefined;
    if (index === undefined) return;
    buttonOf(active)?.setAttribute("tabindex", "-1");
    active = Number(index);
    buttonOf(active)?.setAttribute("tabindex", "0");
  });
  // The whole row is a target for the mouse; the keyboard has the button.
  body.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element) || target.closest("button") !== null) return;
    const item = items[Number(target.closest("tr")?.dataset["index"] ?? Number.NaN)];
    if (item !== undefined && "row" in item) open(item.row);
  });

  const element = el("div", { class: "table-holder" }, scroller);
  view.onChange(() => {
    scroller.scrollTop = 0;
    active = 0;
    for (const head of heads) head.dispatchEvent(new Event("sorted"));
    update();
  });
  for (const width of [NARROW, MEDIUM]) {
    width.addEventListener("change", () => {
      virtualizer.measure();
      render(true);
    });
  }
  // It measures once it is in the document.
  requestAnimationFrame(() => {
    virtualizer._didMount();
    update();
  });
  return {
    element,
    focus: () => focusOn(active),
    setGrouped(grouped) {
      isGrouped = grouped;
      opened.clear();
      active = 0;
      update();
    },
  };
};

const groupedItems = (groups: readonly Group[], opened: ReadonlySet<string>): readonly Item[] =>
  groups.flatMap((group) => [
    { group },
    ...(opened.has(group.name) ? group.rows.map((row): Item => ({ row })) : []),
  ]);

const headCell = (view: View, key: SortKey, head: string, name: string): HTMLTableCellElement => {
  const cell = el(
    "th",
    { scope: "col", class: name },
    button(
      { class: "sort" },
      () => {
        const { by, descending } = view.sort;
        view.setSort({ by: key, descending: by === key && !descending });
      },
      head,
    ),
  );
  const told = (): void => {
    const { by, descending } = view.sort;
    if (by === key) cell.setAttribute("aria-sort", descending ? "descending" : "ascending");
    else cell.removeAttribute("aria-sort");
  };
  cell.addEventListener("sorted", told);
  told();
  return cell;
};

interface RowForm {
  readonly attributes: Readonly<Record<string, number>>;
  readonly tabindex: string;
}

const hostRow = (
  scan: Scan,
  row: number,
  { attributes, tabindex, open }: RowForm & { readonly open: (row: number) => void },
) => {
  const address = scan.text("host", row) === null ? null : scan.text("address", row);
  return el(
    "tr",
    attributes,
    el(
      "th",
      { scope: "row", class: "host" },
      button({ class: "link", tabindex }, () => open(row), scan.name(row)),
      address === null ? null : el("span", { class: "note address" }, address),
      el("span", { class: "note narrow-result" }, scan.text("title", row) ?? ""),
    ),
    ...HOST_COLUMNS.map(({ name, cell }) => el("td", { class: name }, cell(scan, row))),
  );
};

const groupRow = (
  scan: Scan,
  { name, rows }: Group,
  {
    attributes,
    tabindex,
    isOpen,
    toggle,
  }: RowForm & { readonly isOpen: boolean; readonly toggle: () => void },
) => {
  const counts = (["critical", "warning", "ok"] as const).map(
    (severity) => `${thousands(rows.filter((row) => scan.severity(row) === severity).length)} ${severity}`,
  );
  return el(
    "tr",
    { ...attributes, class: "group" },
    el(
      "th",
      { scope: "rowgroup", colspan: shownColumns() },
      button({ class: "link", tabindex, "aria-expanded": isOpen ? "true" : "false" }, toggle, name),
      el("span", { class: "note" }, `${counted(rows.length, scan.noun)}: ${counts.join(", ")}`),
    ),
  );
};

/** What is not in the document takes its room. */
const spacer = (height: number): HTMLTableRowElement => {
  const row = el("tr", { class: "spacer", "aria-hidden": "true" });
  const cell = el("td");
  cell.style.height = `${height}px`;
  row.append(cell);
  return row;
};
