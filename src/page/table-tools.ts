/** What stands above the table: search, filters, grouping, and the rows as a file. */
import { saveCsv } from "./csv-export.ts";
import { button, counted, el, on, thousands } from "./dom.ts";
import { bySeverity } from "./filters.ts";
import type { HostTable } from "./host-table.ts";
import type { View } from "./view.ts";

const SEARCH_PAUSE_MS = 120;

export const tableTools = (view: View, table: HostTable): HTMLElement => {
  const { scan } = view;
  const search = el("input", {
    type: "search",
    id: "search",
    placeholder: "host, name, verdict, certificate ...",
    autocomplete: "off",
    spellcheck: "false",
  });
  let timer = 0;
  on(search, {
    input: () => {
      clearTimeout(timer);
      timer = window.setTimeout(() => view.setSearch(search.value), SEARCH_PAUSE_MS);
    },
  });
  const severity = el(
    "select",
    { id: "severity" },
    ...["any", "critical", "warning", "ok"].map((value) => el("option", { value }, value)),
  );
  on(severity, {
    change: () => {
      const wanted = (["critical", "warning", "ok"] as const).find((value) => value === severity.value);
      if (wanted === undefined) view.removeFilter("severity");
      else view.setFilter(bySeverity(scan, wanted));
    },
  });
  const grouped = el("input", { type: "checkbox", id: "grouped" });
  on(grouped, { change: () => table.setGrouped(grouped.checked) });
  const folded = foldedCount(view);
  const withFolded = el("input", { type: "checkbox", id: "with-folded" });
  on(withFolded, { change: () => view.showFolded(withFolded.checked) });
  const said = el("p", { class: "said", role: "status" });
  const chips = el("ul", { class: "filters", "aria-label": "Filters" });
  const save = button(
    { class: "quiet", id: "save" },
    () => said.replaceChildren(saveCsv(scan, view.rows())),
    "Save as CSV",
  );
  const told = (): void => {
    const filters = view.filters;
    if (search.value.trim().toLowerCase() !== view.search) search.value = view.search;
    severity.value = filters.find(({ kind }) => kind === "severity")?.label ?? "any";
    const shown = view.rows().length;
    said.replaceChildren(`${thousands(shown)} of ${counted(scan.count, "result")}`);
    chips.replaceChildren(
      ...filters.map(({ kind, label }) =>
        el(
          "li",
          {},
          button(
            { class: "filter", "aria-label": `Remove the filter ${label}` },
            () => view.removeFilter(kind),
            label,
            el("span", { "aria-hidden": "true" }, " ×"),
          ),
        ),
      ),
      ...(filters.length === 0 && view.search === ""
        ? []
        : [
            el(
              "li",
              {},
              button({ class: "quiet" }, () => view.clear(), "Show all"),
            ),
          ]),
    );
  };
  view.onChange(told);
  told();
  return el(
    "div",
    { class: "tools" },
    el("div", { class: "field grow" }, el("label", { for: "search" }, "Search"), search),
    el("div", { class: "field" }, el("label", { for: "severity" }, "Severity"), severity),
    el("div", { class: "check" }, grouped, el("label", { for: "grouped" }, "Group by network")),
    folded === 0 || folded === scan.count
      ? null
      : el(
          "div",
          { class: "check" },
          withFolded,
          el("label", { for: "with-folded" }, `${counted(folded, "address", "addresses")} without RDP`),
        ),
    save,
    chips,
    said,
  );
};

const foldedCount = ({ scan }: View): number => {
  let count = 0;
  for (let row = 0; row < scan.count; row += 1) if (scan.isFolded(row)) count += 1;
  return count;
};
