/** Unpacks zstd (RFC 8878) where this Node can: from 22.15 and 23.8 on. */
import { Transform } from "node:stream";
import * as zlib from "node:zlib";
import type { Unpacker } from "./gzip-members.ts";

const CHUNK_BYTES = 256 * 1024;

/** Null where this Node has no zstd. */
export const unzstd = (onChunk: (chunk: Uint8Array) => void): Unpacker | null => {
  const create: unknown = Reflect.get(zlib, "createZstdDecompress");
  if (typeof create !== "function") return null;
  const stream: unknown = Reflect.apply(create, undefined, [{ chunkSize: CHUNK_BYTES }]);
  return stream instanceof Transform ? unpackerOf(stream, onChunk) : null;
};

const unpackerOf = (stream: Transform, onChunk: (chunk: Uint8Array) => void): Unpacker => {
  let damage: string | null = null;
  const over = new Promise<void>((resolve) => {
    stream.once("end", resolve).once("error", (error) => {
      damage = error.message;
      resolve();
    });
  });
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
