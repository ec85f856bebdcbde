/** The host and the port of `host`, `host:port`, `[host]:port` and of IPv6 without brackets. */

export interface HostAndPort {
  /** What stands before the port, without brackets. */
  readonly host: string;
  readonly bracketed: boolean;
  /** The text behind the colon, read by nobody yet; null where there is none. */
  readonly port: string | null;
}

/** More than one colon outside brackets is IPv6 and leaves no place for a port; so is a URL, which has none. */
export const splitHostPort = (text: string): HostAndPort => {
  const match = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  if (match !== null) return { host: match[1] ?? "", bracketed: true, port: match[2] ?? null };
  const colon = text.indexOf(":");
  if (colon < 0 || text.includes("://") || text.includes(":", colon + 1)) {
    return { host: text, bracketed: false, port: null };
  }
  return { host: text.slice(0, colon), bracketed: false, port: text.slice(colon + 1) };
};
