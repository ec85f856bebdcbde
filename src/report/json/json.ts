/** Results as JSON: one document, an array when there is not exactly one result. */
/**
 * What JSON lets stand and a terminal acts on: DEL, C1, bidi and zero-width characters, line separators.
 * Escaped, it is the same text to every parser.
 */
const UNSAFE = /[\u007f-\u009f\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;

/** The document with its final newline. Text of a peer stands as it came; JSON escapes it. */
export const jsonDocument = (results: readonly object[]): string => {
  const [only] = results;
  return jsonText(results.length === 1 && only !== undefined ? only : results);
};

/** One result as one line of NDJSON, with its newline. */
export const jsonLine = (value: object): string => `${JSON.stringify(value).replace(UNSAFE, escaped)}\n`;

/** The parts of the same document for results that come one by one: concatenated, they are `jsonDocument`. */
export interface JsonParts {
  /** What can be written now that this result is known. */
  add(result: object): string;
  /** What is left to write once no result follows. */
  end(): string;
}

/** Holds one result back: whether the document is an array, the second one says. */
export const jsonParts = (): JsonParts => {
  let first: object | null = null;
  let count = 0;
  const element = (result: object): string =>
    `  ${JSON.stringify(result, null, 2).replace(UNSAFE, escaped).replaceAll("\n", "\n  ")}`;
  return {
    add(result) {
      count += 1;
      if (count === 1) {
        first = result;
        return "";
      }
      const opening = count === 2 && first !== null ? `[\n${element(first)}` : "";
      first = null;
      return `${opening},\n${element(result)}`;
    },
    end: () => (count > 1 ? "\n]\n" : jsonText(first ?? [])),
  };
};
/** Any value as such a document. */
export const jsonText = (value: object): string =>
  `${JSON.stringify(value, null, 2).replace(UNSAFE, escaped)}\n`;

const escaped = (character: string): string =>
  character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
