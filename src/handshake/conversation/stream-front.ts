/**
 * What may stand before RDP in a TCP stream: the greeting of a SOCKS or HTTP proxy, a load balancer's PROXY
 * header, a pre-connection blob. Each takes bytes of the client, and the proxies' take the server's as well.
 */
import { latin1Text } from "../../bytes/latin1.ts";

export interface StreamFront {
  readonly kind: "socks5" | "socks4" | "http-connect" | "proxy-protocol" | "preconnection-blob";
  /** `host:port` where the client names one; text of the client as it came. */
  readonly destination: string | null;
}

/**
 * How far a greeting can be read at the start of both sides' bytes. What is said of the start of a side's bytes
 * holds when more of them come: `need` may become anything, a front and `none` stay.
 */
export type FrontReading =
  | {
      readonly status: "front";
      /** Its text is made where it is wanted: a stream is read again at each packet until it is decided. */
      readonly front: () => StreamFront;
      readonly client: number;
      readonly server: number;
    }
  /** It is the start of one, and more must come. */
  | { readonly status: "need" }
  | { readonly status: "none" };

/**
 * The greeting at the start of the two directions, with the bytes that it takes of each.
 * @param isOver no more bytes are waited for: a proxy's answer that is not there is not in the capture.
 */
export const readFront = (client: Uint8Array, server: Uint8Array, isOver: boolean): FrontReading => {
  for (const read of FRONTS) {
    const reading = read(client, server, isOver);
    if (reading.status !== "none") return reading;
  }
  return NONE;
};

type FrontReader = (client: Uint8Array, server: Uint8Array, isOver: boolean) => FrontReading;

const NONE: FrontReading = { status: "none" };
const NEED: FrontReading = { status: "need" };

const found = (
  kind: StreamFront["kind"],
  destination: () => string | null,
  client: number,
  server: number,
): FrontReading => ({
  status: "front",
  front: () => ({ kind, destination: destination() }),
  client,
  server,
});

const NO_DESTINATION = (): null => null;

const MAX_LINE_BYTES = 4096;

/** RFC 1928 3 to 6, RFC 1929 2. */
const readSocks5: FrontReader = (client, server, isOver) => {
  if (client[0] !== 5) return NONE;
  const methods = client[1];
  if (methods === undefined) return NEED;
  if (methods === 0) return NONE;
  let at = 2 + methods;
  let serverAt = 2;
  if (server.length > 0 && server[0] !== 5) return NONE;
  if (client[at] === 1) {
    const userSize = client[at + 1];
    const passwordSize = userSize === undefined ? undefined : client[at + 2 + userSize];
    if (userSize === undefined || passwordSize === undefined) return NEED;
    at += 3 + userSize + passwordSize;
    serverAt += 2;
  }
  const [version, command, , type, first = 0] = client.subarray(at);
  if (version === undefined || command === undefined || type === undefined) return NEED;
  if (version !== 5 || command !== 1) return NONE;
  const size = socksAddressSize(type, first);
  if (size === null) return NONE;
  const end = at + 4 + size + 2;
  if (client.length < end) return NEED;
  const destination = (): string => socksDestination(type, client.subarray(at + 4, end));
  const replySize = socksAddressSize(server[serverAt + 3] ?? 0, server[serverAt + 4] ?? 0);
  if (replySize === null) {
    if (server.length > serverAt + 3) return NONE;
    return isOver && client.length > end ? found("socks5", destination, end, server.length) : NEED;
  }
  const serverEnd = serverAt + 4 + replySize + 2;
  return server.length < serverEnd ? NEED : found("socks5", destination, end, serverEnd);
};

/** Bytes of an address of this type, without its port; null for a type that RFC 1928 5 does not know. */
const socksAddressSize = (type: number, first: number): number | null => {
  if (type === 1) return 4;
  if (type === 4) return 16;
  return type === 3 ? 1 + first : null;
};

const socksDestination = (type: number, bytes: Uint8Array): string => {
  const port = portAt(bytes, bytes.length - 2);
  const address = bytes.subarray(0, -2);
  if (type === 1) return `${address.join(".")}:${port}`;
  if (type === 3) return `${latin1Text(address.subarray(1))}:${port}`;
  const groups = Array.from({ length: 8 }, (_, index) => portAt(address, 2 * index).toString(16));
  return `[${groups.join(":")}]:${port}`;
};

/** SOCKS4 and its extension by a name (4a). */
const readSocks4: FrontReader = (client, server, isOver) => {
  if (client[0] !== 4) return NONE;
  if (client.length >= 2 && client[1] !== 1) return NONE;
  const greeting = client.subarray(0, MAX_LINE_BYTES);
  const unended = client.length < MAX_LINE_BYTES ? NEED : NONE;
  const userEnd = greeting.indexOf(0, 8);
  if (userEnd < 0) return unended;
  const address = greeting.subarray(4, 8);
  const isNamed = address[0] === 0 && address[1] === 0 && address[2] === 0 && address[3] !== 0;
  const nameEnd = isNamed ? greeting.indexOf(0, userEnd + 1) : userEnd;
  if (nameEnd < 0) return unended;
  const destination = (): string => {
    const host = isNamed ? latin1Text(client.subarray(userEnd + 1, nameEnd)) : address.join(".");
    return `${host}:${portAt(client, 2)}`;
  };
  const end = nameEnd + 1;
  if (server.length >= SOCKS4_REPLY_BYTES) return found("socks4", destination, end, SOCKS4_REPLY_BYTES);
  return isOver && server.length === 0 && client.length > end ? found("socks4", destination, end, 0) : NEED;
};

const SOCKS4_REPLY_BYTES = 8;

/** RFC 9110 9.3.6. */
const readHttpConnect: FrontReader = (client, server, isOver) => {
  if (!startsLike(client, "CONNECT ")) return NONE;
  const end = endOfHead(client);
  if (end === null) return client.length < MAX_LINE_BYTES ? NEED : NONE;
  const serverEnd = endOfHead(server);
  const isUnanswered = isOver && server.length === 0 && client.length > end;
  if (serverEnd === null && !isUnanswered) return server.length < MAX_LINE_BYTES ? NEED : NONE;
  const destination = connectDestination(client.subarray(0, end));
  return destination === null ? NONE : found("http-connect", () => destination, end, serverEnd ?? 0);
};

const connectDestination = (head: Uint8Array): string | null =>
  /^CONNECT (\S+) HTTP\/1\.[01]\r\n/.exec(latin1Text(head))?.[1] ?? null;

/** The PROXY protocol of HAProxy, versions 1 (a line) and 2 (binary); it stands before all other. */
const readProxyProtocol: FrontReader = (client) => {
  if (startsLike(client, PROXY_V2)) {
    if (client.length < 16) return NEED;
    const end = 16 + portAt(client, 14);
    return client.length < end ? NEED : found("proxy-protocol", NO_DESTINATION, end, 0);
  }
  if (!startsLike(client, "PROXY ")) return NONE;
  const line = latin1Text(client.subarray(0, 108));
  const end = line.indexOf("\r\n");
  if (end < 0) return client.length >= 108 ? NONE : NEED;
  return found("proxy-protocol", NO_DESTINATION, end + 2, 0);
};

const PROXY_V2 = "\r\n\r\n\0\r\nQUIT\n";

/** [MS-RDPEPS] 2.2.1: cbSize, flags, version and id, and from version 2 a text in UTF-16. */
const readPreconnectionBlob: FrontReader = (client) => {
  if (client.length === 0) return NONE;
  const size = (client[0] ?? 0) + (client[1] ?? 0) * 0x100;
  const version = client[8];
  const isSize = client.length < 2 || (size >= LEAST_BLOB_BYTES && size <= MAX_BLOB_BYTES);
  const isHeader = isZero(client.subarray(2, 8)) && isZero(client.subarray(9, 11));
  const isVersion = version === undefined || version === 1 || version === 2;
  if (!isSize || !isHeader || !isVersion) return NONE;
  if (client.length < Math.max(size, LEAST_BLOB_BYTES)) return NEED;
  const text = (): string | null => (version === 2 ? blobText(client.subarray(18, size)) : null);
  return found("preconnection-blob", text, size, 0);
};

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

const LEAST_BLOB_BYTES = 16;

/** cchPCB has 16 bits; real blobs are short. */
const MAX_BLOB_BYTES = 4096;

const blobText = (bytes: Uint8Array): string =>
  Array.from({ length: Math.floor(bytes.length / 2) }, (_, index) =>
    String.fromCharCode((bytes[2 * index] ?? 0) + 0x100 * (bytes[2 * index + 1] ?? 0)),
  )
    .join("")
    .replace(/\0+$/, "");

const FRONTS: readonly FrontReader[] = [
  readSocks5,
  readSocks4,
  readHttpConnect,
  readProxyProtocol,
  readPreconnectionBlob,
];

/** Whether the bytes are the text's beginning, or begin with the whole text. */
const startsLike = (bytes: Uint8Array, text: string): boolean => {
  const size = Math.min(bytes.length, text.length);
  for (let at = 0; at < size; at += 1) if (bytes[at] !== text.charCodeAt(at)) return false;
  return size > 0;
};

const CR = 0x0d;
const LF = 0x0a;

/** Where the empty line of an HTTP head ends, or null. */
const endOfHead = (bytes: Uint8Array): number | null => {
  const head = bytes.subarray(0, MAX_LINE_BYTES);
  for (let at = head.indexOf(LF); at >= 0; at = head.indexOf(LF, at + 1)) {
    if (head[at - 1] === CR && head[at - 2] === LF && head[at - 3] === CR) return at + 1;
  }
  return null;
};

const portAt = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) * 0x100 + (bytes[at + 1] ?? 0);
