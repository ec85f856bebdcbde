/** The values of a JSON text, one by one: NDJSON, a document over many lines, or an array as `--json` writes it. */
import { InputError } from "./input-error.ts";
import { UsageError } from "../words/usage-error.ts";
import { MAX_LINE } from "./whole-lines.ts";

export interface JsonLines {
  /** The text's name for people. */
  readonly source: string;
  /** All of them, the first one not blank. */
  readonly lines: AsyncIterable<string>;
  /** Told of a last value that was cut off, and is left out: what a scan that was killed leaves behind. */
  readonly warn: (text: string) => void;
}

/**
 * Each value in order; an array gives its elements. No more is held than one value where the text has its line ends
 * as our own writer and jq set them, else the whole document.
 * @throws UsageError naming the source, and the line that is no JSON.
 * @throws InputError for a document that is too large.
 */
export async function* jsonValues({ source, lines, warn }: JsonLines): AsyncGenerator<unknown> {
  let value: GrowingValue | null = null;
  let isInArray = false;
  let number = 0;
  /** Of a line that is no JSON: only the last one may be. */
  let broken: string | null = null;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === "") continue;
    if (broken !== null) throw new UsageError(broken);
    if (value !== null) {
      value.add(line);
      if (!value.isWhole(line)) continue;
      yield parsed(value.text(), source, number);
      value = null;
      continue;
    }
    if (line === "[" && number === 1) {
      isInArray = true;
      continue;
    }
    if (isInArray && line === "]") {
      isInArray = false;
      continue;
    }
    const opening = /^(\s*)\{$/.exec(line)?.[1];
    if (opening !== undefined) {
      value = new GrowingValue(source, line, opening);
      continue;
    }
    const whole = parsedJson(isInArray ? line.replace(/,\s*$/, "") : line);
    if (whole !== null) yield* Array.isArray(whole.json) ? whole.json : [whole.json];
    else if (number === 1) value = new GrowingValue(source, line, null);
    else broken = `${source}: line ${number} is no JSON`;
  }
  if (value?.isDocument === true) {
    const whole = parsedJson(value.text());
    if (whole === null) throw new UsageError(`${source}: neither NDJSON nor a JSON document`);
    yield* Array.isArray(whole.json) ? whole.json : [whole.json];
    return;
  }
  broken ??= value !== null || isInArray ? `${source}: line ${number} is not the end` : null;
  if (broken !== null) warn(`${broken}: it was cut off, and is left out`);
}

/** Lines that are one value once they are together. */
class GrowingValue {
  readonly #source: string;
  readonly #lines: string[];
  readonly #ends: ReadonlySet<string>;
  #length: number;
  /** Whether it goes on to the end of the text. */
  readonly isDocument: boolean;

  /** @param indent of the brace that opens it, which is that of the one that closes it; null for a document. */
  constructor(source: string, first: string, indent: string | null) {
    this.#source = source;
    this.#lines = [first];
    this.#length = first.length;
    this.isDocument = indent === null;
    this.#ends = new Set(indent === null ? [] : [`${indent}}`, `${indent}},`]);
  }

  add(line: string): void {
    this.#length += line.length;
    if (this.#length > MAX_LINE.document) {
      throw new InputError(`${this.#source}: a JSON value of more than ${MAX_LINE.document} characters`);
    }
    this.#lines.push(line);
  }

  isWhole(line: string): boolean {
    return this.#ends.has(line);
  }

  text(): string {
    const text = this.#lines.join("\n");
    return text.endsWith(",") ? text.slice(0, -1) : text;
  }
}

const parsed = (text: string, source: string, number: number): unknown => {
  const value = parsedJson(text);
  if (value === null) throw new UsageError(`${source}: what ends in line ${number} is no JSON`);
  return value.json;
};

const parsedJson = (text: string): { readonly json: unknown } | null => {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return null;
  }
};
