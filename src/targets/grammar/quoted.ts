/** Input as messages quote it: escaped, and short, since a binary file given by mistake has lines of any length. */
const MAX_QUOTED = 80;

/** Controls, format characters such as those that turn the direction of writing, and line separators. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** @returns the text in quotes, of printable characters, a backslash as it is, cut behind 80 of them. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED)}...`)
    .replaceAll("\\\\", "\\")
    .replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
