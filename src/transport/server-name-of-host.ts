/**
 * What a host is called in the `server_name` extension: "a byte string using ASCII encoding without a trailing
 * dot", A-labels for a name outside ASCII (RFC 6066 3, RFC 5890 2.3.2.1). What is printed, and what
 * certificates are held against, stays as the user typed it.
 */
import { isIP } from "node:net";
import { domainToASCII } from "node:url";

export interface ServerNameOfHost {
  /** ASCII; null where the host has no such form, and no name is sent. */
  readonly serverName: string | null;
  /** RFC 6066 forbids addresses as names; some clients send them all the same. */
  readonly isAddress: boolean;
}

/** @param host a name or an address as the user typed it, without brackets. */
export const serverNameOfHost = (host: string): ServerNameOfHost => {
  const name = withoutDot(IS_ASCII.test(host) ? host : asciiOf(host));
  // The zone of an IPv6 address means something on this machine alone (RFC 4007 11.2).
  if (isIP(name) !== 0) return { serverName: name.replace(/%.*$/, ""), isAddress: true };
  return { serverName: isServerName(name) ? name : null, isAddress: false };
};

const IS_ASCII = /^[\x21-\x7e]*$/;

/** RFC 1035 2.3.4. */
const MAX_NAME_LENGTH = 253;

const LABEL = /^(?!-)[a-z\d_-]{1,63}(?<!-)$/i;

/** Bounded before the conversion, whose work grows faster than the text; an A-label is longer than its U-label. */
const asciiOf = (host: string): string => (host.length > MAX_NAME_LENGTH ? "" : domainToASCII(host));

const withoutDot = (name: string): string => name.replace(/\.$/, "");

const isServerName = (name: string): boolean =>
  name.length <= MAX_NAME_LENGTH && name.split(".").every((label) => LABEL.test(label));
