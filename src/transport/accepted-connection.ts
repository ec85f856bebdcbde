/**
 * One connection that a listener accepted, for whoever plays the server: reads, writes, and the ways to
 * end it. Nothing here rejects on what the client does; `null` and `false` say that it is not there any more.
 */
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createSecureContext, type SecureContextOptions, TLSSocket } from "node:tls";
import type { Decoded } from "../bytes/decoded.ts";
import { DribblingStream } from "./dribbling-stream.ts";

/** How long a client may take to answer our FIN with its own. */
const FIN_PATIENCE_MS = 5_000;
const NOTHING: Uint8Array = new Uint8Array(0);

export interface ReceiveLimits {
  readonly timeoutMs: number;
  /** A client that has sent more, and still not what is waited for, gets nothing. */
  readonly maxSizeBytes: number;
}

interface Found<T> {
  readonly value: T;
  readonly size: number;
}

/** Certificate, versions and suites in the words of node:tls. */
export interface TlsServerOptions
  extends Pick<SecureContextOptions, "key" | "cert" | "minVersion" | "maxVersion" | "ciphers" | "dhparam"> {
  /** Everything is sent byte by byte with this pause; 0 or absent: as it comes. */
  readonly dribblePauseMs?: number;
  /** A client without a certificate is refused. */
  readonly demandsClientCertificate?: boolean;
}

export class AcceptedConnection {
  readonly #socket: Socket;
  #stream: Duplex;
  #pending: Uint8Array = NOTHING;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#stream = socket;
    ignoreErrors(socket);
  }

  /** The next value that `decode` finds, or null when the client sends another thing, goes, or is too slow. */
  async receive<T>(decode: (bytes: Uint8Array) => Decoded<T>, limits: ReceiveLimits): Promise<T | null> {
    const found = await this.#next(decode, limits);
    if (found === null) return null;
    this.#pending = this.#pending.slice(found.size);
    return found.value;
  }

  /** As `receive`, but the bytes stay: to be received, or for a TLS session that begins with them. */
  async peek<T>(decode: (bytes: Uint8Array) => Decoded<T>, limits: ReceiveLimits): Promise<T | null> {
    const found = await this.#next(decode, limits);
    return found === null ? null : found.value;
  }

  /** Waits until the client has sent anything, which stays to be received. */
  async hears(timeoutMs: number): Promise<boolean> {
    if (this.#pending.length > 0) return true;
    const chunk = await this.#chunk(AbortSignal.timeout(timeoutMs));
    this.#pending = chunk ?? NOTHING;
    return chunk !== null;
  }

  /** Sends; true once the bytes are with the operating system. */
  write(bytes: Uint8Array): Promise<boolean> {
    const stream = this.#stream;
    if (!stream.writable) return Promise.resolve(false);
    return new Promise((resolve) => {
      stream.write(bytes, (error) => resolve(error === null || error === undefined));
    });
  }

  /** Sends what comes next without end, as fast as the client takes it; other connections have their turns. */
  async flood(next: () => Uint8Array): Promise<void> {
    while (await this.write(next())) await nextTurn();
  }

  /** Sends byte by byte, each in a segment of its own. */
  async dribble(bytes: Uint8Array, pauseMs: number): Promise<boolean> {
    for (const byte of bytes) {
      if (!(await this.write(Uint8Array.of(byte))) || !(await this.pause(pauseMs))) return false;
    }
    return true;
  }

  /** Waits; false when the connection ended meanwhile. */
  async pause(durationMs: number): Promise<boolean> {
    await eventOf(this.#stream, ["close"], AbortSignal.timeout(durationMs));
    return !this.#stream.destroyed;
  }

  /** Takes and throws away what comes until the client goes or the time is up. */
  async drain(timeoutMs: number): Promise<void> {
    this.#stream.resume();
    if (!this.#stream.destroyed) await eventOf(this.#stream, ["close"], AbortSignal.timeout(timeoutMs));
  }

  /** Ends with a FIN, after a close_notify inside TLS, and waits for the client's. */
  async end(): Promise<void> {
    this.#stream.end();
    await this.drain(FIN_PATIENCE_MS);
    this.destroy();
  }

  /** Sends a FIN, says nothing more and stays, as long as the client does. */
  async halfClose(timeoutMs: number): Promise<void> {
    this.#stream.end();
    await this.drain(timeoutMs);
  }

  /** Ends with a RST, whatever is still on its way. */
  reset(): void {
    // Under TLS whose client has ended, Node 20 never closes the handle that was reset, and polls it for ever.
    if (this.#stream.readableEnded || this.#stream.destroyed) this.destroy();
    else this.#socket.resetAndDestroy();
  }

  /** Ends without a wait. */
  destroy(): void {
    this.#stream.destroy();
    this.#socket.destroy();
  }

  /** Speaks TLS from here on, as the server; true when the handshake is complete. */
  async startTls(options: TlsServerOptions): Promise<boolean> {
    const { dribblePauseMs = 0, demandsClientCertificate = false, ...context } = options;
    const socket = this.#socket;
    if (socket.destroyed) return false;
    if (this.#pending.length > 0) socket.unshift(this.#pending);
    this.#pending = NOTHING;
    const carrier = dribblePauseMs > 0 ? new DribblingStream(socket, dribblePauseMs) : socket;
    const secured = new TLSSocket(carrier, {
      isServer: true,
      secureContext: createSecureContext(context),
      requestCert: demandsClientCertificate,
      rejectUnauthorized: demandsClientCertificate,
    });
    ignoreErrors(secured);
    this.#stream = secured;
    return (await eventOf(secured, ["secure", "close"], null)) === "secure";
  }

  async #next<T>(decode: (bytes: Uint8Array) => Decoded<T>, limits: ReceiveLimits): Promise<Found<T> | null> {
    const deadline = AbortSignal.timeout(limits.timeoutMs);
    for (;;) {
      const decoded = decode(this.#pending);
      if (decoded.status === "done") return decoded;
      if (decoded.status === "bad" || this.#pending.length > limits.maxSizeBytes) return null;
      const chunk = await this.#chunk(deadline);
      if (chunk === null) return null;
      this.#pending = Buffer.concat([this.#pending, chunk]);
    }
  }

  async #chunk(deadline: AbortSignal): Promise<Uint8Array | null> {
    const stream = this.#stream;
    for (;;) {
      const chunk: unknown = stream.read();
      if (chunk instanceof Uint8Array) return chunk;
      if (stream.readableEnded || stream.destroyed || deadline.aborted) return null;
      await eventOf(stream, ["readable", "end", "close"], deadline);
    }
  }
}

/** Resets and the like are ends; whoever waits learns them from `close`. */
const ignoreErrors = (stream: Duplex): void => {
  stream.on("error", () => undefined);
};

/** The first of these events, or null when the deadline comes before. */
const eventOf = <E extends string>(
  stream: Duplex,
  events: readonly E[],
  deadline: AbortSignal | null,
): Promise<E | null> =>
  new Promise((resolve) => {
    const listeners = events.map((event) => ({ event, listener: () => settle(event) }));
    const late = () => settle(null);
    const settle = (event: E | null) => {
      for (const { event: name, listener } of listeners) stream.off(name, listener);
      deadline?.removeEventListener("abort", late);
      resolve(event);
    };
    for (const { event, listener } of listeners) stream.on(event, listener);
    if (deadline?.aborted === true) late();
    else deadline?.addEventListener("abort", late);
  });
