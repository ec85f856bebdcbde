/**
 * One entry of a list of targets: a name, an address, CIDR, a range or an octet pattern, each with or
 * without a port. An entry is read, not unfolded: `10.0.0.0/8` is two numbers.
 */
import { isHostName } from "../grammar/host-name.ts";
import { splitHostPort } from "../grammar/host-port.ts";
import {
  type AddressRange,
  IPV4_END,
  IPV6_END,
  ipv4Number,
  ipv6Number,
  ipv6Range,
} from "../grammar/ip-number.ts";
import { parseOctetPattern } from "../grammar/octet-pattern.ts";
import { fromOtherForm } from "../grammar/other-forms.ts";
import { type Parsed, parsed, rejected } from "./parsed.ts";
import { parsePort } from "../grammar/port.ts";
import { quoted } from "../grammar/quoted.ts";

export type TargetEntry = {
  /** As typed. */
  readonly input: string;
  /** Null where the entry names none. */
  readonly port: number | null;
} & Hosts;

type Hosts =
  /** A name, which stands for what it resolves to. */
  | { readonly kind: "name"; readonly host: string }
  /** A link-local address with its zone, which arithmetic would lose. */
  | { readonly kind: "zoned"; readonly host: string; readonly address: bigint }
  | {
      readonly kind: "addresses";
      readonly family: 4 | 6;
      /** Ascending and apart. */
      readonly ranges: Iterable<AddressRange>;
      /** One address, typed as an address. */
      readonly single: boolean;
    };

const FORMS =
  "write host, host:3389, 192.0.2.7, 10.0.0.0/24, 10.0.0.5-20, 10.0.0-3.1-254, 2001:db8::7 or [2001:db8::7]:3389";

/** Reads one entry. What looks like an address and is none is rejected, not looked up. */
export const parseTargetEntry = (input: string): Parsed<TargetEntry> => {
  const text = fromOtherForm(input.trim());
  if (!text.ok) return rejected(`target ${text.problem}`);
  const { host, bracketed, port: portText } = splitHostPort(text.value);
  const hosts =
    bracketed || host.includes("::") || (host.match(/:/g) ?? []).length > 1
      ? parseIpv6(host)
      : parseIpv4OrName(host);
  if (!hosts.ok) return rejected(`target ${quoted(input)}: ${hosts.problem}`);
  const port = portText === null ? null : parsePort(portText);
  if (port !== null && !port.ok) return rejected(`target ${quoted(input)}: ${port.problem}`);
  return parsed({ input, port: port?.value ?? null, ...hosts.value });
};

const unknown = (text: string): Parsed<never> =>
  rejected(`${quoted(text)} is neither a host name nor an address: ${FORMS}`);

const backwards = (first: string, last: string): Parsed<never> =>
  rejected(`the range ends before it begins: write ${last}-${first}`);

const addresses = (range: AddressRange, single: boolean): Parsed<Hosts> =>
  parsed({ kind: "addresses", family: range.family, ranges: [range], single });

const parseIpv4OrName = (text: string): Parsed<Hosts> => {
  if (text.includes("/") && !text.includes("://")) return parseIpv4Prefix(text);
  if (/^[\d.*,-]+$/.test(text) && /[.*]/.test(text)) return parseIpv4(text);
  if (/^\d+$/.test(text)) {
    return rejected(
      `${quoted(text)} is a number and no host: a port is written -p 3390 or host:3390; PowerShell takes lists apart, quote them: '10.0.0.1,5'`,
    );
  }
  return isHostName(text) ? parsed({ kind: "name", host: text }) : unknown(text);
};

const parseIpv4 = (text: string): Parsed<Hosts> => {
  const address = ipv4Number(text);
  if (address !== null) return addresses({ family: 4, start: address, end: address + 1 }, true);
  const [first = "", last = "", ...rest] = text.split("-");
  if (rest.length === 0 && last.includes(".") && text.split(".").length === 7) {
    return parseIpv4Range(first, last);
  }
  const ranges = parseOctetPattern(text);
  return ranges.ok ? parsed({ kind: "addresses", family: 4, ranges: ranges.value, single: false }) : ranges;
};

const parseIpv4Range = (first: string, last: string): Parsed<Hosts> => {
  const start = ipv4Number(first);
  const end = ipv4Number(last);
  if (start === null) return noIpv4(first);
  if (end === null) return noIpv4(last);
  return start <= end ? addresses({ family: 4, start, end: end + 1 }, false) : backwards(first, last);
};

/** Says which octet is at fault where a single address is wanted. */
const noIpv4 = (text: string): Parsed<never> => {
  const pattern = parseOctetPattern(text);
  return pattern.ok ? rejected(`${quoted(text)} is no single IPv4 address`) : pattern;
};

const parseIpv4Prefix = (text: string): Parsed<Hosts> => {
  const [base = "", length = ""] = text.split("/", 2);
  const address = ipv4Number(base);
  if (address === null) {
    return /^[\d.,*-]+$/.test(base)
      ? noIpv4(base)
      : rejected(`${quoted(base)} is a name: only an address takes a prefix length`);
  }
  const bits = prefixLength(text, length, 32);
  if (!bits.ok) return bits;
  const size = IPV4_END / 2 ** bits.value;
  const start = address - (address % size);
  return addresses({ family: 4, start, end: start + size }, false);
};

/** @param most 32 or 128. */
const prefixLength = (text: string, length: string, most: number): Parsed<number> =>
  /^\d{1,3}$/.test(length) && Number(length) <= most && text.split("/").length === 2
    ? parsed(Number(length))
    : rejected(
        `${quoted(`/${text.split("/").slice(1).join("/")}`)} is no prefix length: write /0 to /${most}`,
      );

const parseIpv6 = (text: string): Parsed<Hosts> => {
  if (text.includes("/")) return parseIpv6Prefix(text);
  const address = ipv6Number(text);
  if (address !== null) {
    return text.includes("%")
      ? parsed({ kind: "zoned", host: text, address })
      : addresses(ipv6Range(address, address + 1n), true);
  }
  const [first = "", last = "", ...rest] = text.split("-");
  return rest.length === 0 && last !== "" ? parseIpv6Range(first, last) : unknown(text);
};

/** The end is an address, or the last group alone: `2001:db8::5-20` ends with `2001:db8::20`. */
const parseIpv6Range = (first: string, last: string): Parsed<Hosts> => {
  const start = ipv6Number(first);
  if (start === null || first.includes("%")) {
    return rejected(`${quoted(first)} is no IPv6 address for a range`);
  }
  const isGroup = !first.includes(".") && /^[\da-f]{1,4}$/i.test(last);
  const end = isGroup ? (start & ~0xffffn) | BigInt(`0x${last}`) : ipv6Number(last);
  if (end === null || last.includes("%")) return rejected(`${quoted(last)} is no IPv6 address for a range`);
  return start <= end ? addresses(ipv6Range(start, end + 1n), false) : backwards(first, last);
};

const parseIpv6Prefix = (text: string): Parsed<Hosts> => {
  const [base = "", length = ""] = text.split("/", 2);
  const address = base.includes("%") ? null : ipv6Number(base);
  if (address === null) return rejected(`${quoted(base)} is no IPv6 address for a prefix`);
  if (/^\d+:\d+$/.test(length)) {
    return rejected(
      `the port of an IPv6 address is outside the brackets: write [${base}/${length.replace(":", "]:")}`,
    );
  }
  const bits = prefixLength(text, length, 128);
  if (!bits.ok) return bits;
  const size = IPV6_END >> BigInt(bits.value);
  const start = address - (address % size);
  return addresses(ipv6Range(start, start + size), false);
};
