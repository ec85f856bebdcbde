/** The networks that may be probed; what counts is the address that a name resolves to. */
import ipaddr from "ipaddr.js";
import { type Parsed, parsed, rejected } from "./parsed.ts";

export interface AllowList {
  /** Of a literal IPv4 or IPv6 address. */
  allows(address: string): boolean;
}

/** Lets everything through. */
export const EVERYTHING: AllowList = { allows: () => true };

type Network = readonly [address: ipaddr.IPv4 | ipaddr.IPv6, prefix: number];

/** Networks as `10.0.0.0/8`, `2001:db8::/32` and single addresses. */
export const parseAllowList = (networks: readonly string[]): Parsed<AllowList> => {
  const read: Network[] = [];
  for (const text of networks) {
    const network = networkOf(text.trim());
    if (network === null) {
      return rejected(
        `${JSON.stringify(text)} is no network: write 10.0.0.0/8, 2001:db8::/32 or a single address`,
      );
    }
    read.push(network);
  }
  return parsed({ allows: (address) => read.some((network) => contains(network, address)) });
};

const networkOf = (text: string): Network | null => {
  const [address = "", prefix = null, ...rest] = text.split("/");
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(address) || isIpv6(address);
  if (!isAddress || rest.length > 0 || (prefix !== null && !/^\d{1,3}$/.test(prefix))) return null;
  const base = ipaddr.parse(address);
  const bits = base.kind() === "ipv4" ? 32 : 128;
  const length = prefix === null ? bits : Number(prefix);
  return length <= bits ? [base, length] : null;
};

const isIpv6 = (text: string): boolean => text.includes(":") && ipaddr.IPv6.isValid(text);

/** An IPv4 address inside IPv6 (`::ffff:10.0.0.1`) is what the system connects to: the IPv4 address. */
const contains = ([base, prefix]: Network, text: string): boolean => {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  return address.kind() === base.kind() && address.match(base, prefix);
};
