/**
 * How many addresses of a range are public: unicast that the Internet routes. What the IANA registries of
 * special-purpose addresses (RFC 6890 and its updates) call not globally reachable is not; nor are
 * multicast and what is reserved.
 */
import { IPV4_END, ipv4Number, ipv6Number } from "../grammar/ip-number.ts";

/** Apart from each other. 192.0.0.9 and .10 and the anycast of 192.88.99.0/24 are not worth a row. */
const NOT_PUBLIC_IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
] as const;

/** What of IPv6 is public, and what is not within it. */
const PUBLIC_IPV6 = ["2000::/3", "64:ff9b::/96"] as const;
const NOT_PUBLIC_IPV6 = ["2001::/23", "2001:db8::/32", "3fff::/20"] as const;

type Range<A extends number | bigint> = readonly [start: A, end: A];

const ipv4Range = (prefix: string): Range<number> => {
  const [base = "", length = ""] = prefix.split("/");
  const start = ipv4Number(base) ?? 0;
  return [start, start + IPV4_END / 2 ** Number(length)];
};

const ipv6Range = (prefix: string): Range<bigint> => {
  const [base = "", length = ""] = prefix.split("/");
  const start = ipv6Number(base) ?? 0n;
  return [start, start + (1n << (128n - BigInt(length)))];
};

const NOT_PUBLIC_4 = NOT_PUBLIC_IPV4.map(ipv4Range);
const PUBLIC_6 = PUBLIC_IPV6.map(ipv6Range);
const NOT_PUBLIC_6 = NOT_PUBLIC_IPV6.map(ipv6Range);

/** @param end exclusive. */
export const publicIpv4Count = (start: number, end: number): number =>
  NOT_PUBLIC_4.reduce(
    (count, [from, to]) => count - Math.max(0, Math.min(end, to) - Math.max(start, from)),
    end - start,
  );

/** @param end exclusive. */
export const publicIpv6Count = (start: bigint, end: bigint): bigint =>
  overlap(PUBLIC_6, start, end) - overlap(NOT_PUBLIC_6, start, end);

const overlap = (ranges: readonly Range<bigint>[], start: bigint, end: bigint): bigint => {
  let count = 0n;
  for (const [from, to] of ranges) {
    const [first, last] = [start > from ? start : from, end < to ? end : to];
    if (last > first) count += last - first;
  }
  return count;
};
