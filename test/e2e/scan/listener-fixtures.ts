/** What the tests of the listeners share: hosts that play tricks, and one listener asked alone. */
import {
  LISTENERS,
  type ListenerId,
  type ListenerReports,
} from "../../../src/handshake/listeners/listener-report.ts";
import type { Identity } from "../../../src/lab/certificates/identities.ts";
import { probeListeners } from "../../../src/scan/one/probe-listeners.ts";
import type { AcceptedConnection } from "../../../src/transport/accepted-connection.ts";
import { type Listener, listen } from "../../../src/transport/listener.ts";
import { listenUdp } from "../../../src/transport/udp-listener.ts";
import { latin1 } from "../../http/latin1.ts";

export const LOOPBACK = { host: "127.0.0.1", port: 0 } as const;
export const TARGET = { host: "rdplab.test", address: "127.0.0.1", family: 4 } as const;
const LIFETIME_MS = 20_000;
const CLIENT_LIMITS = { timeoutMs: LIFETIME_MS, maxSizeBytes: 0x10000 } as const;

/** A TCP and UDP port where nothing listens. */
export const closedPort = async (): Promise<number> => {
  const tcp = await listen({ ...LOOPBACK, lifetimeMs: 1, serve: async () => undefined });
  const udp = await listenUdp({ ...LOOPBACK, port: tcp.port, answer: () => [] });
  await Promise.all([tcp.close(), udp.close()]);
  return tcp.port;
};

/** The report on one listener, whose neighbours are all closed. */
export const askOnly = async <Id extends ListenerId>(
  id: Id,
  port: number,
  timeoutMs = 1_000,
  host: string = TARGET.host,
): Promise<NonNullable<ListenerReports[Id]>> => {
  const elsewhere = await closedPort();
  const ids = Object.keys(LISTENERS).filter((one): one is ListenerId => one in LISTENERS);
  const ports = { ...Object.fromEntries(ids.map((one) => [one, elsewhere])), [id]: port };
  const reports = await probeListeners({ ...TARGET, host }, { timeoutMs, deadlineMs: 30_000, ports });
  const report = reports[id];
  if (report === null) throw new Error(`${id} was not asked`);
  return report;
};

/** A trick: what a host does on one connection, inside TLS where it has an identity. */
export type Trick = (connection: AcceptedConnection) => Promise<unknown>;

export const play = (trick: Trick, identity: Identity | null = null): Promise<Listener> =>
  listen({
    ...LOOPBACK,
    lifetimeMs: LIFETIME_MS,
    serve: async (connection) => {
      if (identity !== null && !(await connection.startTls(identity))) return;
      await trick(connection);
    },
  });

/** Takes one request head, and leaves the connection open after the answer. */
export const answerWith =
  (...texts: readonly string[]): Trick =>
  async (connection) => {
    for (const text of texts) {
      await hearRequest(connection);
      await connection.write(latin1(text));
    }
    await connection.drain(LIFETIME_MS);
  };

export const sayForEver =
  (start: string, again: string): Trick =>
  async (connection) => {
    await hearRequest(connection);
    await connection.write(latin1(start));
    while (await connection.write(latin1(again))) await connection.pause(1);
  };

export const dribble =
  (text: string): Trick =>
  async (connection) => {
    await hearRequest(connection);
    await connection.dribble(latin1(text), 1);
    await connection.drain(LIFETIME_MS);
  };

const END_OF_HEAD = "\r\n\r\n";

const hearRequest = (connection: AcceptedConnection) =>
  connection.receive((bytes) => {
    const end = Buffer.from(bytes).indexOf(END_OF_HEAD);
    return end === -1
      ? { status: "need", bytes: 1 }
      : { status: "done", value: null, size: end + END_OF_HEAD.length };
  }, CLIENT_LIMITS);
