/** Where the history is: the same words wherever it is named. */
import { HistoryError, type History, withHistory } from "../../history/postgres/connect.ts";
import { InputError } from "../inputs/input-error.ts";

const { RDPROBE_DB } = process.env;

/** `RDPROBE_DB`, which keeps a password out of the command line, as PGPASSWORD does. */
export const DEFAULT_DATABASE = RDPROBE_DB ?? "postgres://127.0.0.1/rdprobe";

/** As help and pages show it, whatever the environment says. */
export const DATABASE_TEXT = "postgres://host/database (default: RDPROBE_DB, or rdprobe on this machine)";

/** @throws InputError where the database, or what is in it, is in the way. */
export const inHistory = <T>(
  url: string,
  writes: boolean,
  run: (sql: History["sql"]) => Promise<T>,
): Promise<T> => withHistory(url, writes, run).catch(toInputError);

export const toInputError = (error: unknown): never => {
  throw error instanceof HistoryError ? new InputError(error.message) : error;
};
