/** A SOCKS 5 proxy (RFC 1928, 1929) on loopback that connects, or answers as it is told to. */
import { once } from "node:events";
import { createConnection, createServer, type Socket } from "node:net";
import { type LoopbackListener, listenOnLoopback } from "../../../support/loopback-listener.ts";

export interface SocksServerOptions {
  /** The only ones that are let in; without them nobody is asked. */
  readonly credentials?: { readonly user: string; readonly password: string };
  /** What CONNECT is answered with, instead of a connection. */
  readonly reply?: number;
  /** Where it stops, and how. */
  readonly stops?: { readonly at: "greeting" | "connect"; readonly by: "silence" | "close" };
}

export interface SocksServer extends LoopbackListener {
  /** `address:port` of each CONNECT so far. */
  asked(): readonly string[];
}

/** @throws Error when it cannot listen. */
export const startSocksServer = async (options: SocksServerOptions = {}): Promise<SocksServer> => {
  const asked: string[] = [];
  const open = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    open.add(socket);
    return socket.on("error", () => undefined).on("close", () => open.delete(socket));
  };
  const listener = createServer({ allowHalfOpen: true }, (client) => {
    const reader = readerOf(keep(client));
    serve(client, reader, options, asked, keep).catch(() => client.destroy());
  });
  return { ...(await listenOnLoopback(listener, open)), asked: () => asked };
};

type Read = (size: number) => Promise<Buffer>;

const serve = async (
  client: Socket,
  read: Read,
  { credentials, reply, stops }: SocksServerOptions,
  asked: string[],
  keep: (socket: Socket) => Socket,
): Promise<void> => {
  const [, methods = 0] = await read(2);
  const offered = await read(methods);
  if (stops?.at === "greeting") return stop(client, stops.by);
  const method = credentials === undefined ? NO_AUTHENTICATION : USER_PASSWORD;
  client.write(Uint8Array.of(5, offered.includes(method) ? method : NONE_ACCEPTABLE));
  if (credentials !== undefined) {
    const [, userLength = 0] = await read(2);
    const user = (await read(userLength)).toString();
    const [passwordLength = 0] = await read(1);
    const password = (await read(passwordLength)).toString();
    const isRight = user === credentials.user && password === credentials.password;
    client.write(Uint8Array.of(1, isRight ? 0 : 1));
    if (!isRight) return stop(client, "close");
  }
  const [, , , type = 0] = await read(4);
  const address = await read(type === IPV4 ? 4 : 16);
  const port = (await read(2)).readUInt16BE();
  const host = type === IPV4 ? address.join(".") : "::1";
  asked.push(`${host}:${port}`);
  if (stops?.at === "connect") return stop(client, stops.by);
  if (reply !== undefined) {
    client.end(replyOf(reply));
    return;
  }
  const server = keep(createConnection({ host, port, allowHalfOpen: true, noDelay: true }));
  server.once("error", () => client.end(replyOf(REFUSED)));
  await once(server, "connect");
  client.write(replyOf(0));
  server.pipe(client).pipe(server);
};

const NO_AUTHENTICATION = 0;
const USER_PASSWORD = 2;
const NONE_ACCEPTABLE = 0xff;
const IPV4 = 1;
const REFUSED = 5;

const replyOf = (code: number): Uint8Array => Uint8Array.of(5, code, 0, IPV4, 0, 0, 0, 0, 0, 0);

const stop = (client: Socket, by: "silence" | "close"): void => {
  if (by === "close") client.end();
};

/** Takes bytes as they are asked for, and leaves the rest in the socket. */
const readerOf =
  (socket: Socket): Read =>
  async (size) => {
    for (;;) {
      if (size === 0) return Buffer.alloc(0);
      const bytes: unknown = socket.read(size);
      if (bytes instanceof Buffer) return bytes;
      if (socket.readableEnded || socket.destroyed) throw new Error("the client has gone");
      await Promise.race([once(socket, "readable"), once(socket, "end"), once(socket, "close")]);
    }
  };
