/** Stands between a client and a server, and damages each connection's server side by the same rule. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { createDamager } from "./damager.ts";
import type { Damage } from "./rules.ts";

export interface Proxy {
  readonly port: number;
  close(): void;
}

/** A TPKT of 19 bytes: the Connection Confirm. */
const CONFIRM_SIZE = 19;
const HEADER_SIZE = 5;

export const startProxy = async (upstreamPort: number, damage: Damage): Promise<Proxy> => {
  const live = new Set<Socket>();
  const server = createServer((downstream) => {
    const upstream = connect(upstreamPort, "127.0.0.1");
    for (const socket of [downstream, upstream]) {
      live.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => {}).on("close", () => live.delete(socket));
    }
    downstream.on("data", (chunk) => upstream.write(chunk)).on("end", () => upstream.end());
    const pass = passing(damage);
    upstream.on("data", (chunk) => {
      for (const { bytes, end } of pass(chunk)) {
        if (bytes.length > 0) downstream.write(bytes);
        if (end === "fin") downstream.end();
        else if (end === "rst") setTimeout(() => downstream.resetAndDestroy(), 5);
      }
    });
    upstream.on("end", () => downstream.end());
    downstream.on("close", () => upstream.destroy());
    upstream.on("close", () => downstream.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close() {
      server.close();
      for (const socket of live) socket.destroy();
    },
  };
};

interface Piece {
  readonly bytes: Uint8Array;
  readonly end: "fin" | "rst" | "silence" | null;
}

/** The confirm as it is, then record by record through the rule; after an end nothing. */
const passing = (damage: Damage): ((chunk: Buffer) => readonly Piece[]) => {
  const damager = createDamager(damage);
  let waiting = Buffer.alloc(0);
  let isConfirmed = false;
  let isOver = false;
  return (chunk) => {
    const pieces: Piece[] = [];
    waiting = Buffer.concat([waiting, chunk]);
    const take = (size: number): Uint8Array => {
      const bytes = Uint8Array.from(waiting.subarray(0, size));
      waiting = waiting.subarray(size);
      return bytes;
    };
    if (!isConfirmed && waiting.length >= CONFIRM_SIZE) {
      isConfirmed = true;
      pieces.push({ bytes: take(CONFIRM_SIZE), end: null });
    }
    while (isConfirmed && !isOver && waiting.length >= HEADER_SIZE) {
      const size = HEADER_SIZE + waiting.readUInt16BE(3);
      if (waiting.length < size) break;
      const piece = damager(take(size));
      pieces.push(piece);
      isOver = piece.end !== null;
    }
    return pieces;
  };
};
