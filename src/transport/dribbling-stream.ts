/** A stream over a socket that sends byte by byte, so that no reader may count on whole records. */
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";

export class DribblingStream extends Duplex {
  readonly #socket: Socket;
  readonly #pauseMs: number;

  constructor(socket: Socket, pauseMs: number) {
    super();
    this.#socket = socket;
    this.#pauseMs = pauseMs;
    socket.on("data", (chunk: Uint8Array) => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.on("end", () => this.push(null));
    socket.on("close", () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(
    chunk: Uint8Array,
    _encoding: BufferEncoding,
    callback: (error?: Error | null) => void,
  ): void {
    this.#dribble(chunk).then(() => callback(), callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#socket.end(() => callback());
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#socket.destroy();
    callback(error);
  }

  async #dribble(chunk: Uint8Array): Promise<void> {
    for (const byte of chunk) {
      if (this.#socket.destroyed) return;
      this.#socket.write(Uint8Array.of(byte));
      await wait(this.#pauseMs);
    }
  }
}
