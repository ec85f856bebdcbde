/** Reads a capture file or stdin in chunks, compressed with gzip or zstd or not, with the memory of a few chunks. */
import { type FileHandle, open } from "node:fs/promises";
import { gunzip, joined, type Unpacker } from "./gzip-members.ts";
import { InputError } from "./input-error.ts";
import { reasonOf } from "./system-error.ts";
import { unzstd } from "./zstd-frames.ts";

export interface CaptureInput {
  /** A path, or `-` for stdin. */
  readonly path: string;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Ends the reading where it stands. */
  readonly signal: AbortSignal;
  /** Takes the capture's bytes in order; a chunk is used again once this has returned. */
  readonly onChunk: (chunk: Uint8Array) => void;
}

export interface InputEnd {
  /** Why the compressed file could not be read to its end, with its format; null where it could. */
  readonly damage: string | null;
}

const CHUNK_BYTES = 1024 * 1024;

interface Compression {
  readonly name: string;
  readonly magic: readonly number[];
  /** Null where this Node cannot unpack it; the capture reader then names the command that does. */
  readonly unpacker: (onChunk: (chunk: Uint8Array) => void) => Unpacker | null;
}

const COMPRESSIONS: readonly Compression[] = [
  { name: "gzip", magic: [0x1f, 0x8b], unpacker: gunzip },
  { name: "zstd", magic: [0x28, 0xb5, 0x2f, 0xfd], unpacker: unzstd },
];
const LONGEST_MAGIC = 4;

/**
 * Reads all of the input.
 * @throws InputError naming the file and the system's reason.
 */
export const readCaptureInput = async (input: CaptureInput): Promise<InputEnd> => {
  const { path, stdin, signal, onChunk } = input;
  try {
    const chunks = path === "-" ? stdin : chunksOf(path);
    let compression: Compression | undefined;
    let unpack: Unpacker | null = null;
    let isFirst = true;
    for await (const chunk of wholeStart(chunks)) {
      if (signal.aborted) break;
      if (isFirst) {
        compression = COMPRESSIONS.find(({ magic }) => magic.every((byte, index) => chunk[index] === byte));
        unpack = compression?.unpacker(onChunk) ?? null;
      }
      isFirst = false;
      if (unpack === null) onChunk(chunk);
      else if (!(await unpack.write(chunk))) break;
    }
    const damage = unpack === null ? null : await unpack.end(signal.aborted);
    return { damage: damage === null ? null : `${compression?.name}: ${damage}` };
  } catch (error) {
    throw new InputError(`cannot read ${path}: ${reasonOf(error)}`);
  }
};

/** The file's chunks, each in the same memory. */
async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  const file: FileHandle = await open(path, "r");
  try {
    const buffer = new Uint8Array(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** The same chunks, the first one long enough to tell a compression. */
async function* wholeStart(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
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
