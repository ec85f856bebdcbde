/** Addresses as numbers: IPv4 as a number below 2^32, IPv6 as a bigint below 2^128, so that ranges are arithmetic. */
import ipaddr from "ipaddr.js";

export const IPV4_END = 2 ** 32;
export const IPV6_END = 1n << 128n;

/** `::ffff:0:0/96`: IPv4 in the clothes of IPv6, which the system connects to over IPv4 (RFC 4291 2.5.5.2). */
const MAPPED_START = 0xffff_0000_0000n;
const MAPPED_END = 0x1_0000_0000_0000n;

/** Addresses from `start` up to, and without, `end`. */
export type AddressRange =
  | { readonly family: 4; readonly start: number; readonly end: number }
  | { readonly family: 6; readonly start: bigint; readonly end: bigint };

/** Four decimal octets without leading zeros, or null: what inet_aton reads besides is more often a mistake. */
export const ipv4Number = (text: string): number | null => {
  const octets = text.split(".");
  if (octets.length !== 4) return null;
  let value = 0;
  for (const octet of octets) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(octet) || Number(octet) > 255) return null;
    value = value * 256 + Number(octet);
  }
  return value;
};

const OCTETS = Array.from({ length: 256 }, (_, octet) => String(octet));

export const ipv4Text = (value: number): string =>
  `${OCTETS[value >>> 24]}.${OCTETS[(value >>> 16) & 255]}.${OCTETS[(value >>> 8) & 255]}.${OCTETS[value & 255]}`;

/** Beyond any address with its zone; the expressions that read one take the square of the length. */
const MAX_LENGTH = 128;

/** The address without its zone, or null. */
export const ipv6Number = (text: string): bigint | null => {
  if (text.length > MAX_LENGTH || !text.includes(":") || !ipaddr.IPv6.isValid(text)) return null;
  let value = 0n;
  for (const group of ipaddr.IPv6.parse(text).parts) value = (value << 16n) | BigInt(group);
  return value;
};

/** RFC 5952's form. */
export const ipv6Text = (value: bigint): string => {
  const groups: number[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(Number((value >> shift) & 0xffffn));
  return new ipaddr.IPv6(groups).toString();
};

/** An IPv6 range, as the IPv4 range that it is where it lies in `::ffff:0:0/96`. */
export const ipv6Range = (start: bigint, end: bigint): AddressRange =>
  start >= MAPPED_START && end <= MAPPED_END
    ? { family: 4, start: Number(start - MAPPED_START), end: Number(end - MAPPED_START) }
    : { family: 6, start, end };
