/** A scan's file on its way into a page: what is compared of it, and what it is called there. */
import { basename } from "node:path";
import type { ResultRow } from "../../audit/result-row.ts";
import { escapeUnsafe } from "../../report/safe/safe-text.ts";
import { expectOwn, type NamedFile } from "../outputs/own-file.ts";
import { readRows } from "../outputs/result-rows.ts";
import { say } from "../screen/say.ts";
import type { Terminal } from "../screen/terminal.ts";
import { UsageError } from "../words/usage-error.ts";

/**
 * The file of a page that an argument names; null for stdout.
 * @throws UsageError for another ending.
 * @throws OutputError where the file holds something else.
 */
export const pageFile = (argument: string, path: string): NamedFile | null => {
  expectPage(argument, path);
  if (path === "-") return null;
  const file = { path, kind: "html", argument } as const;
  expectOwn(file);
  return file;
};

/** Who names a table wants no page in it. */
const expectPage = (argument: string, output: string): void => {
  const ending = /\.[a-z]\w*$/i.exec(output)?.[0].toLowerCase();
  if (ending !== undefined && ending !== ".html" && ending !== ".htm") {
    throw new UsageError(`${argument}: ${output}: this is a page: name it .html`);
  }
};

export interface ReadScan {
  readonly rows: number;
  /** Without the whole results: only the rows are compared. */
  readonly compared: readonly ResultRow[];
  readonly lastAt: string | null;
}

interface Reading {
  /** Whether what is compared is kept of each row. */
  readonly isCompared: boolean;
  readonly onRow?: (row: ResultRow) => void;
}

/** Reads a file of results once. @throws UsageError, InputError for what is none. */
export const readScan = async (
  path: string,
  terminal: Terminal,
  { isCompared, onRow }: Reading,
): Promise<ReadScan> => {
  const compared: ResultRow[] = [];
  let rows = 0;
  let lastAt: string | null = null;
  const warn = (text: string): void => say(terminal, text);
  for await (const { row } of readRows({ path, stdin: terminal.stdin, warn, withTorn: true })) {
    rows += 1;
    onRow?.(row);
    if (isCompared) compared.push({ ...row, json: null });
    // RFC 3339 in UTC is in the order of its text.
    if (row.startedAt !== null && (lastAt === null || row.startedAt > lastAt)) lastAt = row.startedAt;
  }
  return { rows, compared, lastAt };
};

/** What the page calls a file: not where it lies. */
export const nameOf = (path: string): string => (path === "-" ? "stdin" : escapeUnsafe(basename(path)));
