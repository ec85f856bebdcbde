/** Reads the results of a scan back in: NDJSON line by line, or one JSON document, from a file or stdin. */
import { InputError } from "./input-error.ts";
import { UsageError } from "./usage-error.ts";
import { linesOf, linesOfFile, MAX_LINE } from "./whole-lines.ts";

export interface ResultInput {
  /** A path, or `-` for stdin. */
  readonly path: string;
  readonly stdin: () => AsyncIterable<Uint8Array>;
  /** Told of what is left out; one line without a newline. */
  readonly warn: (text: string) => void;
}

/**
 * Each value of the file, in order. A last line that was cut off is left out with a warning: a scan that was
 * killed wrote the others.
 * @throws UsageError naming the file, and the line that is no JSON.
 * @throws InputError for a file that cannot be read, or is too large to be one document.
 */
export async function* readResults({ path, stdin, warn }: ResultInput): AsyncGenerator<unknown> {
  let document: string[] | null = null;
  let isFirst = true;
  let broken: string | null = null;
  let number = 0;
  let sizeOfDocument = 0;
  const options = { withTorn: true, maxLength: MAX_LINE.document };
  const lines = path === "-" ? linesOf(stdin(), { ...options, source: "stdin" }) : linesOfFile(path, options);
  for await (const line of lines) {
    number += 1;
    if (line.trim() === "") continue;
    if (broken !== null) throw new UsageError(broken);
    if (document !== null) {
      sizeOfDocument += line.length;
      if (sizeOfDocument > MAX_LINE.document) {
        throw new InputError(`${path}: a JSON document of more than ${MAX_LINE.document} characters`);
      }
      document.push(line);
      continue;
    }
    const value = parsedJson(line);
    if (value === null && isFirst) document = [line];
    else if (value === null) broken = `${path}: line ${number} is no JSON`;
    else yield* Array.isArray(value.json) ? value.json : [value.json];
    isFirst = false;
  }
  if (broken !== null) warn(`${broken}: it was cut off, and is left out`);
  if (document === null) return;
  const whole = parsedJson(document.join("\n"));
  if (whole === null) throw new UsageError(`${path}: neither NDJSON nor a JSON document`);
  yield* Array.isArray(whole.json) ? whole.json : [whole.json];
}

const parsedJson = (text: string): { readonly json: unknown } | null => {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return null;
  }
};
