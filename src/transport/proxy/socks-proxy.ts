/** A TCP connection through a SOCKS 5 proxy (RFC 1928), which tells what the proxy lacks from what the target does. */
import { connect, type Socket } from "node:net";
import type { ConnectFailure } from "../../handshake/conversation/transcript.ts";
import { errorCode } from "../error-code.ts";

export interface SocksProxy {
  /** A name or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** RFC 1929; never printed. */
  readonly credentials: { readonly user: string; readonly password: string } | null;
}

/** `host:port` of a proxy, for people: without its credentials. */
export const proxyName = ({ host, port }: SocksProxy): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;

export interface ProxyFailure {
  readonly reason: ConnectFailure;
  readonly detail: string;
  /** The operating system's word where no connection to the proxy came to be. */
  readonly code: string | null;
}

export interface ProxiedDial {
  /** Paused until `onReady`; whoever takes it over then listens for its data, its end and its errors. */
  readonly socket: Socket;
  /** What it means that the wait ends now. */
  lateness(): Omit<ProxyFailure, "code">;
}

/** Our own time-outs end the wait, long before this. */
const NEVER_MS = 86_400_000;

/** Dials; exactly one of `onReady` and `onFailure` is called, unless the socket is destroyed before. */
export const dialThrough = (
  proxy: SocksProxy,
  target: { readonly address: string; readonly port: number },
  {
    onReady,
    onFailure,
  }: { readonly onReady: () => void; readonly onFailure: (failure: ProxyFailure) => void },
): ProxiedDial => {
  const socket = connect({ host: proxy.host, port: proxy.port, noDelay: true, allowHalfOpen: true });
  let isSettled = false;
  const greeting: number[] = [];
  const noteGreeting = (chunk: Uint8Array): void => {
    for (const byte of chunk.subarray(0, METHOD_SELECTION_BYTES - greeting.length)) greeting.push(byte);
    if (greeting.length === METHOD_SELECTION_BYTES) socket.off("data", noteGreeting);
  };
  /** What the proxy says before it is asked for the target. */
  const preludeBytes = (): number =>
    METHOD_SELECTION_BYTES + (greeting[1] === USER_PASSWORD ? AUTHENTICATION_BYTES : 0);
  const asked = (): boolean => socket.bytesRead >= preludeBytes();
  const fail = (failure: Omit<ProxyFailure, "code">, code: string | null = null): void => {
    if (isSettled) return;
    isSettled = true;
    socket.destroy();
    onFailure({ ...failure, code });
  };
  const onEnd = (): void =>
    fail(byProxy(asked() ? "it closed without a reply" : "it closed in the greeting"));
  const onError = (error: Error): void => fail(byProxy(error.message), errorCode(error));
  socket
    .once("connect", () => {
      negotiate().catch((error: unknown) => fail(byProxy(String(error))));
    })
    .on("data", noteGreeting)
    .once("end", onEnd)
    .on("error", onError);
  const negotiate = async (): Promise<void> => {
    const { credentials } = proxy;
    // The client speaks first, so that nothing is missed meanwhile; and who needs no proxy starts sooner.
    const { SocksClient } = await import("./socks-client.ts");
    if (isSettled || socket.destroyed) return;
    const client = new SocksClient({
      command: "connect",
      destination: { host: target.address, port: target.port },
      proxy: {
        ...{ host: proxy.host, port: proxy.port, type: 5 },
        ...(credentials === null ? {} : { userId: credentials.user, password: credentials.password }),
      },
      timeout: NEVER_MS,
    });
    client
      .once("established", () => {
        isSettled = true;
        socket.off("data", noteGreeting).off("end", onEnd).off("error", onError);
        onReady();
      })
      .on("error", ({ message }) => fail(failureOf(message)));
    client.connect(socket);
  };
  return {
    socket,
    lateness: () => {
      if (!asked()) return byProxy("it gave no answer in time");
      // A reply that has begun is the end of what the target could do: what is late is the proxy.
      return socket.bytesRead > preludeBytes()
        ? byProxy("it stopped inside its reply to CONNECT")
        : { reason: "no-answer", detail: "the proxy gave no reply to CONNECT in time" };
    },
  };
};

/** RFC 1928 3: version and the method that the proxy chose. */
const METHOD_SELECTION_BYTES = 2;
const USER_PASSWORD = 2;

/** RFC 1929 2: version and status. */
const AUTHENTICATION_BYTES = 2;

const byProxy = (detail: string): Omit<ProxyFailure, "code"> => ({ reason: "proxy", detail });

/** RFC 1928 6, the replies by the library's names. The others say nothing of the target. */
const REPLIES: Readonly<Record<string, { readonly reason: ConnectFailure; readonly text: string }>> = {
  Failure: { reason: "proxy", text: "SOCKS reply 1, general failure" },
  NotAllowed: { reason: "proxy", text: "SOCKS reply 2, not allowed by its rules" },
  NetworkUnreachable: { reason: "unreachable", text: "SOCKS reply 3, network unreachable" },
  HostUnreachable: { reason: "unreachable", text: "SOCKS reply 4, host unreachable" },
  ConnectionRefused: { reason: "refused", text: "SOCKS reply 5, connection refused" },
  TTLExpired: { reason: "no-answer", text: "SOCKS reply 6, TTL expired" },
  CommandNotSupported: { reason: "proxy", text: "SOCKS reply 7, command not supported" },
  AddressNotSupported: { reason: "proxy", text: "SOCKS reply 8, address type not supported" },
};

/** The library ends the message of a refusal with the reply's name. */
const failureOf = (message: string): Omit<ProxyFailure, "code"> => {
  const reply = REPLIES[/^Socks5 proxy rejected connection - (\w+)$/.exec(message)?.[1] ?? ""];
  return reply === undefined ? byProxy(message) : { reason: reply.reason, detail: reply.text };
};
