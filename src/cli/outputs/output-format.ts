/** Which form the results take in an output: its file's ending says it, or the flags. */
import { UsageError } from "../words/usage-error.ts";

export const FORMATS = ["text", "json", "ndjson", "csv", "html", "prometheus"] as const;

export type Format = (typeof FORMATS)[number];

export interface FormatFlags {
  readonly format: Format;
  readonly json?: true;
  readonly ndjson?: true;
  readonly csv?: true;
  readonly compact?: true;
}

/** What each ending stands for. */
const ENDINGS: Readonly<Record<string, Format>> = {
  csv: "csv",
  ndjson: "ndjson",
  jsonl: "ndjson",
  json: "json",
  prom: "prometheus",
  txt: "text",
  html: "html",
  htm: "html",
};

/**
 * The format of one output; `-` is stdout.
 * @throws UsageError for an ending that promises another format, where no flag says which one it is to be.
 */
export const formatOf = (path: string, flags: FormatFlags): Format => {
  const ending = path === "-" ? undefined : /\.([a-z][a-z0-9]*)$/i.exec(path)?.[1]?.toLowerCase();
  if (ending === undefined) return formatOfFlags(flags);
  const known = Object.hasOwn(ENDINGS, ending) ? ENDINGS[ending] : undefined;
  if (known !== undefined) return known;
  const asked = formatOfFlags(flags);
  if (asked !== "text") return asked;
  throw new UsageError(
    `-o, --output: ${path}: no format for .${ending}: write .html, .csv, .ndjson, .json, .prom or .txt`,
  );
};

/** Whether rows are written one by one, so that a later run can go on from them. */
export const isRowFormat = (format: Format): format is "csv" | "ndjson" =>
  format === "csv" || format === "ndjson";

/** What is compact is NDJSON where nothing else is said. */
const formatOfFlags = ({ csv, ndjson, json, compact, format }: FormatFlags): Format => {
  if (csv === true) return "csv";
  if (ndjson === true) return "ndjson";
  if (json === true) return "json";
  return compact === true && format === "text" ? "ndjson" : format;
};
