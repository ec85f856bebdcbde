/** Rows as PostgreSQL's COPY reads them: a line a row, tabs between, `\\N` for null. */

export type CopyValue = string | number | boolean | null;

/** One line with its newline. */
export const copyLine = (values: readonly CopyValue[]): string => `${values.map(field).join("\t")}\n`;

/** Bytes that are hex. */
export const copyBytes = (hex: string | null): string | null => (hex === null ? null : `\\x${hex}`);

const field = (value: CopyValue): string => {
  if (value === null) return "\\N";
  if (typeof value === "string")
    return /[\\\t\n\r]/.test(value) ? value.replaceAll(/[\\\t\n\r]/g, escaped) : value;
  return typeof value === "boolean" ? (value ? "t" : "f") : String(value);
};

const escaped = (character: string): string =>
  ({ "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" })[character] ?? character;
