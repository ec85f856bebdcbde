/** One HTTP/1.1 request without content: RFC 9112 3. */
import { encodeMessageHead, type HeaderField } from "./message-head.ts";

export interface HttpRequest {
  /** A token; RD Gateway has its own, such as `RDG_OUT_DATA`. */
  readonly method: string;
  /** Origin form, `/remoteDesktopGateway/`. */
  readonly target: string;
  /** Name or address as the user typed it. */
  readonly host: string;
  readonly port: number;
  /** The port that the scheme implies, which Host leaves out. */
  readonly defaultPort: number;
  /** After Host, in this order. */
  readonly fields: readonly HeaderField[];
}

/** @throws RangeError when a part would break its line. */
export const encodeHttpRequest = (request: HttpRequest): Uint8Array =>
  encodeMessageHead({
    startLine: `${request.method} ${request.target} HTTP/1.1`,
    fields: [{ name: "Host", value: authorityOf(request) }, ...request.fields],
  });

/** RFC 3986 3.2.2: an IPv6 address stands in brackets, without its zone (RFC 6874 4). */
const authorityOf = ({ host, port, defaultPort }: HttpRequest): string => {
  const name = host.includes(":") ? `[${host.replace(/%.*$/, "")}]` : asciiOf(host);
  return port === defaultPort ? name : `${name}:${port}`;
};

/** A name outside ASCII as the URL standard writes it; one that it refuses goes without. */
const asciiOf = (host: string): string => {
  if (/^[\x21-\x7e]*$/.test(host)) return host;
  return URL.canParse(`http://${host}/`) ? new URL(`http://${host}/`).host : "";
};
