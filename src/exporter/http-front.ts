/**
 * The HTTP side of the exporter: limits on what a client may send and how long it may take, authentication, and
 * a stop that lets what is in flight end. What is answered is the handler's.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Duplex } from "node:stream";
import type { Authenticator } from "./basic-auth.ts";
import { createConnectionTable } from "./connection-table.ts";
import type { TlsMaterial } from "./web-config.ts";

export interface FrontRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly header: (name: string) => string | undefined;
}

export interface FrontAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FrontOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** What comes on top takes the place of an idle one, or is dropped where there is none. */
  readonly maxConnections: number;
  readonly tls: TlsMaterial | null;
  /** Null where everybody is let in. */
  readonly authenticate: Authenticator | null;
  readonly handle: (request: FrontRequest) => Promise<FrontAnswer>;
  /** Takes what is no client's doing. */
  readonly onFault: (fault: unknown) => void;
}

export interface Front {
  readonly port: number;
  /** Takes no new request, waits for those in flight up to `graceMs`, then drops what is left. */
  close(graceMs: number): Promise<void>;
}

const MAX_HEAD_BYTES = 8192;
const MAX_URL_LENGTH = 2048;
const HEAD_TIMEOUT_MS = 5000;
const REQUEST_TIMEOUT_MS = 10_000;
const WRITE_TIMEOUT_MS = 10_000;

/** Longer than the usual scrape interval, so that a connection serves more than one scrape. */
const KEEP_ALIVE_MS = 75_000;

const LIMITS = {
  maxHeaderSize: MAX_HEAD_BYTES,
  headersTimeout: HEAD_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  connectionsCheckingInterval: 1000,
  keepAliveTimeout: KEEP_ALIVE_MS,
} as const;

export const textAnswer = (
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): FrontAnswer => ({ status, contentType: "text/plain; charset=utf-8", body: `${text}\n`, headers });

/**
 * Listens; requests are answered when this resolves.
 * @throws Error from the operating system (EADDRINUSE, EACCES, EADDRNOTAVAIL), or from OpenSSL for a bad key.
 */
export const openFront = async (options: FrontOptions): Promise<Front> => {
  let isStopping = false;
  const connections = createConnectionTable(options.maxConnections);
  const server = serverFor(options.tls, (request, response) => {
    response.once("close", connections.working(request.socket));
    answer(request, options)
      .catch((fault: unknown) => {
        options.onFault(fault);
        return textAnswer(500, "internal error");
      })
      .then((written) => write(response, written, isStopping || refusesBody(request)))
      .catch(options.onFault);
  });
  server.on("connection", (socket) => connections.add(socket));
  server.on("clientError", refuseBrokenRequest);
  server.listen(options.port, options.host);
  await once(server, "listening");
  server.on("error", options.onFault);
  const address = server.address();
  return {
    port: address === null || typeof address === "string" ? options.port : address.port,
    close: async (graceMs) => {
      isStopping = true;
      const closed = once(server, "close");
      server.close();
      server.closeIdleConnections();
      const drop = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(drop);
    },
  };
};

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

const serverFor = (tls: TlsMaterial | null, listener: Listener): Server => {
  if (tls === null) return createServer(LIMITS, listener);
  const { cert, key, clientCa, minVersion } = tls;
  const client = clientCa === null ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true };
  const handshakeTimeout = HEAD_TIMEOUT_MS;
  return createTlsServer({ ...LIMITS, ...client, cert, key, minVersion, handshakeTimeout }, listener);
};

const answer = async (request: IncomingMessage, options: FrontOptions): Promise<FrontAnswer> => {
  const { method = "", url = "", headers } = request;
  if (url.length > MAX_URL_LENGTH)
    return textAnswer(414, `the URL is longer than ${MAX_URL_LENGTH} characters`);
  if (refusesBody(request)) return textAnswer(413, "a request has no body here");
  if (options.authenticate !== null) {
    const outcome = await options.authenticate(headers.authorization, askerOf(request));
    if (outcome === "busy") return textAnswer(503, "too many passwords are being checked");
    if (outcome === "refused") {
      return textAnswer(401, "unauthorized", {
        "WWW-Authenticate": 'Basic realm="rdprobe", charset="UTF-8"',
      });
    }
  }
  if (!METHODS.has(method)) {
    return textAnswer(405, "only GET, HEAD, POST and PUT are answered", { Allow: [...METHODS].join(", ") });
  }
  const [path = "", query = ""] = url.split("?", 2);
  return options.handle({
    method,
    path,
    query: new URLSearchParams(query),
    header: (name) => headers[name]?.toString(),
  });
};

/** Of IPv6 the network, of which one host can have every address. */
const askerOf = ({ socket }: IncomingMessage): string => {
  const address = socket.remoteAddress ?? "";
  return address.includes(".") ? address : address.split(":", IPV6_NETWORK_WORDS).join(":");
};

const IPV6_NETWORK_WORDS = 4;

/** Which of them a path takes is the handler's. */
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT"]);

const refusesBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0;

/** A client that reads nothing is dropped; so is one whose body nobody has read. */
const write = (response: ServerResponse, written: FrontAnswer, isLast: boolean): void => {
  const body = Buffer.from(written.body);
  response.writeHead(written.status, {
    "Content-Type": written.contentType,
    "Content-Length": body.length,
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    ...written.headers,
    ...(isLast ? { Connection: "close" } : {}),
  });
  const late = setTimeout(() => response.destroy(), WRITE_TIMEOUT_MS);
  response.once("close", () => clearTimeout(late));
  response.end(body);
};

const STATUS_OF_ERROR: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

const refuseBrokenRequest = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  const status = STATUS_OF_ERROR[error.code ?? ""] ?? "400 Bad Request";
  if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  // Whoever does not close its side as well is not waited for.
  setTimeout(() => socket.destroy(), 1000).unref();
};
