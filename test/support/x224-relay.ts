/**
 * A TCP relay that goes through the X.224 exchange with an RDP server first and only then passes bytes on,
 * so that a TLS tool without RDP sees plain TLS.
 */
import { createConnection, createServer, type Socket } from "node:net";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { type LoopbackListener, listenOnLoopback } from "./loopback-listener.ts";

/** X.224 Connection Requests, [MS-RDPBCGR] 2.2.1.1, by requestedProtocols; `none` has no RDP_NEG_REQ. */
export const CONNECTION_REQUESTS = {
  none: "0300000b06e00000000000",
  "0x00": "030000130ee000000000000100080000000000",
  "0x01": "030000130ee000000000000100080001000000",
  "0x03": "030000130ee000000000000100080003000000",
  "0x0b": "030000130ee00000000000010008000b000000",
} as const;

export type RequestedProtocols = keyof typeof CONNECTION_REQUESTS;

export const REQUESTED_PROTOCOLS = ["none", "0x00", "0x01", "0x03", "0x0b"] as const;

export interface X224Relay extends LoopbackListener {
  /** The server's answers to the request so far, in hex. */
  confirms(): readonly string[];
}

/** @throws Error when it cannot listen. */
export const startX224Relay = async (
  server: { readonly host: string; readonly port: number },
  requested: RequestedProtocols = "0x0b",
): Promise<X224Relay> => {
  const confirms: string[] = [];
  const open = new Set<Socket>();
  const listener = createServer((client) => {
    client.pause();
    const upstream = createConnection(server);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", () => undefined).on("close", () => open.delete(socket));
    }
    upstream.on("close", () => client.destroySoon());
    client.on("close", () => upstream.destroySoon());
    upstream.write(fromHex(CONNECTION_REQUESTS[requested]));
    onceFirstTpkt(upstream, (confirm, rest) => {
      confirms.push(toHex(confirm));
      client.write(rest);
      upstream.pipe(client).pipe(upstream);
    });
  });
  return { ...(await listenOnLoopback(listener, open)), confirms: () => confirms };
};

/** Calls back once, with the first TPKT (RFC 1006 6: the length stands big-endian at byte 2) and what came after it. */
const onceFirstTpkt = (socket: Socket, found: (tpkt: Uint8Array, rest: Uint8Array) => void): void => {
  let received = Buffer.alloc(0);
  const collect = (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    const size = received.length < 4 ? Number.POSITIVE_INFINITY : Math.max(4, received.readUInt16BE(2));
    if (received.length < size) return;
    socket.off("data", collect);
    found(received.subarray(0, size), received.subarray(size));
  };
  socket.on("data", collect);
};
