/** When the certificates end: what has ended, what ends if nobody acts, and which are next. */
import uPlot from "uplot";
import { daysLeftText } from "../verdict/days-left.ts";
import { button, counted, el, thousands } from "./dom.ts";
import { byCertificate, countOf, endingWithin } from "./filters.ts";
import type { Scan } from "./scan.ts";
import { onTheme, themeColor } from "./theme.ts";
import type { Filter } from "./view.ts";

/** A certificate and how many hosts show it. */
interface End {
  readonly place: number;
  readonly at: Date;
  readonly days: number;
  readonly hosts: number;
  readonly isByWindows: boolean;
  readonly subject: string;
}

const WEEKS = 60;
const NEXT = 8;

/** @param show shows the hosts of a filter. */
export const certificateEnds = (scan: Scan, show: (filter: Filter) => void): HTMLElement | null => {
  const ends = endsOf(scan);
  if (ends.length === 0) return null;
  return el(
    "section",
    { id: "certificates", "aria-labelledby": "certificates-title" },
    el("h2", { id: "certificates-title" }, "When certificates end"),
    el(
      "div",
      { class: "ends" },
      el("div", { class: "card" }, figures(scan, show), chartOf(scan, ends)),
      el("div", { class: "card" }, el("h3", {}, "The next ones"), nextList(scan, ends, show)),
    ),
  );
};

const endsOf = (scan: Scan): readonly End[] => {
  const ends = new Map<number, { readonly row: number; hosts: number }>();
  for (let row = 0; row < scan.count; row += 1) {
    const place = scan.certificatePlace(row);
    const known = ends.get(place);
    if (known !== undefined) known.hosts += 1;
    else if (!Number.isNaN(scan.days(row))) ends.set(place, { row, hosts: 1 });
  }
  return [...ends].flatMap(([place, { row, hosts }]) => {
    const certificate = scan.certificate(place);
    if (certificate === null || certificate.notAfter === null) return [];
    const { notAfter, isByWindows, subject } = certificate;
    return [
      { place, at: notAfter, days: scan.days(row), hosts, isByWindows, subject: subject ?? "no subject" },
    ];
  });
};

const figures = (scan: Scan, show: (filter: Filter) => void): HTMLElement => {
  const within = [0, 30, 60, 90].map((days) => {
    const filter = endingWithin(scan, days);
    return { days, filter, count: countOf(scan, filter) };
  });
  const ended = within[0]?.count ?? 0;
  const replaced = countOf(scan, {
    test: (row) => scan.days(row) >= 0 && scan.days(row) < 90 && scan.isByWindows(row),
  });
  return el(
    "div",
    {},
    el("h3", {}, "If nobody acts"),
    el(
      "ul",
      { class: "figures" },
      ...within.map(({ days, filter, count }) =>
        el(
          "li",
          {},
          button(
            { class: "figure-row", disabled: count === 0 },
            () => show(filter),
            el("span", { class: "figure" }, thousands(count)),
            el("span", { class: "label" }, days === 0 ? "have ended" : `ended in ${days} days`),
          ),
        ),
      ),
    ),
    el(
      "p",
      { class: "about" },
      `Hosts; those in 30, 60 and 90 days count what has ended${ended === 0 ? "" : " already"}.`,
      replaced === 0
        ? null
        : ` Not counted: ${counted(replaced, scan.noun)} with a certificate of Windows' own that ends within 90 days, which Windows replaces.`,
    ),
  );
};

interface Week {
  readonly start: number;
  ended: number;
  soon: number;
  later: number;
  replaced: number;
}

const WEEK_SECONDS = 7 * 86_400;
/** What ends within so many days stands out. */
const SOON_DAYS = 90;

const weeksOf = (scan: Scan, ends: readonly End[]): readonly Week[] => {
  const now = scan.now.getTime() / 1000;
  const weeks: Week[] = Array.from({ length: WEEKS }, (_, index) => ({
    start: now + (index - PAST_WEEKS) * WEEK_SECONDS,
    ...{ ended: 0, soon: 0, later: 0, replaced: 0 },
  }));
  for (const { at, days, hosts, isByWindows } of ends) {
    const index = Math.floor((at.getTime() / 1000 - now) / WEEK_SECONDS) + PAST_WEEKS;
    const week = weeks[index];
    if (week === undefined) continue;
    if (days < 0) week.ended += hosts;
    else if (isByWindows) week.replaced += hosts;
    else if (days < SOON_DAYS) week.soon += hosts;
    else week.later += hosts;
  }
  return weeks;
};

const PAST_WEEKS = 8;
const HEIGHT = 180;

/** Stacks of one week a bar: the largest stands behind. */
const SERIES = [
  {
    label: "Windows replaces",
    color: "--muted",
    height: ({ ended, soon, later, replaced }: Week) => ended + soon + later + replaced,
  },
  { label: "later", color: "--accent", height: ({ ended, soon, later }: Week) => ended + soon + later },
  {
    label: `within ${SOON_DAYS} days`,
    color: "--warning-bar",
    height: ({ ended, soon }: Week) => ended + soon,
  },
  { label: "ended", color: "--critical-bar", height: ({ ended }: Week) => ended },
] as const;

const chartOf = (scan: Scan, ends: readonly End[]): HTMLElement => {
  const weeks = weeksOf(scan, ends);
  const shown = weeks.reduce((sum, week) => sum + SERIES[0].height(week), 0);
  const all = ends.reduce((sum, { hosts }) => sum + hosts, 0);
  const holder = el("div", { class: "chart", role: "img", "aria-label": summaryOf(weeks) });
  const bars = uPlot.paths.bars?.({ size: [0.8, 24], align: 1 });
  const data: uPlot.AlignedData = [
    weeks.map(({ start }) => start),
    ...SERIES.map(({ height }) => weeks.map((week) => height(week) || null)),
  ];
  let plot: uPlot | null = null;
  const draw = (): void => {
    plot?.destroy();
    const axis = {
      stroke: themeColor("--muted"),
      grid: { stroke: themeColor("--line"), width: 1 },
      ticks: { show: false },
    };
    const font = "12px system-ui, sans-serif";
    plot = new uPlot(
      {
        width: Math.max(holder.clientWidth, 200),
        height: HEIGHT,
        cursor: { show: false },
        legend: { show: false },
        scales: { y: { range: (_, __, most) => [0, Math.max(1, most ?? 1)] } },
        axes: [
          {
            ...axis,
            font,
            grid: { show: false },
            values: [[1, "{MMM} {YYYY}", null, null, null, null, null, null, 1]],
            space: 70,
          },
          {
            ...axis,
            font,
            size: 44,
            incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000],
          },
        ],
        series: [
          {},
          ...SERIES.map(({ label, color }) => ({
            label,
            fill: themeColor(color),
            stroke: themeColor(color),
            width: 0,
            points: { show: false },
            ...(bars === undefined ? {} : { paths: bars }),
          })),
        ],
      },
      data,
      holder,
    );
  };
  onTheme(draw);
  new ResizeObserver(() => {
    if (plot === null) draw();
    else plot.setSize({ width: Math.max(holder.clientWidth, 200), height: HEIGHT });
  }).observe(holder);
  return el(
    "div",
    {},
    el("h3", {}, "Hosts by the week of the end"),
    holder,
    el(
      "p",
      { class: "legend" },
      ...SERIES.filter(
        ({ label }) => label !== "Windows replaces" || weeks.some(({ replaced }) => replaced > 0),
      )
        .map(({ label, color }) => {
          const key = el("span", { class: "key", "aria-hidden": "true" });
          key.style.setProperty("--key", `var(${color})`);
          return el("span", {}, key, label);
        })
        .toReversed(),
    ),
    all === shown
      ? null
      : el("p", { class: "about" }, `${counted(all - shown, scan.noun)} outside of these weeks.`),
  );
};

const summaryOf = (weeks: readonly Week[]): string => {
  const parts = weeks.flatMap((week) => {
    const hosts = SERIES[0].height(week);
    return hosts === 0 ? [] : [`week of ${dayOf(new Date(week.start * 1000))}: ${hosts}`];
  });
  return `Bar chart, hosts whose certificate ends: ${parts.slice(0, 20).join("; ")}${parts.length > 20 ? "; and more" : ""}`;
};

const nextList = (scan: Scan, ends: readonly End[], show: (filter: Filter) => void): HTMLElement => {
  const next = ends
    .filter(({ days, isByWindows }) => days >= 0 && !isByWindows)
    .sort((a, b) => a.days - b.days)
    .slice(0, NEXT);
  if (next.length === 0)
    return el("p", { class: "empty" }, "No certificate ends later: all that were seen have ended.");
  return el(
    "ol",
    { class: "next" },
    ...next.map(({ place, at, days, hosts, subject }) =>
      el(
        "li",
        {},
        el("time", { datetime: at.toISOString() }, dayOf(at)),
        el("span", { class: "what" }, subject),
        el("span", { class: "note" }, daysLeftText(days)),
        button(
          { class: "hosts", "aria-label": `Show ${counted(hosts, scan.noun)} with ${subject}` },
          () => show(byCertificate(scan, place, `certificate ${subject}`)),
          counted(hosts, scan.noun),
        ),
      ),
    ),
  );
};

export const dayOf = (date: Date): string => date.toISOString().slice(0, 10);
