/** A proxy as users type it: `socks5://host:1080`, `socks5://user:password@[2001:db8::1]:1080`. */
import { type Parsed, parsed, rejected } from "../plan/parsed.ts";

export interface ProxyAddress {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly credentials: { readonly user: string; readonly password: string } | null;
}

const DEFAULT_PORT = 1080;

/** RFC 1929: each stands behind one byte of length. */
const MAX_CREDENTIAL_BYTES = 255;

const FORM = "write socks5://[user:password@]host[:port]";

/** Reads a proxy's URL. What is wrong with it is told without the URL: it may hold a password. */
export const parseProxy = (text: string): Parsed<ProxyAddress> => {
  if (!URL.canParse(text.trim())) return rejected(`that is no URL of a proxy: ${FORM}`);
  const url = new URL(text.trim());
  if (url.protocol === "socks5h:") {
    return rejected(`socks5h is not known, since names are looked up here: ${FORM}, and give --resolve`);
  }
  if (url.protocol !== "socks5:") {
    return rejected(`a proxy of the kind ${JSON.stringify(url.protocol)} is not known: ${FORM}`);
  }
  if (url.hostname === "" || !/^\/?$/.test(url.pathname) || url.search !== "" || url.hash !== "") {
    return rejected(`that has no host, or something after it: ${FORM}`);
  }
  const credentials = credentialsOf(url);
  if (credentials === undefined) {
    return rejected(
      `the user name and the password are each 1 to ${MAX_CREDENTIAL_BYTES} bytes, percent-encoded: ${FORM}`,
    );
  }
  return parsed({
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? DEFAULT_PORT : Number(url.port),
    credentials,
  });
};

/** Undefined for what is not right. */
const credentialsOf = ({ username, password }: URL): ProxyAddress["credentials"] | undefined => {
  if (username === "" && password === "") return null;
  const parts = [username, password].map(decoded);
  const [user, secret] = parts;
  return user == null || secret == null || parts.some((part) => !fits(part))
    ? undefined
    : { user, password: secret };
};

const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};

const fits = (text: string | null): boolean => {
  const size = new TextEncoder().encode(text ?? "").length;
  return size >= 1 && size <= MAX_CREDENTIAL_BYTES;
};
