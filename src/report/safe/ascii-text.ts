/** Text for a terminal, or a file, that does not speak UTF-8. */
import stringWidth from "string-width";

const NOT_ASCII = /[^\p{ASCII}]/gu;

/** What the reports themselves draw, by characters of the same width; the heights of bars stay apart. */
const DRAWN: ReadonlyMap<string, string> = new Map([
  ["\u2581", "."],
  ["\u2582", ":"],
  ["\u2583", "-"],
  ["\u2584", "="],
  ["\u2585", "+"],
  ["\u2586", "*"],
  ["\u2587", "%"],
  ["\u2588", "#"],
  ["\u00d7", "x"],
  ["\u2026", "."],
]);

/** Every other character becomes as many question marks as it takes columns, as ls does: what is in line stays so. */
export const asciiText = (text: string): string =>
  text.replace(NOT_ASCII, (character) => DRAWN.get(character) ?? "?".repeat(stringWidth(character)));
