/** One datagram out, and the first one that comes back: UDP as a question. */
import { createSocket, type Socket } from "node:dgram";
import type { DatagramOutcome } from "../handshake/facts/datagram-outcome.ts";
import { isShortage } from "./connect-error.ts";
import { errorCode } from "./error-code.ts";
import { LocalResourceError } from "./local-resource-error.ts";
import type { Endpoint } from "./tcp-connection.ts";

/** Windows has ECONNRESET for an ICMP port unreachable. */
const PORT_UNREACHABLE: ReadonlySet<string> = new Set(["ECONNREFUSED", "ECONNRESET"]);

/** What went over the wire, for who records it. */
export interface DatagramTraffic {
  readonly local: { readonly address: string; readonly port: number };
  readonly remote: { readonly address: string; readonly port: number };
  /** In their order; times are milliseconds since the epoch. */
  readonly datagrams: readonly {
    readonly from: "client" | "server";
    readonly timeMs: number;
    readonly bytes: Uint8Array;
  }[];
}

/**
 * Sends `bytes` once and waits for the first answer, an ICMP error, or the end of the wait. The socket is
 * connected, so that datagrams of others do not count.
 * @throws LocalResourceError when this machine cannot open a socket.
 */
export const exchangeDatagram = (
  { address, port, family }: Endpoint,
  bytes: Uint8Array,
  waitMs: number,
  onTraffic: (traffic: DatagramTraffic) => void = () => {},
): Promise<DatagramOutcome> =>
  new Promise((resolve, reject) => {
    const socket = createSocket(family === 6 ? "udp6" : "udp4");
    let sentAtMs = performance.now();
    let local: DatagramTraffic["local"] | null = null;
    const settle = (outcome: DatagramOutcome) => {
      clearTimeout(timer);
      close(socket);
      if (local !== null) {
        const datagrams = datagramsOf(bytes, sentAtMs, outcome);
        onTraffic({ local, remote: { address, port }, datagrams });
      }
      resolve(outcome);
    };
    const timer = setTimeout(() => settle({ kind: "silence" }), waitMs);
    const fail = (error: Error) => {
      const detail = errorCode(error) ?? "unknown";
      if (!isShortage(detail)) {
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
        local = socket.address();
        socket.send(bytes, (error) => {
          if (error !== null) fail(error);
        });
      });
    // Given a callback, connect would call it for failures as well.
    socket.connect(port, address);
  });

const datagramsOf = (
  bytes: Uint8Array,
  sentAtMs: number,
  outcome: DatagramOutcome,
): DatagramTraffic["datagrams"] => {
  const timeMs = performance.timeOrigin + sentAtMs;
  return [
    { from: "client", timeMs, bytes },
    ...(outcome.kind === "answer"
      ? [{ from: "server" as const, timeMs: timeMs + outcome.roundTripMs, bytes: outcome.bytes }]
      : []),
  ];
};

/** Closing twice throws. */
const close = (socket: Socket): void => {
  socket.removeAllListeners("message");
  try {
    socket.close();
  } catch {
    // An error had closed it.
  }
};
