/** The newest row of each target in several files, read with the memory of those that stand there twice. */

import type { ResultRow } from "../../audit/result-row.ts";
import { RowKeys } from "../../scan/row-keys.ts";
import { endpointText } from "../../targets/plan/target-list.ts";
import type { FileRow } from "./result-rows.ts";

/** How many, and the first few by name. */
export interface Named {
  readonly count: number;
  readonly some: readonly string[];
}

export interface NewestRows {
  /** Where a row stands: the rows that are left out are in none of the files' newest. */
  readonly isNewest: (row: ResultRow, number: number) => boolean;
  /** Rows that are left out. */
  readonly double: Named;
}

/**
 * Which rows are the newest of their target. All files are read once, and once more where a target stands in them
 * twice; without a time, the later row is the newer one.
 * @param read gives all rows in the same order each time.
 */
export const newestRows = async (read: () => AsyncIterable<FileRow>): Promise<NewestRows> => {
  const seen = new RowKeys();
  const twice = new RowKeys();
  const double = counted();
  for await (const { row } of read()) {
    if (seen.has(row)) {
      twice.add(row);
      double.add(endpointText(row.host, row.port));
    } else seen.add(row);
  }
  const newest = new Map<string, { readonly number: number; readonly atMs: number }>();
  if (twice.size > 0) {
    let number = 0;
    for await (const { row } of read()) {
      if (twice.has(row)) {
        const key = keyOf(row);
        const atMs = Date.parse(row.startedAt ?? "");
        const before = newest.get(key);
        if (before === undefined || !(before.atMs > atMs)) newest.set(key, { number, atMs });
      }
      number += 1;
    }
  }
  return {
    isNewest: (row, number) => !twice.has(row) || newest.get(keyOf(row))?.number === number,
    double: double.named(),
  };
};

const keyOf = ({ host, address, port }: ResultRow): string =>
  `${host.toLowerCase()} ${address ?? ""} ${port}`;

const SHOWN = 3;

export const counted = () => {
  const some: string[] = [];
  let count = 0;
  return {
    add: (name: string): void => {
      count += 1;
      if (some.length < SHOWN) some.push(name);
    },
    named: (): Named => ({ count, some }),
  };
};
