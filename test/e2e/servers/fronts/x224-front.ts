/** An X.224 front: answers the Connection Request as a server that selects TLS, and passes the rest to a TLS server. */
import { createConnection, createServer, type Socket } from "node:net";
import { fromHex } from "../../../../src/bytes/hex.ts";
import { type LoopbackListener, listenOnLoopback } from "../../../support/loopback-listener.ts";

/** [MS-RDPBCGR] 2.2.1.2: RDP_NEG_RSP that selects PROTOCOL_SSL. */
const CONFIRM = fromHex("030000130ed000001234000200080001000000");

const TPKT_HEADER_BYTES = 4;

export interface X224Front extends LoopbackListener {
  /** Connections accepted so far, and the most that were open at once. */
  connections(): { readonly total: number; readonly maxOpen: number };
}

/** @throws Error when it cannot listen. */
export const startX224Front = async (backend: {
  readonly host: string;
  readonly port: number;
}): Promise<X224Front> => {
  const open = new Set<Socket>();
  let total = 0;
  let clients = 0;
  let maxOpen = 0;
  const listener = createServer((client) => {
    total += 1;
    clients += 1;
    maxOpen = Math.max(maxOpen, clients);
    open.add(client);
    client
      .on("error", () => undefined)
      .on("close", () => {
        open.delete(client);
        clients -= 1;
      });
    onceRequest(client, (rest) => {
      const upstream = createConnection(backend);
      open.add(upstream);
      upstream
        .on("error", () => undefined)
        .on("close", () => {
          open.delete(upstream);
          client.destroySoon();
        });
      client.on("close", () => upstream.destroySoon());
      client.write(CONFIRM);
      upstream.write(rest);
      upstream.pipe(client).pipe(upstream);
    });
  });
  return { ...(await listenOnLoopback(listener, open)), connections: () => ({ total, maxOpen }) };
};

/** Calls back with what stands behind the first TPKT. */
const onceRequest = (client: Socket, found: (rest: Uint8Array) => void): void => {
  let received = Buffer.alloc(0);
  const collect = (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    const size = received.length < TPKT_HEADER_BYTES ? null : received.readUInt16BE(2);
    if (size === null || received.length < size) return;
    client.off("data", collect);
    found(received.subarray(size));
  };
  client.on("data", collect);
};
