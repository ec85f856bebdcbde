/**
 * Named pipes (FIFOs) as files that are read or written, without a thread that blocks: while nobody is at the other end,
 * signals are heard, and the program can end.
 */
import { constants, open, statSync } from "node:fs";
import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { errorCode } from "./error-code.ts";

const opened = promisify(open);

export const isNamedPipe = (path: string): boolean => {
  try {
    return statSync(path).isFIFO();
  } catch {
    return false;
  }
};

/**
 * What is written into the pipe, until its last writer has closed it, or the signal aborts.
 * @throws Error from the operating system.
 */
export async function* readNamedPipe(path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const fd = await opened(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const socket = new Socket({ fd, readable: true, writable: false });
  const stop = (): void => void socket.destroy();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    if (signal?.aborted === true) return;
    for await (const chunk of socket) yield chunk;
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
    socket.destroy();
  }
}

export interface PipeWriter {
  /** Waits for a reader, and until it has room. @throws Error from the operating system, or once the signal aborts. */
  write(bytes: Uint8Array): Promise<void>;
  /** All was taken. */
  close(): Promise<void>;
  /** What was not taken is lost. */
  destroy(): void;
}

/** How often it is looked for a reader. */
const READER_MS = 20;

/** Opens the pipe for writing as soon as something reads it. */
export const writeNamedPipe = (path: string, signal?: AbortSignal): PipeWriter => {
  let isOver = false;
  let socket: Socket | null = null;
  const opening = readerOf(path, signal, () => isOver).then((fd) => {
    socket = new Socket({ fd, readable: false, writable: true });
    // Each write tells of its own.
    socket.on("error", () => {});
    if (isOver) socket.destroy();
    return socket;
  });
  opening.catch(() => {});
  const destroy = (): void => {
    isOver = true;
    socket?.destroy();
  };
  /** Waits for what the reader takes; once the signal aborts, for so long and no longer. */
  const taken = async (work: (pipe: Socket) => Promise<void>): Promise<void> => {
    const pipe = await opening;
    const grace = graceAfter(signal, destroy);
    await work(pipe).finally(grace.end);
  };
  return {
    write: (bytes) =>
      taken(
        (pipe) =>
          new Promise((resolve, reject) => {
            pipe.write(bytes, (error) => (error == null ? resolve() : reject(error)));
          }),
      ),
    close: () =>
      taken(
        (pipe) =>
          new Promise((resolve) => {
            if (pipe.destroyed) resolve();
            else pipe.once("close", () => resolve()).end(() => pipe.destroy());
          }),
      ),
    destroy,
  };
};

/** A reader that is there is given a second to take what is known when the program is told to end. */
const GRACE_MS = 1000;

const graceAfter = (signal: AbortSignal | undefined, over: () => void): { readonly end: () => void } => {
  let timer: NodeJS.Timeout | undefined;
  const begin = (): void => {
    timer = setTimeout(over, GRACE_MS);
  };
  if (signal?.aborted === true) begin();
  else signal?.addEventListener("abort", begin, { once: true });
  return {
    end: () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", begin);
    },
  };
};

const readerOf = async (
  path: string,
  signal: AbortSignal | undefined,
  isOver: () => boolean,
): Promise<number> => {
  for (;;) {
    if (signal?.aborted === true || isOver()) throw new Error("nobody reads from it");
    try {
      return await opened(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if (errorCode(error) !== "ENXIO") throw error;
    }
    await sleep(READER_MS);
  }
};
