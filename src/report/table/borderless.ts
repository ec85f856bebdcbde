/** cli-table3 without lines and colours of its own: columns two spaces apart, nothing at the ends. */
import Table from "cli-table3";
import stringWidth from "string-width";

const NO_BORDER = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
} as const;

/** Rows that are drawn together: the library's time and stack grow faster than their number. */
const BLOCK_ROWS = 50;

/** The rows under their heads, with a final newline. Cells must already be safe for a terminal. */
export const borderless = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const all = [head, ...rows];
  const colWidths = head.map((_, column) => widestOf(all, column));
  const blocks: string[] = [];
  for (let at = 0; at < all.length; at += BLOCK_ROWS) {
    const grid = new Table({
      chars: NO_BORDER,
      colWidths,
      style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    });
    for (const row of all.slice(at, at + BLOCK_ROWS)) grid.push([...row]);
    for (const line of grid.toString().split("\n")) blocks.push(line.trimEnd());
  }
  return `${blocks.join("\n")}\n`;
};

const widestOf = (rows: readonly (readonly string[])[], column: number): number =>
  rows.reduce((widest, row) => Math.max(widest, stringWidth(row[column] ?? "")), 0);
