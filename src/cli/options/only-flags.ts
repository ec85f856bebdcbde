/** `--only`: which rows are written, on every command that writes rows. */
import type { Command } from "commander";
import type { ResultRow } from "../../audit/result-row.ts";
import { everyFilter, FILTER_FORMS, parseFilter } from "../../audit/row-filter.ts";
import type { RowChanges } from "../../audit/row-filters.ts";
import { UsageError } from "../words/usage-error.ts";

export interface OnlyFlags {
  readonly only?: readonly string[];
}

/** Adds the option. */
export const addOnlyOption = (command: Command): Command =>
  command.option(
    "--only <filters>",
    `only rows that match one of: ${FILTER_FORMS.join(", ")}; repeat it to match each of several lists`,
    (value: string, before: readonly string[] = []): readonly string[] => [...before, value],
  );

/**
 * Whether a row is kept; null where all are.
 * @param isCompared whether the command knows what changed since an older scan.
 * @throws UsageError with the list of the filters.
 */
export const onlyOf = (
  { only }: OnlyFlags,
  isCompared: boolean,
): ((row: ResultRow, changes?: RowChanges) => boolean) | null => {
  if (only === undefined) return null;
  return everyFilter(
    only.map((text) => {
      const filter = parseFilter(text);
      if (!filter.ok) throw new UsageError(`--only: ${filter.problem}`);
      if (!isCompared && filter.names.includes("changed")) {
        throw new UsageError("--only: changed needs an older scan beside: diff, or report with one");
      }
      return filter.keeps;
    }),
  );
};

/** Whether a filter asks for what changed since an older scan. */
export const asksForChanges = ({ only = [] }: OnlyFlags): boolean =>
  only.some((text) => {
    const filter = parseFilter(text);
    return filter.ok && filter.names.includes("changed");
  });
