/** A scan of the history in the place of a file: `postgres://host/database#monday`, `#latest`, `#previous`. */
import type { ResultRow } from "../../audit/result-row.ts";
import { openHistory, toHistoryError } from "../../history/postgres/connect.ts";
import { scanRows } from "../../history/postgres/queries.ts";
import { toInputError } from "./history-flags.ts";

/** Each row in the order in which it was probed. @throws InputError */
export async function* historyRows(place: string): AsyncGenerator<ResultRow> {
  const [url = "", scan = "latest"] = place.split("#");
  const history = await openHistory(url, false).catch(toInputError);
  try {
    yield* scanRows(history.sql, nameOf(scan));
  } catch (error) {
    toInputError(toHistoryError(error, url));
  } finally {
    await history.close();
  }
}

/** What is no percent-encoding is the name itself. */
const nameOf = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
