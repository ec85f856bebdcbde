/** Listening sockets: accept, count, hand each connection to whoever serves it, and stop cleanly. */
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { AcceptedConnection } from "./accepted-connection.ts";

export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** A connection that is still open after this time is dropped. */
  readonly lifetimeMs: number;
  /** Plays the server; the connection is destroyed when this settles. */
  readonly serve: (connection: AcceptedConnection) => Promise<void>;
}

export interface ConnectionCounts {
  readonly total: number;
  readonly open: number;
  readonly maxOpen: number;
}

export interface Listener {
  readonly host: string;
  readonly port: number;
  connections(): ConnectionCounts;
  /**
   * Stops listening, drops every connection, and waits until all is over.
   * @throws Error the first one that `serve` threw: never the client's doing.
   */
  close(): Promise<void>;
}

/**
 * Listens on one TCP port.
 * @throws Error from the operating system (EADDRINUSE, EACCES, EADDRNOTAVAIL).
 */
export const listen = async (options: ListenOptions): Promise<Listener> => {
  const live = new Set<Socket>();
  const served = new Set<Promise<void>>();
  const faults: unknown[] = [];
  let total = 0;
  let maxOpen = 0;

  const serve = async (socket: Socket): Promise<void> => {
    const connection = new AcceptedConnection(socket);
    const lifetime = setTimeout(() => connection.destroy(), options.lifetimeMs);
    try {
      await options.serve(connection);
    } catch (fault) {
      faults.push(fault);
    } finally {
      clearTimeout(lifetime);
      connection.destroy();
    }
  };

  const server = createServer({ noDelay: true }, (socket) => {
    total += 1;
    live.add(socket);
    maxOpen = Math.max(maxOpen, live.size);
    socket.on("close", () => live.delete(socket));
    const play = serve(socket).finally(() => served.delete(play));
    served.add(play);
  });
  server.listen(options.port, options.host);
  await once(server, "listening");
  server.on("error", (fault) => faults.push(fault));

  const port = portOf(server.address());
  return {
    host: options.host,
    port,
    connections: () => ({ total, open: live.size, maxOpen }),
    close: async () => {
      const closed = server.listening ? once(server, "close") : Promise.resolve();
      server.close();
      const gone = [...live].map(goneOf);
      await Promise.all([closed, ...gone]);
      await Promise.all(served);
      if (faults.length > 0) throw faults[0];
    },
  };
};

/** Destroys a socket; resolves once it has said "close", after which it is no longer counted as open. */
const goneOf = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.once("close", () => resolve());
    socket.destroy();
  });

const portOf = (address: ReturnType<ReturnType<typeof createServer>["address"]>): number => {
  if (address === null || typeof address === "string") throw new Error("listener: no TCP address");
  return address.port;
};
