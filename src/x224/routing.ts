/** The routing token or cookie of a Connection Request: [MS-RDPBCGR] 2.2.1.1, routingToken and cookie. */
import { latin1Text } from "../bytes/latin1.ts";
import type { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";

const COOKIE_PREFIX = "Cookie: mstshash=";
const CR_LF = "\r\n";

/** Text is latin1, one character a byte, without the CR LF at its end. */
export type Routing =
  /** `Cookie: mstshash=IDENTITY`; Microsoft's clients put 9 characters of the user's name there. */
  | { readonly kind: "cookie"; readonly identity: string }
  /** Any other text, for a load balancer; several lines stay one token. */
  | { readonly kind: "token"; readonly token: string };

/** Reads all lines up to the byte that starts the next structure; null when that comes first. */
export const readRouting = (reader: Reader, variablePart: Uint8Array, nextType: number): Routing | null => {
  const size = routingSize(variablePart, nextType);
  if (size === null) reader.reject("x224.routingToken", "no CR LF at its end");
  if (size === null || size === 0) return null;
  const text = latin1Text(reader.bytes(size, "x224.routingToken").subarray(0, -CR_LF.length));
  const identity = text.slice(COOKIE_PREFIX.length);
  return text.startsWith(COOKIE_PREFIX) && !identity.includes(CR_LF)
    ? { kind: "cookie", identity }
    : { kind: "token", token: text };
};

/** @throws RangeError for text that is not latin1, or that would not be read back as it is. */
export const writeRouting = (writer: Writer, routing: Routing, nextType: number): void => {
  if (routing.kind === "cookie" && routing.identity.includes(CR_LF)) {
    throw new RangeError("cookie: CR LF inside the identity");
  }
  const text = routing.kind === "cookie" ? COOKIE_PREFIX + routing.identity : routing.token;
  const bytes = latin1Bytes(text + CR_LF);
  if (routingSize(bytes, nextType) !== bytes.length) {
    throw new RangeError(`routing: a line cannot start with byte ${nextType}`);
  }
  writer.bytes(bytes);
};

/** @throws RangeError for a character that has no byte. */
const latin1Bytes = (text: string): Uint8Array => {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0xff) throw new RangeError("routing: not latin1 text");
    bytes[at] = code;
  }
  return bytes;
};

const routingSize = (bytes: Uint8Array, nextType: number): number | null => {
  let at = 0;
  while (at < bytes.length && bytes[at] !== nextType) {
    const lineEnd = indexOfCrLf(bytes, at);
    if (lineEnd === null) return null;
    at = lineEnd + CR_LF.length;
  }
  return at;
};

const indexOfCrLf = (bytes: Uint8Array, from: number): number | null => {
  for (let at = from; at + 1 < bytes.length; at += 1) {
    if (bytes[at] === 0x0d && bytes[at + 1] === 0x0a) return at;
  }
  return null;
};
