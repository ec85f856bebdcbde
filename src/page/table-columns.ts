/** The columns of the table of hosts. */
import { systemOf } from "./bars.ts";
import { chip, el } from "./dom.ts";
import type { Scan } from "./scan.ts";
import type { SortKey } from "./view.ts";

export interface HostColumn {
  readonly key: SortKey;
  readonly head: string;
  /** Its class: the style says which give way on a narrow screen. */
  readonly name: string;
  readonly cell: (scan: Scan, row: number) => Node | string;
}

/** Without the first, which is the host itself and opens its drawer. */
export const HOST_COLUMNS: readonly HostColumn[] = [
  { key: "severity", head: "Severity", name: "severity", cell: (scan, row) => chip(scan.severity(row)) },
  { key: "title", head: "Result", name: "result", cell: (scan, row) => scan.text("title", row) ?? "" },
  { key: "nla", head: "NLA", name: "nla", cell: (scan, row) => nlaText(scan, row) },
  { key: "tls_version", head: "TLS", name: "tls", cell: (scan, row) => scan.text("tls_version", row) ?? "" },
  { key: "days", head: "Cert. days", name: "days", cell: (scan, row) => daysCell(scan, row) },
  {
    key: "os",
    head: "System",
    name: "os",
    cell: (scan, row) => (scan.isAnswered(row) ? systemOf(scan, row) : ""),
  },
  { key: "name", head: "Computer", name: "computer", cell: (scan, row) => scan.text("name", row) ?? "" },
];

const nlaText = (scan: Scan, row: number): string => {
  if (!scan.isAnswered(row)) return "";
  const nla = scan.text("nla", row) ?? "";
  return nla === "unsupported" ? "no" : nla;
};

const SOON_DAYS = 30;

const daysCell = (scan: Scan, row: number): Node | string => {
  const days = scan.wholeDays(row);
  if (days === null) return "";
  return days < SOON_DAYS
    ? el("strong", { class: days < 0 ? "critical" : "warning" }, String(days))
    : String(days);
};
