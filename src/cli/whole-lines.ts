/** A text file line by line, with the memory of a line. */
import { createReadStream } from "node:fs";
import { InputError } from "./input-error.ts";
import { reasonOf } from "./system-error.ts";

/**
 * The lines without their ends. A last line without its end comes only where `withTorn` says so: in what a
 * program appends to, it is the half of a row.
 * @throws InputError naming the file and the system's reason.
 */
export async function* linesOfFile(path: string, withTorn: boolean): AsyncGenerator<string> {
  try {
    yield* linesOf(createReadStream(path), withTorn);
  } catch (error) {
    throw new InputError(`cannot read ${path}: ${reasonOf(error)}`);
  }
}

export async function* linesOf(chunks: AsyncIterable<Uint8Array>, withTorn: boolean): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
  }
  if (withTorn && rest !== "") yield rest;
}
