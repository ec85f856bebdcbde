/** The numbers that matter, each a way to its hosts. */
import { button, counted, el, thousands } from "./dom.ts";
import { answered, bySeverity, countOf, endingWithin, oldTls, withoutNla } from "./filters.ts";
import type { Scan } from "./scan.ts";
import type { Filter } from "./view.ts";

interface KeyNumber {
  readonly label: string;
  readonly note: string;
  readonly filter: Filter;
  /** Its colour where it is not zero. */
  readonly tone: "critical" | "warning" | "ok" | "plain";
}

/** @param show shows the hosts of a filter. */
export const keyNumbers = (scan: Scan, show: (filter: Filter) => void): HTMLElement =>
  el(
    "section",
    { class: "numbers", "aria-label": "Key numbers" },
    el(
      "ul",
      {},
      ...numbersOf(scan).map((number) => el("li", {}, tile(number, countOf(scan, number.filter), show))),
    ),
  );

const tile = ({ label, note, filter, tone }: KeyNumber, count: number, show: (filter: Filter) => void) =>
  button(
    { class: `tile ${count === 0 ? "none" : tone}`, disabled: count === 0 },
    () => show(filter),
    el("span", { class: "figure" }, thousands(count)),
    el("span", { class: "label" }, label),
    el("span", { class: "note" }, note),
  );

const numbersOf = (scan: Scan): readonly KeyNumber[] => {
  const without = countOf(scan, { test: (row) => !scan.isAnswered(row) });
  const nla = scan.column("nla");
  const unknown = countOf(scan, {
    test: (row) =>
      scan.isAnswered(row) &&
      (nla.at === null ? nla.values[row] : nla.values[nla.at[row] ?? -1]) === "unknown",
  });
  const asked = countOf(scan, { test: (row) => scan.text("tls_versions", row) !== null });
  const soon = endingWithin(scan, 30);
  const ended = countOf(scan, endingWithin(scan, 0));
  return [
    {
      label: "answer",
      note: without === 0 ? `of ${counted(scan.count, "result")}` : `${thousands(without)} do not`,
      filter: answered(scan),
      tone: "plain",
    },
    {
      label: "critical",
      note: "RDP fails, or is unsafe",
      filter: bySeverity(scan, "critical"),
      tone: "critical",
    },
    { label: "warnings", note: "works, with a fault", filter: bySeverity(scan, "warning"), tone: "warning" },
    { label: "fine", note: "nothing to do", filter: bySeverity(scan, "ok"), tone: "ok" },
    {
      label: "do not require NLA",
      note: unknown === 0 ? "known of all that answer" : `${thousands(unknown)} not known`,
      filter: withoutNla(scan),
      tone: "warning",
    },
    {
      label: "certificates to renew",
      note: ended === 0 ? "within 30 days" : `within 30 days; ${thousands(ended)} ended`,
      filter: soon,
      tone: "warning",
    },
    {
      label: "TLS 1.1 or older",
      note: asked === 0 ? "chosen; others not asked for" : `all versions asked of ${thousands(asked)}`,
      filter: oldTls(scan),
      tone: "warning",
    },
  ];
};
