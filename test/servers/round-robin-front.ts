/** A TCP load balancer of the simplest kind: each connection goes to the next of its members in turn. */
import { once } from "node:events";
import { createConnection, createServer, type Socket } from "node:net";

export interface RoundRobinFront {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

interface Member {
  readonly host: string;
  readonly port: number;
}

/** @throws Error when it cannot listen. */
export const startRoundRobinFront = async (members: readonly Member[]): Promise<RoundRobinFront> => {
  const host = "127.0.0.1";
  const open = new Set<Socket>();
  let connections = 0;
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const member = members[connections % members.length];
    connections += 1;
    if (member === undefined) throw new Error("a front without members");
    const server = createConnection({ ...member, allowHalfOpen: true, noDelay: true });
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      open.add(socket);
      socket.on("error", () => other.resetAndDestroy()).on("close", () => open.delete(socket));
      socket.pipe(other);
    }
  });
  listener.listen(0, host);
  await once(listener, "listening");
  const address = listener.address();
  if (typeof address !== "object" || address === null) throw new Error("no port to listen on");
  return {
    host,
    port: address.port,
    stop: async () => {
      for (const socket of open) socket.destroy();
      listener.close();
      await once(listener, "close");
    },
  };
};
