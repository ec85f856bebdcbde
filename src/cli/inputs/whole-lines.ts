/**
 * Text line by line, with the memory of a line and work that grows with the text alone. A byte order mark says
 * the encoding, and Windows PowerShell 5, whose `>` writes UTF-16, is read as what it wrote.
 */
import { TextDecoder } from "node:util";
import { bytesOf } from "../file-bytes.ts";
import { InputError } from "./input-error.ts";
import { reasonOf } from "../screen/system-error.ts";

const MI_CHARACTERS = 1024 * 1024;

/** The longest line of each kind of text, in characters: beyond it the file is another one than the user thinks. */
export const MAX_LINE = {
  /** A list of targets. */
  targets: MI_CHARACTERS,
  /** One result: a hostile certificate's strings stand in it several times, escaped. */
  row: 64 * MI_CHARACTERS,
  /** All results as one JSON document without line ends; V8 holds strings of twice that. */
  document: 256 * MI_CHARACTERS,
} as const;

export interface LineOptions {
  /** The text's name for people: a path, or `stdin`. */
  readonly source: string;
  /**
   * Whether a last line without its end comes as well: in what a program appends to, it is the half of a row.
   */
  readonly withTorn: boolean;
  /** Characters. */
  readonly maxLength: number;
}

/**
 * The lines of a file without their ends.
 * @throws InputError naming the file and the system's reason, or the line that is too long.
 */
export async function* linesOfFile(
  path: string,
  options: Omit<LineOptions, "source">,
): AsyncGenerator<string> {
  try {
    yield* linesOf(bytesOf(path), { ...options, source: path });
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`cannot read ${path}: ${reasonOf(error)}`);
  }
}

/**
 * The lines of a text that comes in pieces.
 * @throws InputError naming the source and the line that is too long.
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  { source, withTorn, maxLength }: LineOptions,
): AsyncGenerator<string> {
  const line = new GrowingLine(maxLength);
  let number = 1;
  for await (const text of textOf(chunks)) {
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      line.add(text.slice(start, end));
      yield line.take(source, number);
      start = end + 1;
      number += 1;
    }
    line.add(text.slice(start));
    line.expectShort(source, number);
  }
  const last = line.take(source, number);
  if (withTorn && last !== "") yield last;
}

/** The lines that were read ahead, and the rest of them. */
export async function* behind(first: readonly string[], rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield* first;
  yield* rest;
}

/** A line whose pieces are put together once, when it is whole. */
class GrowingLine {
  readonly #maxLength: number;
  #parts: string[] = [];
  #length = 0;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  add(text: string): void {
    if (text === "") return;
    this.#parts.push(text);
    this.#length += text.length;
  }

  expectShort(source: string, number: number): void {
    if (this.#length > this.#maxLength) {
      throw new InputError(`${source}:${number}: a line of more than ${this.#maxLength} characters`);
    }
  }

  take(source: string, number: number): string {
    this.expectShort(source, number);
    const line = this.#parts.join("");
    this.#parts = [];
    this.#length = 0;
    return line.endsWith("\r") ? line.slice(0, -1) : line;
  }
}

async function* textOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null;
  let head: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    if (decoder !== null) {
      yield decoder.decode(chunk, { stream: true });
      continue;
    }
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    if (head.length < MARK_BYTES) continue;
    decoder = new TextDecoder(encodingOf(head));
    yield decoder.decode(head, { stream: true });
  }
  decoder ??= new TextDecoder();
  yield decoder.decode(head.length < MARK_BYTES ? head : undefined);
}

const MARK_BYTES = 2;

/** By the byte order mark (Unicode 23.8), or the NUL that UTF-16 has beside every ASCII character. */
const encodingOf = ([first, second]: Uint8Array): string => {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return "utf-16le";
  return (first === 0xfe && second === 0xff) || (first === 0 && second !== 0) ? "utf-16be" : "utf-8";
};
