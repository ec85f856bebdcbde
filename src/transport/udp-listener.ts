/** A UDP socket that answers: for whoever plays a server in the lab. */
import { createSocket } from "node:dgram";
import { once } from "node:events";

export interface UdpListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The datagrams to answer one with. */
  readonly answer: (datagram: Uint8Array) => readonly Uint8Array[];
}

export interface UdpListener {
  readonly host: string;
  readonly port: number;
  /** What has come so far. */
  readonly received: readonly Uint8Array[];
  close(): Promise<void>;
}

/**
 * Listens on one UDP port.
 * @throws Error from the operating system (EADDRINUSE, EACCES, EADDRNOTAVAIL).
 */
export const listenUdp = async ({ host, port, answer }: UdpListenOptions): Promise<UdpListener> => {
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  const received: Uint8Array[] = [];
  socket.on("message", (datagram, { address, port: peer }) => {
    received.push(datagram);
    for (const bytes of answer(datagram)) socket.send(bytes, peer, address);
  });
  socket.bind(port, host);
  await once(socket, "listening");
  // ICMP errors to answers that nobody waits for.
  socket.on("error", () => undefined);
  return {
    host,
    port: socket.address().port,
    received,
    close: async () => {
      const closed = once(socket, "close");
      socket.close();
      await closed;
    },
  };
};
