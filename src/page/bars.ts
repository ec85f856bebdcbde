/** How the hosts divide, as bars: each bar is a list entry with its number, and a way to its hosts. */
import type { TextColumnName } from "../report/page/page-data.ts";
import { button, el, thousands } from "./dom.ts";
import { byText } from "./filters.ts";
import { type Scan, textIn } from "./scan.ts";
import type { Filter } from "./view.ts";

interface Bar {
  readonly label: string;
  readonly count: number;
  readonly tone: Tone;
  readonly filter: Filter;
}

type Tone = "critical" | "warning" | "ok" | "plain" | "unknown";

/** Bars of one card; the others are told as a number. */
const SHOWN = 8;

/** @param show shows the hosts of a filter. */
export const barCards = (scan: Scan, show: (filter: Filter) => void): HTMLElement => {
  const cards = CARDS.map(({ title, note, bars }) => ({ title, note, bars: bars(scan) }));
  return el(
    "section",
    { id: "shares", "aria-labelledby": "shares-title" },
    el("h2", { id: "shares-title" }, `How the ${scan.noun}s divide`),
    el(
      "div",
      { class: "cards" },
      ...cards
        .filter(({ bars }) => bars.length > 0)
        .map(({ title, note, bars }) => card(title, note, bars, show)),
    ),
  );
};

const card = (title: string, note: string | null, bars: readonly Bar[], show: (filter: Filter) => void) => {
  const most = bars.reduce((largest, { count }) => Math.max(largest, count), 1);
  const all = bars.reduce((sum, { count }) => sum + count, 0);
  const others = bars.slice(SHOWN);
  return el(
    "div",
    { class: "card" },
    el("h3", {}, title),
    note === null ? null : el("p", { class: "about" }, note),
    el(
      "ul",
      { class: "bars" },
      ...bars.slice(0, SHOWN).map(({ label, count, tone, filter }) => {
        const bar = el("span", { class: `bar ${tone}`, "aria-hidden": "true" });
        bar.style.setProperty("--share", `${(100 * count) / most}%`);
        return el(
          "li",
          {},
          button(
            { class: "bar-row" },
            () => show(filter),
            el("span", { class: "bar-label" }, label),
            el(
              "span",
              { class: "bar-count" },
              thousands(count),
              el("span", { class: "percent" }, ` ${percent(count, all)}`),
            ),
            bar,
          ),
        );
      }),
    ),
    others.length === 0
      ? null
      : el(
          "p",
          { class: "about" },
          `${thousands(others.length)} more kinds, at ${thousands(others.reduce((sum, { count }) => sum + count, 0))} hosts.`,
        ),
  );
};

const percent = (count: number, all: number): string => {
  const share = (100 * count) / all;
  return share > 0 && share < 1 ? "<1 %" : `${Math.round(share)} %`;
};

interface Card {
  readonly title: string;
  readonly note: string | null;
  readonly bars: (scan: Scan) => readonly Bar[];
}

/** Counts the texts of rows; null where a row does not count. */
const counts = (scan: Scan, read: (row: number) => string | null): readonly (readonly [string, number])[] => {
  const found = new Map<string, number>();
  for (let row = 0; row < scan.count; row += 1) {
    const text = read(row);
    if (text !== null) found.set(text, (found.get(text) ?? 0) + 1);
  }
  return [...found].sort(([, a], [, b]) => b - a);
};

/** Bars of a column, among the hosts that answer. */
const columnBars =
  (name: TextColumnName, kind: string, labelOf: (text: string) => string, toneOf: (text: string) => Tone) =>
  (scan: Scan): readonly Bar[] => {
    const column = scan.column(name);
    const read = (row: number): string | null => (scan.isAnswered(row) ? textIn(column, row) : null);
    return counts(scan, read).map(([text, count]) => ({
      label: labelOf(text),
      count,
      tone: toneOf(text),
      filter: { ...byText(scan, kind, name, text, labelOf(text)), test: (row) => read(row) === text },
    }));
  };

const same = (text: string): string => text;

const NLA: Readonly<Record<string, readonly [label: string, tone: Tone]>> = {
  required: ["NLA required", "ok"],
  optional: ["NLA optional", "warning"],
  unsupported: ["NLA not supported", "warning"],
  unknown: ["not known", "unknown"],
};

const tlsName = (version: string): string => (version === "ssl3" ? "SSL 3" : `TLS ${version}`);

const isOldTls = (version: string): boolean => version === "ssl3" || version === "1.0" || version === "1.1";

/** RSA below 2048 bits (NIST SP 800-131A); the others that servers use are as strong or stronger. */
const isShortKey = (key: string): boolean => {
  const bits = /^(?:rsa|dsa)\S* (\d+)$/.exec(key)?.[1];
  return bits !== undefined && Number(bits) < 2048;
};

const verdictBars = (scan: Scan): readonly Bar[] => {
  const column = scan.column("verdict");
  const worst = new Map<string, Tone>();
  for (let row = 0; row < scan.count; row += 1) {
    const verdict = textIn(column, row) ?? "";
    if (!worst.has(verdict)) worst.set(verdict, scan.isFolded(row) ? "unknown" : toneOfVerdict(scan, row));
  }
  return counts(scan, (row) => textIn(column, row)).map(([verdict, count]) => ({
    label: verdict,
    count,
    tone: worst.get(verdict) ?? "plain",
    filter: byText(scan, "verdict", "verdict", verdict, verdict),
  }));
};

/** Of the verdict, and not of findings beside it. */
const toneOfVerdict = (scan: Scan, row: number): Tone =>
  scan.problems(row).find(({ code }) => code.startsWith(`${scan.text("verdict", row)}@`))?.severity ?? "ok";

const keyBars = (scan: Scan): readonly Bar[] => {
  const { key: keys } = scan.data.certificates;
  const read = (row: number): string | null => textIn(keys, scan.certificatePlace(row));
  return counts(scan, read).map(([key, count]) => ({
    label: key,
    count,
    tone: isShortKey(key) ? "critical" : "ok",
    filter: { kind: "key", label: `key ${key}`, test: (row) => read(row) === key },
  }));
};

const PROGRAMS: Readonly<Record<string, string>> = {
  windows: "Windows",
  xrdp: "xrdp",
  freerdp: "FreeRDP's library",
  virtualbox: "VirtualBox",
};

const systemBars = (scan: Scan): readonly Bar[] => {
  const read = (row: number): string | null => (scan.isAnswered(row) ? systemOf(scan, row) : null);
  return counts(scan, read).map(([system, count]) => ({
    label: system,
    count,
    tone: system === NOT_KNOWN ? "unknown" : "plain",
    filter: { kind: "system", label: system, test: (row) => read(row) === system },
  }));
};

const NOT_KNOWN = "not known";

/** The system that the server names; another program than Windows names one that is not there. */
export const systemOf = (scan: Scan, row: number): string => {
  const server = scan.text("server", row);
  if (server !== null && server !== "windows") return PROGRAMS[server] ?? server;
  const [first, ...others] = (scan.text("os", row) ?? "").split("; ");
  const os = first === undefined || first === "" ? null : others.length === 0 ? first : `${first} or alike`;
  return os ?? (server === null ? NOT_KNOWN : (PROGRAMS[server] ?? server));
};

const CARDS: readonly Card[] = [
  { title: "Verdicts", note: null, bars: verdictBars },
  {
    title: "NLA",
    note: null,
    bars: columnBars(
      "nla",
      "nla",
      (text) => NLA[text]?.[0] ?? text,
      (text) => NLA[text]?.[1] ?? "plain",
    ),
  },
  {
    title: "TLS version chosen",
    note: null,
    bars: columnBars("tls_version", "tls", tlsName, (text) => (isOldTls(text) ? "critical" : "ok")),
  },
  {
    title: "TLS versions accepted",
    note: "Where all were asked for.",
    bars: columnBars("tls_versions", "tls", same, (text) =>
      text.split(" ").some(isOldTls) ? "critical" : "ok",
    ),
  },
  { title: "Certificate keys", note: null, bars: keyBars },
  { title: "Systems", note: null, bars: systemBars },
];
