/** Reads a capture file or stdin in chunks, compressed with gzip or zstd or not, with the memory of a few chunks. */
import { type FileHandle, open } from "node:fs/promises";
import { isNamedPipe, readNamedPipe } from "../../transport/named-pipe.ts";
import { type Compression, compressionOf, wholeStart } from "./compressions.ts";
import type { Unpacker } from "./gzip-members.ts";
import { InputError } from "./input-error.ts";
import { reasonOf } from "../screen/system-error.ts";

export interface CaptureInput {
  /** A path, or `-` for stdin. */
  readonly path: string;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Ends the reading where it stands. */
  readonly signal: AbortSignal;
  /** Takes the capture's bytes in order; a chunk is used again once this has returned. */
  readonly onChunk: (chunk: Uint8Array) => void;
  /** Waited for now and then, so that what is made of the chunks can be written; true where that was much. */
  readonly afterChunk: () => Promise<boolean>;
}

export interface InputEnd {
  /** Why the compressed file could not be read to its end, with its format; null where it could. */
  readonly damage: string | null;
}

const CHUNK_BYTES = 1024 * 1024;

/**
 * Reads all of the input.
 * @throws InputError naming the file and the system's reason.
 */
export const readCaptureInput = async (input: CaptureInput): Promise<InputEnd> => {
  const { path, stdin, signal, onChunk, afterChunk } = input;
  try {
    const chunks = path === "-" ? stdin : isNamedPipe(path) ? readNamedPipe(path, signal) : chunksOf(path);
    let compression: Compression | null = null;
    let unpack: Unpacker | null = null;
    let isFirst = true;
    for await (const chunk of wholeStart(chunks)) {
      if (signal.aborted) break;
      if (isFirst) {
        compression = compressionOf(chunk);
        // Where this Node cannot unpack it, the capture reader names the command that does.
        unpack = compression?.unpacker(onChunk) ?? null;
      }
      isFirst = false;
      if (unpack !== null) {
        if (!(await unpackSlices(unpack, chunk, afterChunk))) break;
        continue;
      }
      onChunk(chunk);
      await afterChunk();
    }
    const damage = unpack === null ? null : await unpack.end(signal.aborted);
    return { damage: damage === null ? null : `${compression?.name}: ${damage}` };
  } catch (error) {
    throw new InputError(`cannot read ${path}: ${reasonOf(error)}`);
  }
};

/** A packed chunk can hold a thousand times as much: it is unpacked by and by. */
const unpackSlices = async (
  unpack: Unpacker,
  chunk: Uint8Array,
  afterChunk: () => Promise<boolean>,
): Promise<boolean> => {
  let isMuch = false;
  for (let at = 0; at < chunk.length; ) {
    const end = at + (isMuch ? SMALL_SLICE_BYTES : SLICE_BYTES);
    if (!(await unpack.write(chunk.subarray(at, end)))) return false;
    isMuch = await afterChunk();
    at = end;
  }
  return true;
};

const SLICE_BYTES = 16 * 1024;
const SMALL_SLICE_BYTES = 2 * 1024;

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
