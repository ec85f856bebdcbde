/** One datagram out, and the first one that comes back: UDP as a question. */
import { createSocket, type Socket } from "node:dgram";
import type { DatagramOutcome } from "../handshake/datagram-outcome.ts";
import { errorCode } from "./error-code.ts";
import { type Endpoint, LocalResourceError } from "./tapped-socket.ts";

/** Windows has ECONNRESET for an ICMP port unreachable. */
const PORT_UNREACHABLE: ReadonlySet<string> = new Set(["ECONNREFUSED", "ECONNRESET"]);
/** What this machine lacks: no word of the peer. */
const LOCAL: ReadonlySet<string> = new Set(["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"]);

/**
 * Sends `bytes` once and waits for the first answer, an ICMP error, or the end of the wait. The socket is
 * connected, so that datagrams of others do not count.
 * @throws LocalResourceError when this machine cannot open a socket.
 */
export const exchangeDatagram = (
  { address, port, family }: Endpoint,
  bytes: Uint8Array,
  waitMs: number,
): Promise<DatagramOutcome> =>
  new Promise((resolve, reject) => {
    const socket = createSocket(family === 6 ? "udp6" : "udp4");
    let sentAtMs = performance.now();
    const settle = (outcome: DatagramOutcome) => {
      clearTimeout(timer);
      close(socket);
      resolve(outcome);
    };
    const timer = setTimeout(() => settle({ kind: "silence" }), waitMs);
    const fail = (error: Error) => {
      const detail = errorCode(error) ?? "unknown";
      if (!LOCAL.has(detail)) {
        settle(PORT_UNREACHABLE.has(detail) ? { kind: "port-unreachable" } : { kind: "unreachable", detail });
        return;
      }
      clearTimeout(timer);
      close(socket);
      reject(new LocalResourceError(`cannot send a datagram: ${detail}`));
    };
    socket
      .once("message", (answer) =>
        settle({ kind: "answer", bytes: answer, roundTripMs: performance.now() - sentAtMs }),
      )
      .on("error", fail)
      .once("connect", () => {
        sentAtMs = performance.now();
        socket.send(bytes, (error) => {
          if (error !== null) fail(error);
        });
      });
    // Given a callback, connect would call it for failures as well.
    socket.connect(port, address);
  });

/** Closing twice throws. */
const close = (socket: Socket): void => {
  socket.removeAllListeners("message");
  try {
    socket.close();
  } catch {
    // An error had closed it.
  }
};
