/** The page: reads its data, builds its parts, and connects them. */
import { barCards } from "./bars.ts";
import { certificateEnds, dayOf } from "./certificate-ends.ts";
import { changeList } from "./change-list.ts";
import { button, counted, el, thousands } from "./dom.ts";
import { makeDrawer } from "./drawer.ts";
import { hostArticle } from "./host-article.ts";
import { type HostTable, hostTable } from "./host-table.ts";
import { keyNumbers } from "./key-numbers.ts";
import { startPrinting } from "./print.ts";
import { problemList } from "./problem-list.ts";
import { readScan, type Scan } from "./scan.ts";
import { sharedKeys } from "./shared-keys.ts";
import { tableTools } from "./table-tools.ts";
import { startTheme, themeButton } from "./theme.ts";
import { type Filter, View } from "./view.ts";

const start = async (): Promise<void> => {
  startTheme();
  const scan = await readScan();
  const view = new View(scan);
  const table = hostTable(view, (row) => drawer.open(row, view.rows()));
  const drawer = makeDrawer(scan, () => table.focus());
  const printed = el("div", { class: "printed" });
  const main =
    scan.count === 1 ? oneHost(scan) : manyHosts(view, table, (row) => drawer.open(row, view.rows()));
  document.body.append(head(scan), main, drawer.element, printed, foot(scan));
  startPrinting(printed, view, drawer);
  document.title = scan.count === 1 ? `RDP: ${scan.name(0)}` : `RDP report, ${counted(scan.count, "result")}`;
  document.documentElement.dataset["ready"] = "true";
  performance.mark("ready");
};

const head = (scan: Scan): HTMLElement =>
  el(
    "header",
    { class: "top" },
    el("a", { class: "skip", href: "#main" }, "Skip to the content"),
    el(
      "div",
      {},
      el("h1", {}, scan.count === 1 ? "RDP probe" : "RDP report"),
      el("p", { class: "about" }, ...origin(scan)),
    ),
    el(
      "div",
      { class: "actions" },
      themeButton(),
      button({ class: "quiet" }, () => window.print(), "Print"),
    ),
  );

const DAY_MS = 86_400_000;
const OLD_DAYS = 3;

const origin = (scan: Scan): readonly string[] => {
  const { source, firstAt, lastAt, madeAt, leftOut } = scan.data;
  const minute = (time: string): string => `${time.slice(0, 16).replace("T", " ")} UTC`;
  const days =
    firstAt === null || lastAt === null
      ? null
      : [...new Set([firstAt, lastAt].map((time) => dayOf(new Date(time))))];
  const age = Math.floor((Date.now() - scan.now.getTime()) / DAY_MS);
  return [
    [
      scan.count === 1 ? null : counted(scan.count, "result"),
      source === null ? null : `from ${source}`,
      days === null ? null : `probed ${days.join(" to ")}`,
      `report of ${minute(madeAt)}`,
    ]
      .filter((part) => part !== null)
      .join(" · "),
    leftOut === 0 ? "" : ` · ${thousands(leftOut)} more results have no room in this page`,
    age < OLD_DAYS ? "" : ` · ${age} days old: days left are counted from then`,
  ].filter((part) => part !== "");
};

/** A ticket's attachment: the whole ladder at once. */
const oneHost = (scan: Scan): HTMLElement =>
  el(
    "main",
    { id: "main", class: "one" },
    hostArticle(scan, 0, "host-title"),
    changeList(scan, () => {}),
  );

const manyHosts = (view: View, table: HostTable, open: (row: number) => void): HTMLElement => {
  const { scan } = view;
  const hosts = el(
    "section",
    { id: "hosts", "aria-labelledby": "hosts-title" },
    el("h2", { id: "hosts-title", tabindex: "-1" }, scan.noun === "host" ? "Hosts" : "Connections"),
    tableTools(view, table),
    table.element,
  );
  const show = (filter: Filter): void => {
    view.setOnly(filter);
    hosts.scrollIntoView({ block: "start" });
    document.getElementById("hosts-title")?.focus({ preventScroll: true });
  };
  return el(
    "main",
    { id: "main" },
    keyNumbers(scan, show),
    problemList(scan, show),
    changeList(scan, open),
    certificateEnds(scan, show),
    barCards(scan, show),
    sharedKeys(scan, show),
    hosts,
  );
};

const foot = (scan: Scan): HTMLElement =>
  el(
    "footer",
    {},
    el("p", {}, `rdprobe ${scan.data.version}. This file is whole: it loads nothing and sends nothing.`),
  );

void start();
