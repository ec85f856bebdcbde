/** A connection to the history: the client is loaded where it was installed, the schema made or brought up to date. */
import type { Sql } from "postgres";
import { MIGRATIONS } from "../model/migrations.ts";

/** The history cannot be reached or read; the message is one line for the user. */
export class HistoryError extends Error {
  override readonly name = "HistoryError";
}

/** Any two that migrate at once wait for each other by this number. */
const LOCK = 3389;

/** An open connection, whose queries are `Sql`'s. */
export interface History {
  readonly sql: Sql;
  close(): Promise<void>;
}

/**
 * Connects.
 * @param writes whether the schema is made where it is missing.
 * @throws HistoryError
 */
export const openHistory = async (url: string, writes: boolean): Promise<History> => {
  const { default: postgres } = await load();
  const sql = postgres(url, {
    max: 2,
    connect_timeout: 10,
    onnotice: () => {},
    connection: { application_name: "rdprobe" },
  });
  const close = (): Promise<void> => sql.end({ timeout: 5 }).catch(() => {});
  try {
    await (writes ? migrate(sql) : expectSchema(sql));
    return { sql, close };
  } catch (error) {
    await close();
    throw toHistoryError(error, url);
  }
};

/**
 * Runs with a connection, and closes it.
 * @throws HistoryError
 */
export const withHistory = async <T>(
  url: string,
  writes: boolean,
  run: (sql: Sql) => Promise<T>,
): Promise<T> => {
  const history = await openHistory(url, writes);
  try {
    return await run(history.sql);
  } catch (error) {
    throw toHistoryError(error, url);
  } finally {
    await history.close();
  }
};

/** Without what is secret in it. */
const shownUrl = (url: string): string => url.replace(/^([a-z]+:\/\/)[^@/]*@/i, "$1");

const load = () =>
  import("postgres").catch((error: unknown) => {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error;
    throw new HistoryError(
      "this needs the client of PostgreSQL: npm install postgres (-g where rdprobe was installed so)",
    );
  });

/** What the database says becomes a line for the user. */
export const toHistoryError = (error: unknown, url: string): unknown => {
  const code = error instanceof Error && "code" in error ? String(error.code) : null;
  // What the server says has a code of five characters, what the way there says begins otherwise.
  return code !== null &&
    error instanceof Error &&
    (/^[0-9A-Z]{5}$/.test(code) || /^(?:E[A-Z]+|CONN)/.test(code))
    ? new HistoryError(`${shownUrl(url)}: ${error.message}`)
    : error;
};

const migrate = async (sql: Sql): Promise<void> => {
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK})`;
    await tx`create schema if not exists rdprobe`;
    await tx`create table if not exists rdprobe.migration (version integer primary key, at timestamptz not null default now())`;
    const [row] = await tx<
      { version: number }[]
    >`select coalesce(max(version), 0)::int as version from rdprobe.migration`;
    const done = row?.version ?? 0;
    if (done > MIGRATIONS.length)
      throw new HistoryError(
        `the history is of a newer rdprobe: its schema is ${done}, this one knows ${MIGRATIONS.length}`,
      );
    for (const [index, text] of MIGRATIONS.entries()) {
      if (index < done) continue;
      await tx.unsafe(text);
      await tx`insert into rdprobe.migration (version) values (${index + 1})`;
    }
  });
};

const expectSchema = async (sql: Sql): Promise<void> => {
  const [row] = await sql<{ there: boolean }[]>`select to_regclass('rdprobe.probe') is not null as there`;
  if (row?.there !== true)
    throw new HistoryError("there is no history in this database: rdprobe store makes one");
};
