/** `--only`: which rows are kept. */
import type { ResultRow } from "./result-row.ts";
import { FILTERS, type RowChanges, type RowTest } from "./row-filters.ts";

export type ParsedFilter =
  | { readonly ok: true; readonly keeps: RowTest; readonly names: readonly string[] }
  /** What is wrong, and which filters there are. */
  | { readonly ok: false; readonly problem: string };

/** One list, with commas between: a row is kept where any of its filters matches. */
export const parseFilter = (text: string): ParsedFilter => {
  const tests: RowTest[] = [];
  const names: string[] = [];
  for (const part of text.split(",").map((one) => one.trim().toLowerCase())) {
    const [name = "", ...rest] = part.split(":");
    const filter = Object.hasOwn(FILTERS, name) ? filterOf(name) : null;
    const test = filter?.test(rest.join(":")) ?? null;
    if (test === null) {
      const wanted = filter === null ? "there is no such filter" : "it is not written so";
      return {
        ok: false,
        problem: `${JSON.stringify(part)}: ${wanted}; filters: ${FILTER_FORMS.join(", ")}`,
      };
    }
    tests.push(test);
    names.push(name);
  }
  return { ok: true, names, keeps: (row, changes) => tests.some((test) => test(row, changes)) };
};

/** Several lists: a row is kept where each of them keeps it. */
export const everyFilter =
  (tests: readonly RowTest[]) =>
  (row: ResultRow, changes: RowChanges = null): boolean =>
    tests.every((test) => test(row, changes));

const filterOf = (name: string) => Object.entries(FILTERS).find(([known]) => known === name)?.[1] ?? null;

/** Each as it is written: `expiring:30d`. */
export const FILTER_FORMS: readonly string[] = Object.entries(FILTERS).map(([name, filter]) =>
  "argument" in filter ? `${name}:${filter.argument}` : name,
);
