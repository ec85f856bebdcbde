/** Rows of an earlier output, read as far as it takes to know which target each is of. */

export interface PlacedRow {
  readonly host: string;
  /** Null where the row has none. */
  readonly address: string | null;
  readonly port: number;
}

export type RowFormat = "csv" | "ndjson";

/** What rows of rdprobe begin with: the first line of CSV, every line of NDJSON. */
export const ROW_MARKS = { csv: "target,address,port,", ndjson: '{"schema":"rdprobe.result/' } as const;

/** What a file is, by its first line; null for what is neither. */
export const rowFormatOf = (firstLine: string): RowFormat | null => {
  if (firstLine.startsWith(ROW_MARKS.csv)) return "csv";
  return firstLine.startsWith("{") ? "ndjson" : null;
};

/** The place of a row, or null for a line that is none. */
export const placeOfRow = (line: string, format: RowFormat): PlacedRow | null =>
  format === "csv" ? placeOfRecord(line) : placeOfJson(line);

/** Hosts and addresses hold neither commas nor quotes. */
const placeOfRecord = (line: string): PlacedRow | null => {
  const [, host = "", address = "", port = ""] = /^"?([^",]+)"?,"?([^",]*)"?,(\d{1,5}),/.exec(line) ?? [];
  return host === "" ? null : { host, address: address === "" ? null : address, port: Number(port) };
};

const placeOfJson = (line: string): PlacedRow | null => {
  const { target } = jsonOf(line);
  if (typeof target !== "object" || target === null) return null;
  if (!("host" in target && "address" in target && "port" in target)) return null;
  const { host, address, port } = target;
  if (typeof host !== "string" || typeof port !== "number") return null;
  return { host, address: typeof address === "string" ? address : null, port };
};

const jsonOf = (line: string): { readonly target?: unknown } => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
};
