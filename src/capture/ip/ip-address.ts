/** IP addresses as text and as bytes: RFC 4291 2.2, written as RFC 5952 says. */

/** An address and a port. */
export interface Endpoint {
  /** Dotted quad, or RFC 5952 text without brackets. */
  readonly address: string;
  readonly port: number;
}

/** `192.0.2.7:3389` or `[2001:db8::7]:3389`. */
export const formatEndpoint = ({ address, port }: Endpoint): string =>
  address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;

/** An IPv4 address from its big-endian word. */
export const formatIpv4 = (word: number): string =>
  `${word >>> 24}.${(word >>> 16) & 0xff}.${(word >>> 8) & 0xff}.${word & 0xff}`;

/** An IPv6 address from its four big-endian words, in RFC 5952 form. */
export const formatIpv6 = (words: readonly number[]): string => {
  const [first = 0, second = 0, third = 0, last = 0] = words;
  if (first === 0 && second === 0 && third === 0xffff) return `::ffff:${formatIpv4(last)}`;
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  const zeros = longestZeroRun(groups);
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
  if (zeros.length < 2) return text(groups);
  return `${text(groups.slice(0, zeros.start))}::${text(groups.slice(zeros.start + zeros.length))}`;
};

/**
 * The 4 or 16 bytes of an address.
 * @throws RangeError when the text is no address.
 */
export const parseIpAddress = (text: string): Uint8Array => {
  const bytes = text.includes(":") ? parseIpv6(text) : parseIpv4(text);
  if (bytes === null) throw new RangeError(`ip address: ${JSON.stringify(text)} is none`);
  return Uint8Array.from(bytes);
};

const longestZeroRun = (groups: readonly number[]): { start: number; length: number } => {
  let best = { start: 0, length: 0 };
  let run = { start: 0, length: 0 };
  for (const [index, group] of groups.entries()) {
    run = group === 0 ? { start: run.start, length: run.length + 1 } : { start: index + 1, length: 0 };
    if (run.length > best.length) best = run;
  }
  return best;
};

const parseIpv4 = (text: string): number[] | null => {
  const parts = text.split(".");
  const bytes = parts.map(Number);
  return parts.length === 4 &&
    parts.every((part) => /^\d{1,3}$/.test(part)) &&
    bytes.every((byte) => byte < 256)
    ? bytes
    : null;
};

const parseIpv6 = (text: string): number[] | null => {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [head, tail] = halves.map(parseGroups);
  if (head === undefined || head === null || tail === null) return null;
  if (tail === undefined) return head.length === 16 ? head : null;
  const zeros = 16 - head.length - tail.length;
  return zeros < 2 ? null : [...head, ...new Array<number>(zeros).fill(0), ...tail];
};

const parseGroups = (text: string): number[] | null => {
  const bytes: number[] = [];
  const groups = text === "" ? [] : text.split(":");
  for (const [index, group] of groups.entries()) {
    if (index === groups.length - 1 && group.includes(".")) {
      const quad = parseIpv4(group);
      if (quad === null) return null;
      for (const byte of quad) bytes.push(byte);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >>> 8, value & 0xff);
    } else {
      return null;
    }
  }
  return bytes;
};
