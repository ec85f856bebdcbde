/** The bytes of a file or a named pipe, chunk by chunk. */
import { createReadStream } from "node:fs";
import { isNamedPipe, readNamedPipe } from "../transport/named-pipe.ts";

/** @throws Error from the operating system, once it is read. */
export const bytesOf = (path: string): AsyncIterable<Uint8Array> =>
  isNamedPipe(path) ? readNamedPipe(path) : createReadStream(path);
