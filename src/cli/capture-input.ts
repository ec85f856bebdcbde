/** Reads a capture file or stdin in chunks, gzip-compressed or not, with the memory of a few chunks. */
import { type FileHandle, open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { InputError } from "./input-error.ts";
import { reasonOf } from "./system-error.ts";

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
  /** Why the compressed file could not be read to its end; null where it could. */
  readonly damage: string | null;
}

const CHUNK_BYTES = 1024 * 1024;
const GZIP_MAGIC = [0x1f, 0x8b] as const;

/**
 * Reads all of the input.
 * @throws InputError naming the file and the system's reason.
 */
export const readCaptureInput = async (input: CaptureInput): Promise<InputEnd> => {
  const { path, stdin, signal, onChunk } = input;
  try {
    const chunks = path === "-" ? stdin : chunksOf(path);
    let unpack: Unpacker | null = null;
    let isFirst = true;
    for await (const chunk of wholeStart(chunks)) {
      if (signal.aborted) break;
      if (isFirst && isGzip(chunk)) unpack = gunzip(onChunk);
      isFirst = false;
      if (unpack === null) onChunk(chunk);
      else if (!(await unpack.write(chunk))) break;
    }
    return { damage: unpack === null ? null : await unpack.end(signal.aborted) };
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

/** The same chunks, the first one long enough to tell gzip. */
async function* wholeStart(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let start: Uint8Array | null = new Uint8Array(0);
  for await (const chunk of chunks) {
    if (start === null) {
      yield chunk;
      continue;
    }
    const joined: Uint8Array = Uint8Array.from([...start, ...(start.length === 0 ? [] : chunk)]);
    const whole: Uint8Array = start.length === 0 ? chunk : joined;
    if (whole.length < GZIP_MAGIC.length) {
      start = whole.slice();
      continue;
    }
    start = null;
    yield whole;
  }
  if (start !== null && start.length > 0) yield start;
}

const isGzip = (bytes: Uint8Array): boolean => GZIP_MAGIC.every((byte, index) => bytes[index] === byte);

interface Unpacker {
  /** False once the compressed bytes are broken. */
  write(chunk: Uint8Array): Promise<boolean>;
  /** Null where all was whole, else what was wrong. `early`: the reading was ended before the file's end. */
  end(early: boolean): Promise<string | null>;
}

const gunzip = (onChunk: (chunk: Uint8Array) => void): Unpacker => {
  const stream = createGunzip({ chunkSize: CHUNK_BYTES });
  let damage: string | null = null;
  const over = new Promise<void>((resolve) => {
    stream.once("end", resolve).once("error", (error) => {
      damage = error.message;
      resolve();
    });
  });
  // What was unpacked before the damage is passed on here, before anything is known of the damage.
  stream.on("data", (chunk: Uint8Array) => onChunk(chunk));
  return {
    async write(chunk) {
      const written = new Promise<void>((resolve) => stream.write(chunk, () => resolve()));
      await Promise.race([written, over]);
      return damage === null;
    },
    async end(early) {
      if (early) {
        stream.destroy();
        return null;
      }
      if (damage === null) stream.end();
      await over;
      return damage;
    },
  };
};
