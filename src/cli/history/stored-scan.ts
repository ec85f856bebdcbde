/** A fleet's scan on its way into the history: a block is stored once, whoever collects it and however often. */
import type { ResultRow } from "../../audit/result-row.ts";
import { openHistory, toHistoryError } from "../../history/postgres/connect.ts";
import { HistoryWriter, type Stored, type StoredBlock } from "../../history/postgres/store.ts";
import { toInputError } from "./history-flags.ts";

export interface StoredScan {
  add(rows: readonly ResultRow[], block: StoredBlock): Promise<void>;
  /** All is written. */
  close(): Promise<Stored>;
  /** The connection is of no more use. */
  end(): Promise<void>;
}

/** @throws InputError, as all of it. */
export const openStoredScan = async (url: string, scan: string): Promise<StoredScan> => {
  const history = await openHistory(url, true).catch(toInputError);
  const told = (error: unknown): never => toInputError(toHistoryError(error, url));
  const writer = await HistoryWriter.open(history.sql, scan).catch(told);
  const there = await writer.blocks().catch(told);
  return {
    add: async (rows, { segment, block }) => {
      if (!there.has(`${segment}/${block}`)) await writer.add(rows, { segment, block }).catch(told);
    },
    close: () => writer.close().catch(told),
    end: () => history.close(),
  };
};
