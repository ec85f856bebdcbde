/** Text for monitoring systems: what ends a line, begins performance data or starts an escape is not in it. */
import { escapeUnsafe } from "../safe/safe-text.ts";

/**
 * Any text as a part of a plugin's line. `|` begins performance data, and a backslash begins what some readers
 * of stored check results turn into a newline. As long as the text is: `shortenedToBytes` makes it fit.
 */
export const pluginText = (text: string): string =>
  escapeUnsafe(text).replaceAll("|", "/").replaceAll("\\", "/");

/**
 * Cut between two words to at most `bytes` bytes of UTF-8, the cut shown. A word alone that is longer is what
 * there is to show, and is cut itself.
 */
export const shortenedToBytes = (text: string, bytes: number): string => {
  if (ENCODER.encode(text).length <= bytes) return text;
  let size = ELLIPSIS.length;
  let kept = "";
  let whole = "";
  for (const character of text) {
    size += ENCODER.encode(character).length;
    if (size > bytes) break;
    if (character === " ") whole = kept;
    kept += character;
  }
  return `${whole === "" ? kept : whole.trimEnd()}${ELLIPSIS}`;
};

const ENCODER = new TextEncoder();

const ELLIPSIS = "...";
