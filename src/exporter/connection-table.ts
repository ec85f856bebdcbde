/**
 * The connections that the front holds. Where there are too many, one without a request makes room, of whoever has most
 * of them: who comes once a minute is not locked out by who opens hundreds and says nothing.
 */

/** What of a socket is needed. */
interface HeldSocket {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  destroy(): unknown;
  once(event: "close", listener: () => void): unknown;
}

interface Held {
  readonly socket: HeldSocket;
  readonly address: string;
  requests: number;
}

export interface ConnectionTable {
  /** Takes a new connection, or drops it where all others are at work. */
  add(socket: HeldSocket): void;
  /** A request came on it; gives what is called when it is answered. */
  working(socket: HeldSocket): () => void;
  readonly size: number;
}

export const createConnectionTable = (most: number): ConnectionTable => {
  /** Those that are idle for longest come first. */
  const held = new Map<string, Held>();

  const drop = (key: string, { socket }: Held): void => {
    held.delete(key);
    socket.destroy();
  };

  /** Whether there is a place now. */
  const makeRoom = (): boolean => {
    const idle = new Map<string, number>();
    for (const { address, requests } of held.values()) {
      if (requests === 0) idle.set(address, (idle.get(address) ?? 0) + 1);
    }
    let greedy: readonly [string, number] = ["", 0];
    for (const entry of idle) if (entry[1] > greedy[1]) greedy = entry;
    for (const [key, one] of held) {
      if (one.requests > 0 || one.address !== greedy[0]) continue;
      drop(key, one);
      return true;
    }
    return false;
  };

  return {
    add(socket) {
      if (held.size >= most && !makeRoom()) {
        socket.destroy();
        return;
      }
      const key = keyOf(socket);
      const own: Held = { socket, address: socket.remoteAddress ?? "", requests: 0 };
      held.set(key, own);
      socket.once("close", () => {
        if (held.get(key) === own) held.delete(key);
      });
    },
    working(socket) {
      const key = keyOf(socket);
      const one = held.get(key);
      if (one === undefined) return () => {};
      one.requests += 1;
      return () => {
        one.requests -= 1;
        if (held.get(key) !== one) return;
        held.delete(key);
        held.set(key, one);
      };
    },
    get size() {
      return held.size;
    },
  };
};

/** A TLS socket and the one below it have the same. */
const keyOf = ({ remoteAddress, remotePort }: HeldSocket): string => `${remoteAddress} ${remotePort}`;
