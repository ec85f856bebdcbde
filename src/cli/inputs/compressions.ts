/** Which compression the first bytes of a file tell, and what unpacks it. */
import { gunzip, joined, type Unpacker } from "./gzip-members.ts";
import { unzstd } from "./zstd-frames.ts";

export interface Compression {
  readonly name: "gzip" | "zstd";
  readonly magic: readonly number[];
  /** Null where this Node cannot unpack it. */
  readonly unpacker: (onChunk: (chunk: Uint8Array) => void) => Unpacker | null;
}

const COMPRESSIONS: readonly Compression[] = [
  { name: "gzip", magic: [0x1f, 0x8b], unpacker: gunzip },
  { name: "zstd", magic: [0x28, 0xb5, 0x2f, 0xfd], unpacker: unzstd },
];
const LONGEST_MAGIC = 4;

/** Null for what is not compressed. */
export const compressionOf = (start: Uint8Array): Compression | null =>
  COMPRESSIONS.find(({ magic }) => magic.every((byte, index) => start[index] === byte)) ?? null;

/** The same chunks, the first one long enough to tell a compression. */
export async function* wholeStart(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let start: Uint8Array | null = new Uint8Array(0);
  for await (const chunk of chunks) {
    if (start === null) {
      yield chunk;
      continue;
    }
    const whole: Uint8Array = start.length === 0 ? chunk : joined(start, chunk);
    if (whole.length < LONGEST_MAGIC) {
      start = whole.slice();
      continue;
    }
    start = null;
    yield whole;
  }
  if (start !== null && start.length > 0) yield start;
}
