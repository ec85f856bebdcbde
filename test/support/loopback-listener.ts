/** A listener of the tests' own on loopback, at any free port. */
import { once } from "node:events";
import type { Server, Socket } from "node:net";

export interface LoopbackListener {
  readonly host: string;
  readonly port: number;
  /** Drops what is open, and listens no more. */
  stop(): Promise<void>;
}

/**
 * @param open the sockets to drop at the end, kept by whoever opens them.
 * @throws Error when it cannot listen.
 */
export const listenOnLoopback = async (
  listener: Server,
  open: ReadonlySet<Socket>,
): Promise<LoopbackListener> => {
  const host = "127.0.0.1";
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
