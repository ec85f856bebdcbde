/** Text for monitoring systems: what ends a line, begins performance data or starts an escape is not in it. */
import { safeText } from "./safe-text.ts";

/**
 * Any text as a part of a plugin's line. `|` begins performance data, and a backslash begins what some readers
 * of stored check results turn into a newline.
 */
export const pluginText = (text: string): string => safeText(text).replaceAll("|", "/").replaceAll("\\", "/");

/** Cut at a word to at most `width` characters, the cut shown. */
export const shortened = (text: string, width: number): string => {
  const characters = [...text];
  if (characters.length <= width) return text;
  const kept = characters.slice(0, width - ELLIPSIS.length).join("");
  const space = kept.lastIndexOf(" ");
  const isNear = space > 0 && kept.length - space <= LONGEST_WORD_CUT_OFF;
  return `${(isNear ? kept.slice(0, space) : kept).trimEnd()}${ELLIPSIS}`;
};

/** Cut likewise to at most `bytes` bytes of UTF-8. */
export const shortenedToBytes = (text: string, bytes: number): string => {
  let size = 0;
  let count = 0;
  for (const character of text) {
    size += ENCODER.encode(character).length;
    if (size > bytes) return shortened(text, count);
    count += 1;
  }
  return text;
};

const ENCODER = new TextEncoder();

const ELLIPSIS = "...";

/** Longer words are cut in the middle: a name without spaces would leave nothing. */
const LONGEST_WORD_CUT_OFF = 24;
