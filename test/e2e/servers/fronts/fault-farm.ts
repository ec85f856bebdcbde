/** One port on every address of 127.0.0.0/8 that misbehaves as the address says: resets, stalls, garbage. */
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { fromHex } from "../../../../src/bytes/hex.ts";

export interface FaultFarm {
  readonly port: number;
  /** The most connections that one address had open at the same time. */
  mostOpen(): number;
  close(): Promise<void>;
}

const SELECTS_TLS = fromHex("030000130ed00000123400021f080001000000");
const REQUIRES_NLA = fromHex("030000130ed000001234000300080005000000");

/** In turn by the address's last octet; each plays when the client has sent something. */
const FAULTS: readonly ((socket: Socket) => void)[] = [
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.end("\u0000\u0001garbage\u00ff"),
  () => {},
  (socket) => socket.end(),
  (socket) => socket.end(REQUIRES_NLA),
  (socket) => socket.end(SELECTS_TLS.subarray(0, 7)),
  (socket) => {
    socket.write(SELECTS_TLS);
    socket.once("data", () => socket.resetAndDestroy());
  },
  (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"),
];

export const startFaultFarm = async (): Promise<FaultFarm> => {
  const open = new Map<string, number>();
  const sockets = new Set<Socket>();
  let most = 0;
  const count = (address: string, change: number): void => {
    const now = (open.get(address) ?? 0) + change;
    if (now === 0) open.delete(address);
    else open.set(address, now);
    most = Math.max(most, now);
  };
  const server: Server = createServer((socket) => {
    const address = socket.localAddress ?? "";
    count(address, 1);
    sockets.add(socket);
    const fault = FAULTS[Number(address.split(".").at(-1)) % FAULTS.length];
    socket.on("error", () => socket.destroy());
    socket.once("close", () => {
      count(address, -1);
      sockets.delete(socket);
    });
    socket.once("data", () => fault?.(socket));
  });
  server.listen({ host: "0.0.0.0", port: 0, backlog: 4096 });
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    mostOpen: () => most,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
};
