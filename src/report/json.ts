/** Results as JSON: one document, an array when there is not exactly one result. */
import type { Result } from "../verdict/result.ts";

/**
 * What JSON lets stand and a terminal acts on: DEL, C1, bidi and zero-width characters, line separators.
 * Escaped, it is the same text to every parser.
 */
const UNSAFE = /[\u007f-\u009f\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;

/** The document with its final newline. Text of a peer stands as it came; JSON escapes it. */
export const jsonDocument = (results: readonly Result[]): string => {
  const [only] = results;
  return jsonText(results.length === 1 && only !== undefined ? only : results);
};

/** Any value as such a document. */
export const jsonText = (value: object): string =>
  `${JSON.stringify(value, null, 2).replace(UNSAFE, escaped)}\n`;

const escaped = (character: string): string =>
  character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
