/** What is wrong now, worst first: each with its hosts, what to look at first and what mends it. */
import { commandPlace } from "../report/text/command-place.ts";
import type { Remedy } from "../verdict/remedies/remedy.ts";
import { button, chip, counted, el } from "./dom.ts";
import { byProblem } from "./filters.ts";
import { type ProblemMark, problemsIn, type Scan } from "./scan.ts";
import type { Filter } from "./view.ts";

interface Problem extends ProblemMark {
  readonly hosts: number;
}

/** Problems that are shown at once. */
const SHOWN = 12;
/** Commands of a check that are shown; the others are with each host. */
const COMMANDS = 3;

/** @param show shows the hosts of a filter. */
export const problemList = (scan: Scan, show: (filter: Filter) => void): HTMLElement => {
  const problems = problemsOf(scan);
  const most = problems.reduce((largest, { hosts }) => Math.max(largest, hosts), 1);
  const items = problems.map((problem) => item(problem, most, scan, show));
  const list = el("ol", { class: "problems" }, ...items.slice(0, SHOWN));
  const rest = items.slice(SHOWN);
  const more = button(
    { class: "quiet" },
    () => {
      list.append(...rest);
      more.remove();
    },
    `Show ${counted(rest.length, "more problem")}`,
  );
  return el(
    "section",
    { id: "problems", "aria-labelledby": "problems-title" },
    el("h2", { id: "problems-title" }, "What is wrong now"),
    problems.length === 0 ? el("p", { class: "empty" }, "Nothing: no critical result and no warning.") : list,
    rest.length === 0 ? null : more,
  );
};

/** The worst first, and of those the most frequent. */
const problemsOf = (scan: Scan): readonly Problem[] => {
  const { values, at } = scan.column("problems");
  const marks = values.map(problemsIn);
  const found = new Map<string, Problem>();
  for (let row = 0; row < scan.count; row += 1) {
    if (scan.isFolded(row)) continue;
    for (const { severity, code } of marks[at === null ? row : (at[row] ?? -1)] ?? []) {
      const before = found.get(code);
      const worst = before?.severity === "critical" ? "critical" : severity;
      found.set(code, { code, severity: worst, hosts: (before?.hosts ?? 0) + 1 });
    }
  }
  return [...found.values()].sort(
    (a, b) => Number(b.severity === "critical") - Number(a.severity === "critical") || b.hosts - a.hosts,
  );
};

const item = (
  { code, severity, hosts }: Problem,
  most: number,
  scan: Scan,
  show: (filter: Filter) => void,
) => {
  const text = scan.data.problems[code];
  const title = text?.title ?? code;
  const [check, fix] = [text?.check ?? -1, text?.fix ?? -1].map((place) => scan.data.remedies[place] ?? null);
  const bar = el("span", { class: `bar ${severity}`, "aria-hidden": "true" });
  bar.style.setProperty("--share", `${(100 * hosts) / most}%`);
  return el(
    "li",
    {},
    el(
      "div",
      { class: "problem-head" },
      chip(severity),
      el("h3", {}, sentence(title)),
      button(
        { class: "hosts", "aria-label": `Show ${counted(hosts, scan.noun)}: ${title}` },
        () => show(byProblem(scan, code, title)),
        counted(hosts, scan.noun),
        bar,
      ),
    ),
    el(
      "details",
      {},
      el(
        "summary",
        {},
        ...(check == null ? [] : [el("strong", {}, "Check first: "), `${check.title}. `]),
        ...(fix == null ? [] : [el("strong", {}, check == null ? "Fix: " : "Then fix: "), fix.title]),
        ...(check == null && fix == null ? ["What it means"] : []),
      ),
      text?.about == null ? null : el("p", {}, text.about),
      check == null ? null : step("Check first", check, commandPlace(check)),
      fix == null ? null : step(check == null ? "Fix" : "Then fix", fix, null),
      ...(check?.commands.slice(0, COMMANDS) ?? []).map((command) => el("pre", {}, el("code", {}, command))),
      text?.about == null && check == null && fix == null
        ? el("p", {}, "Open a host to see what was found there.")
        : null,
    ),
  );
};

const step = (label: string, { id, title }: Remedy, place: string | null): HTMLElement =>
  el(
    "p",
    { class: "step" },
    el("strong", {}, `${label}: `),
    title,
    place === null ? null : el("span", { class: "where" }, ` (${place})`),
    " ",
    el("code", {}, `rdprobe explain ${id}`),
  );

export const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
