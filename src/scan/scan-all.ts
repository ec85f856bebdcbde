/** A few targets, with all results at once. */
import type { Result } from "../verdict/result/result.ts";
import type { HostTarget } from "./one/probe-target.ts";
import { type ScanOptions, type ScanRow, scan } from "./scan.ts";

/**
 * Probes all targets and gives the results in the targets' order: those that are known when the signal aborts.
 * @throws LocalResourceError when this machine cannot open a connection.
 */
export const scanAll = async (
  targets: Iterable<HostTarget>,
  options: Omit<ScanOptions, "onRow">,
): Promise<readonly Result[]> => {
  const rows: ScanRow[] = [];
  await scan(targets, { ...options, onRow: (row) => void rows.push(row) });
  return inOrder(rows);
};

/** The results in their targets' order; those of one target stay in theirs. */
export const inOrder = (rows: readonly ScanRow[]): readonly Result[] =>
  rows.toSorted((a, b) => a.target - b.target).map(({ result }) => result);
