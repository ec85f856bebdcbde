/** cli-table3 without lines and colours of its own: columns two spaces apart, nothing at the ends. */
import Table from "cli-table3";

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

/** The rows under their heads, with a final newline. Cells must already be safe for a terminal. */
export const borderless = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const grid = new Table({
    head: [...head],
    chars: NO_BORDER,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  grid.push(...rows.map((row) => [...row]));
  return `${grid
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")}\n`;
};
