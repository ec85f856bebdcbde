/** Input as messages quote it: escaped, and short, since a binary file given by mistake has lines of any length. */
const MAX_QUOTED = 80;

/** @returns the text as a JSON string, cut behind 80 characters. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED)}...`);
