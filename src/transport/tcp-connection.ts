/**
 * A TCP connection that writes its own transcript. Every byte and every ending passes here first, so that
 * RST, FIN and silence are told apart by what came in and not by what a TLS library says of it.
 */
import { connect, type Socket } from "node:net";
import { pooledBytes } from "../bytes/pooled-bytes.ts";
import type { WireEvent } from "../handshake/conversation/transcript.ts";
import type { Clock } from "./clock.ts";
import { connectError, isShortage } from "./connect-error.ts";
import { errorCode } from "./error-code.ts";
import { LocalResourceError } from "./local-resource-error.ts";
import { dialThrough, type ProxiedDial, type ProxyFailure, type SocksProxy } from "./proxy/socks-proxy.ts";

export interface Endpoint {
  readonly address: string;
  readonly port: number;
  readonly family: 4 | 6;
  /** Reached through this; directly where it is left out. */
  readonly proxy?: SocksProxy;
  /** Dials instead of this module; goes before `proxy`. */
  readonly dial?: Dial;
}

/**
 * Opens the way to an address, as an SSH tunnel or a network namespace would. The socket may be connected already or
 * still connecting, has had no byte read, and allows half-open connections, or a FIN of the server is answered before
 * it is seen.
 */
export type Dial = (to: Pick<Endpoint, "address" | "port" | "family">) => Socket;

/** This machine's end of a connection. */
export interface LocalEndpoint {
  readonly address: string;
  readonly port: number;
}

/** More than a TLS flight with the longest chain that OpenSSL takes (100 KiB); keeps a flood out of memory. */
export const RECEIVE_LIMIT_BYTES = 192 * 1024;

/** What is read at a time. */
const READ_SIZE_BYTES = 16 * 1024;

/** Crumbs are gathered up to this size: an event costs far more than the byte in it. */
const PIECE_SIZE_BYTES = 1024;

/**
 * One buffer for the reads of all sockets, as what is read is copied out at once. Windows fills a buffer while
 * other code runs: there, each socket has its own.
 */
const SHARED_BUFFER = process.platform === "win32" ? null : Buffer.allocUnsafeSlow(READ_SIZE_BYTES);

const NOTHING = new Uint8Array(0);

/** How long a peer may take to answer our FIN before the socket is dropped. */
const LINGER_MS = 1000;

/** The events that a conversation waits for: all but our own bytes. */
export type AwaitedEvent = Exclude<WireEvent, { kind: "sent" }>;

export class TcpConnection {
  readonly transcript: WireEvent[] = [];
  /** Settles when we have ended our side; the FIN leaves in the next turn of the event loop. */
  readonly ended: Promise<void>;
  /** Settles when the socket is closed on both sides, or dropped. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #notesLocal: boolean;
  readonly #family: 4 | 6;
  readonly #unread: AwaitedEvent[] = [];
  #waiter: ((event: AwaitedEvent) => void) | null = null;
  #failure: LocalResourceError | null = null;
  #reject: ((error: LocalResourceError) => void) | null = null;
  #receivedBytes = 0;
  #connected = false;
  #over = false;
  #tellEnded = (): void => {};
  #local: LocalEndpoint | null = null;
  #proxied: ProxiedDial | null = null;

  /** @param notesLocal whether `local` is wanted: to ask the system costs as much as to read an answer. */
  constructor(endpoint: Endpoint, clock: Clock, notesLocal: boolean) {
    this.#clock = clock;
    this.#notesLocal = notesLocal;
    this.#family = endpoint.family;
    this.#socket = this.#open(endpoint);
    this.ended = new Promise((resolve) => {
      this.#tellEnded = resolve;
    });
    this.closed = new Promise((resolve) => this.#socket.once("close", () => resolve()));
    // The SYN is out by then, and has an address and a port also where it will fail.
    if (notesLocal) setImmediate(() => this.#noteLocal());
  }

  #open(endpoint: Endpoint): Socket {
    const { dial, proxy, address, port, family } = endpoint;
    if (dial !== undefined) return this.#takeOver(dial({ address, port, family }));
    return proxy === undefined ? this.#dial(endpoint) : this.#dialThrough(proxy, endpoint);
  }

  #takeOver(socket: Socket): Socket {
    if (socket.connecting) socket.once("connect", () => this.#stand());
    else setImmediate(() => this.#stand());
    return this.#watch(socket).on("data", (chunk) => {
      if (!this.#take(chunk)) socket.pause();
    });
  }

  #dial({ address: host, port, family }: Endpoint): Socket {
    const buffer = SHARED_BUFFER ?? Buffer.allocUnsafeSlow(READ_SIZE_BYTES);
    const socket = connect({
      ...{ host, port, family, noDelay: true, autoSelectFamily: false, allowHalfOpen: true },
      // One buffer for all reads: a flood is not to fill the memory faster than it is cleared away.
      onread: {
        buffer,
        callback: (size, filled) => this.#take(filled.slice(0, size)),
      },
    });
    return this.#watch(socket.once("connect", () => this.#stand()));
  }

  /** The proxy's own bytes are no part of the transcript. */
  #dialThrough(proxy: SocksProxy, target: Endpoint): Socket {
    const dial = dialThrough(proxy, target, {
      onReady: () => {
        this.#proxied = null;
        this.#watch(dial.socket).on("data", (chunk) => {
          if (!this.#take(chunk)) dial.socket.pause();
        });
        this.#stand();
      },
      onFailure: (failure) => this.#failAtProxy(failure),
    });
    this.#proxied = dial;
    return dial.socket;
  }

  #watch(socket: Socket): Socket {
    return socket
      .once("end", () => this.#tellEnd(this.#clock.nowMs()))
      .on("error", (error) => this.#fail(error));
  }

  #stand(): void {
    this.#connected = true;
    this.#record({ kind: "connected", atMs: this.#clock.nowMs() });
    this.#noteLocal();
  }

  /** Our own end of the connection; null before the SYN is out, and where it was not wanted. */
  get local(): LocalEndpoint | null {
    return this.#local;
  }

  /**
   * The next event that was not yet taken; after `atMs` of the clock that is `timeout`, or `connect-failed`
   * where the connection is not established by then.
   */
  async nextEvent(atMs: number): Promise<AwaitedEvent> {
    const event = await this.#next(atMs);
    return event ?? this.#giveUp();
  }

  /** The next event that was not yet taken, or null after `atMs` of the clock: what need not come. */
  nextEventWithin(atMs: number): Promise<AwaitedEvent | null> {
    return this.#next(atMs);
  }

  async #next(atMs: number): Promise<AwaitedEvent | null> {
    if (this.#failure !== null) throw this.#failure;
    const ready = this.#unread.shift();
    if (ready !== undefined) return ready;
    return new Promise((resolve, reject) => {
      const waiter = (event: AwaitedEvent): void => {
        clearTimeout(timer);
        resolve(event);
      };
      const timer = setTimeout(
        () => this.#giveUpUnlessHeard(waiter, () => resolve(null)),
        Math.max(0, atMs - this.#clock.nowMs()),
      );
      this.#waiter = waiter;
      this.#reject = (error) => {
        clearTimeout(timer);
        reject(error);
      };
    });
  }

  /** Sends, and gives the event of it. */
  send(bytes: Uint8Array): WireEvent {
    const event: WireEvent = { kind: "sent", atMs: this.#clock.nowMs(), bytes };
    this.#record(event);
    this.#socket.write(bytes);
    return event;
  }

  /**
   * Ends our side with a FIN and reads on until the peer ends its own, so that nothing unread turns the
   * ending into a reset. A peer that floods or keeps quiet is dropped.
   * @param keepAlive whether the process waits for the peer; not needed where no answer can come.
   */
  end(keepAlive = true): void {
    if (this.#over) return;
    const flooded = this.transcript.some(({ kind }) => kind === "overflow");
    this.#record({ kind: "ended", atMs: this.#clock.nowMs() });
    this.#over = true;
    this.#tellEnded();
    if (!this.#connected || flooded) {
      this.#socket.destroy();
      return;
    }
    this.#socket.end();
    this.#socket.resume();
    if (!keepAlive) this.#socket.unref();
    const timer = setTimeout(() => this.#socket.destroy(), LINGER_MS);
    if (!keepAlive) timer.unref();
    this.#socket.once("close", () => clearTimeout(timer));
  }

  /**
   * The end of the peer's bytes: its FIN, or a RST that came right behind data, for which libuv reports an
   * end of file as well (on POLLHUP after a partial read). A write of nothing sends nothing, and fails on a
   * connection that was reset.
   */
  #tellEnd(atMs: number): void {
    if (this.#over) return;
    this.#socket.write(NOTHING, (error) => {
      if (error !== null && error !== undefined) return;
      this.#record({ kind: "fin", atMs });
    });
  }

  #noteLocal(): void {
    if (!this.#notesLocal) return;
    const local = this.#socket.address();
    if ("address" in local && "port" in local) this.#local = { address: local.address, port: local.port };
  }

  /**
   * Node looks at its timers before it looks at the sockets: what came in while the processor was busy with other
   * connections is read first.
   */
  #giveUpUnlessHeard(waiter: (event: AwaitedEvent) => void, giveUp: () => void): void {
    setImmediate(() => {
      if (this.#waiter !== waiter) return;
      this.#waiter = null;
      this.#reject = null;
      giveUp();
    });
  }

  #giveUp(): AwaitedEvent {
    const atMs = this.#clock.nowMs();
    const late = this.#proxied?.lateness() ?? { reason: "no-answer", detail: "timeout" };
    const event: AwaitedEvent = this.#connected
      ? { kind: "timeout", atMs }
      : { kind: "connect-failed", atMs, ...late };
    this.#write(event);
    return event;
  }

  /** Takes what was read; false stops the reading. */
  #take(chunk: Uint8Array): boolean {
    this.#receivedBytes += chunk.length;
    if (this.#receivedBytes > RECEIVE_LIMIT_BYTES) {
      if (this.#over) this.#socket.destroy();
      this.#record({ kind: "overflow", atMs: this.#clock.nowMs(), limitBytes: RECEIVE_LIMIT_BYTES });
      return false;
    }
    if (this.#over) return true;
    const bytes = pooledBytes(chunk.length);
    bytes.set(chunk);
    this.#record({ kind: "received", atMs: this.#clock.nowMs(), bytes });
    return true;
  }

  #fail(error: Error): void {
    const atMs = this.#clock.nowMs();
    const code = errorCode(error) ?? "unknown";
    // A reset SYN is ECONNREFUSED: here the connection stood, and was reset before we could look.
    if (!this.#connected && code === "ECONNRESET") {
      this.#connected = true;
      this.#record({ kind: "connected", atMs });
    }
    if (!this.#connected) {
      const reason = connectError(code, this.#family, process.platform);
      if (reason === "shortage") this.#failLocally(code);
      else this.#record({ kind: "connect-failed", atMs, reason, detail: code });
      return;
    }
    if (code === "ECONNRESET") this.#record({ kind: "rst", atMs });
    // A reset in answer to what we sent behind the peer's FIN is EPIPE (Linux, state CLOSE_WAIT): the FIN was first.
    else if (code === "EPIPE") this.#record({ kind: "fin", atMs });
    else this.#record({ kind: "timeout", atMs });
  }

  #failAtProxy({ reason, detail, code }: ProxyFailure): void {
    if (code !== null && isShortage(code)) this.#failLocally(code);
    else this.#record({ kind: "connect-failed", atMs: this.#clock.nowMs(), reason, detail });
  }

  #failLocally(code: string): void {
    this.#failure = new LocalResourceError(`cannot open a connection: ${code}`);
    this.#reject?.(this.#failure);
  }

  #record(event: WireEvent): void {
    if (this.#over) return;
    this.#write(event);
    if (event.kind === "sent") return;
    const waiter = this.#waiter;
    if (waiter === null) {
      this.#unread.push(event);
      return;
    }
    this.#waiter = null;
    this.#reject = null;
    waiter(event);
  }

  /** Enters an event; what came in crumbs stands as one piece, with the time of its last byte. */
  #write(event: WireEvent): void {
    const last = this.transcript.at(-1);
    if (event.kind === "received" && last?.kind === "received") {
      const sizeBytes = last.bytes.length + event.bytes.length;
      if (sizeBytes <= PIECE_SIZE_BYTES) {
        const bytes = new Uint8Array(sizeBytes);
        bytes.set(last.bytes);
        bytes.set(event.bytes, last.bytes.length);
        this.transcript.splice(-1, 1, { ...event, bytes });
        return;
      }
    }
    this.transcript.push(event);
  }
}
