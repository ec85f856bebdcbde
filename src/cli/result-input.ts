/** Reads the results of a scan back in: NDJSON line by line, or one JSON document, from a file or stdin. */
import { createReadStream } from "node:fs";
import { TextDecoder } from "node:util";
import { reasonOf } from "./system-error.ts";
import { UsageError } from "./usage-error.ts";

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
 */
export async function* readResults({ path, stdin, warn }: ResultInput): AsyncGenerator<unknown> {
  let document: string[] | null = null;
  let isFirst = true;
  let broken: string | null = null;
  let number = 0;
  for await (const line of linesOf(path, stdin)) {
    number += 1;
    if (line.trim() === "") continue;
    if (broken !== null) throw new UsageError(broken);
    if (document !== null) {
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

/** The lines of the file, each without its end. */
async function* linesOf(path: string, stdin: ResultInput["stdin"]): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null;
  let rest = "";
  try {
    for await (const chunk of path === "-" ? stdin() : createReadStream(path)) {
      const bytes: Uint8Array = chunk;
      decoder ??= decoderFor(bytes);
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${reasonOf(error)}`);
  }
  yield rest;
}

/** Windows PowerShell 5 redirects as UTF-16 with a byte order mark. */
const decoderFor = ([first, second]: Uint8Array): TextDecoder =>
  new TextDecoder(first === 0xff && second === 0xfe ? "utf-16le" : "utf-8");
