/** A client that sends bytes as they are and notes what comes back and how the connection ends. */
import type { X509Certificate } from "node:crypto";
import { connect as connectTcp, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";

/** `open`: still open when the patience was over; `refused`: nothing listens. */
export type End = "fin" | "rst" | "open" | "refused";

export interface Heard {
  readonly hex: string;
  readonly end: End;
  /** How many times bytes arrived. */
  readonly chunks: number;
}

export class RawClient {
  readonly socket: Socket;
  #heard: Buffer = Buffer.alloc(0);
  #chunks = 0;
  #end: End = "open";

  constructor(port: number, host = "127.0.0.1") {
    this.socket = connectTcp({ port, host, noDelay: true });
    this.socket.on("data", (chunk: Buffer) => {
      this.#heard = Buffer.concat([this.#heard, chunk]);
      this.#chunks += 1;
    });
    this.socket.on("end", () => {
      this.#end = "fin";
    });
    this.socket.on("error", (fault: NodeJS.ErrnoException) => {
      this.#end = fault.code === "ECONNREFUSED" ? "refused" : "rst";
    });
  }

  get heard(): Heard {
    return { hex: toHex(this.#heard), end: this.#end, chunks: this.#chunks };
  }

  send(hex: string): void {
    this.socket.write(fromHex(hex));
  }

  /** Waits until so many bytes have come in all, the connection has ended, or the patience is over. */
  async hears(sizeBytes: number, patienceMs = 2_000): Promise<Heard> {
    const until = Date.now() + patienceMs;
    while (this.#heard.length < sizeBytes && this.#end === "open" && Date.now() < until) await tick();
    return this.heard;
  }

  /** Waits until the connection has ended, or stayed open and silent for the patience. */
  async ends(patienceMs = 2_000): Promise<Heard> {
    return this.hears(Number.POSITIVE_INFINITY, patienceMs);
  }

  /** Speaks TLS from here on; rejects when the handshake fails. */
  startTls(options: ConnectionOptions = {}): Promise<TLSSocket> {
    this.socket.removeAllListeners("data");
    return new Promise((resolve, reject) => {
      const secured = connectTls({
        socket: this.socket,
        rejectUnauthorized: false,
        minVersion: "TLSv1",
        ciphers: "ALL:@SECLEVEL=0",
        ...options,
      });
      secured.once("secureConnect", () => resolve(secured));
      secured.on("error", reject);
    });
  }

  /** Ends with a RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** The leaf and its issuers, as they were sent. */
export const chainOf = (secured: TLSSocket): readonly X509Certificate[] => {
  const chain: X509Certificate[] = [];
  let next = secured.getPeerX509Certificate();
  while (next !== undefined && chain.length < 10) {
    chain.push(next);
    next = next.issuerCertificate;
  }
  return chain;
};

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));
