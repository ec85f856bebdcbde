/** A TCP load balancer of the simplest kind: each connection goes to the next of its members in turn. */
import { createConnection, createServer, type Socket } from "node:net";
import { type LoopbackListener, listenOnLoopback } from "../../../support/loopback-listener.ts";

interface Member {
  readonly host: string;
  readonly port: number;
}

/** @throws Error when it cannot listen. */
export const startRoundRobinFront = async (members: readonly Member[]): Promise<LoopbackListener> => {
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
  return listenOnLoopback(listener, open);
};
