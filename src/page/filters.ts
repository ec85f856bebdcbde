/** The filters that several parts of the page set. */
import type { TextColumnName } from "../report/page/page-data.ts";
import { textIn, type Scan } from "./scan.ts";
import type { Filter } from "./view.ts";

/** Rows where the column is this text; null: where it is nothing. */
export const byText = (
  scan: Scan,
  kind: string,
  name: TextColumnName,
  value: string | null,
  label: string,
): Filter => {
  const column = scan.column(name);
  return { kind, label, test: (row) => textIn(column, row) === value };
};

/** Rows at which this is wrong. */
export const byProblem = (scan: Scan, code: string, title: string): Filter => {
  const { values, at } = scan.column("problems");
  const isHit = values.map((text) => text.split(" ").some((mark) => mark.slice(2) === code));
  return {
    kind: "problem",
    label: title,
    test: (row) => isHit[at === null ? row : (at[row] ?? -1)] === true && !scan.isFolded(row),
  };
};

export const bySeverity = (scan: Scan, severity: "critical" | "warning" | "ok"): Filter => ({
  kind: "severity",
  label: severity,
  test: (row) => scan.severity(row) === severity && !scan.isFolded(row),
});

export const answered = (scan: Scan): Filter => ({
  kind: "answered",
  label: "the port answers",
  test: (row) => scan.isAnswered(row),
});

export const withoutNla = (scan: Scan): Filter => {
  const column = scan.column("nla");
  const isWithout = (text: string | null): boolean => text === "optional" || text === "unsupported";
  return { kind: "nla", label: "NLA not required", test: (row) => isWithout(textIn(column, row)) };
};

/** Certificates that end within so many days, those that have ended among them, and not those that Windows replaces. */
export const endingWithin = (scan: Scan, days: number): Filter => ({
  kind: "days",
  label: days === 0 ? "certificate has ended" : `certificate ends within ${days} days`,
  test: (row) => scan.days(row) < days && (scan.days(row) < 0 || !scan.isByWindows(row)),
});

/** @param key a place of `keyPlace`. */
export const byKey = (scan: Scan, key: number, label: string): Filter => ({
  kind: "certificate",
  label,
  test: (row) => scan.keyPlace(row) === key,
});

export const byCertificate = (scan: Scan, place: number, label: string): Filter => ({
  kind: "certificate",
  label,
  test: (row) => scan.certificatePlace(row) === place,
});

/** What is deprecated by RFC 8996 or RFC 7568, or forbidden since. */
const OLD_VERSIONS: ReadonlySet<string> = new Set(["ssl3", "1.0", "1.1"]);

/** TLS below 1.2: negotiated, or accepted where all versions were asked for. */
export const oldTls = (scan: Scan): Filter => {
  const isOld = (text: string): boolean => text.split(" ").some((version) => OLD_VERSIONS.has(version));
  const columns = (["tls_version", "tls_versions"] as const).map((name) => {
    const { values, at } = scan.column(name);
    return { at, old: values.map(isOld) };
  });
  return {
    kind: "tls",
    label: "TLS 1.1 or older",
    test: (row) => columns.some(({ at, old }) => old[at === null ? row : (at[row] ?? -1)] === true),
  };
};

/** How many rows pass. */
export const countOf = (scan: Scan, { test }: Pick<Filter, "test">): number => {
  let count = 0;
  for (let row = 0; row < scan.count; row += 1) if (test(row)) count += 1;
  return count;
};
