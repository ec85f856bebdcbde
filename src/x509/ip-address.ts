/** IP addresses as bytes and as text ([RFC 4291] 2.2, [RFC 5952]). */

/** 4 or 16 bytes of an address's text (brackets and zone left off), or null when it is none. */
export const parseIpAddress = (text: string): Uint8Array | null => {
  const bare = text.replace(/^\[(.*)\]$/, "$1").replace(/%.*$/, "");
  return bare.includes(":") ? parseIpv6(bare) : parseIpv4(bare);
};

/** Text of 4 or 16 bytes; IPv6 in lower case with its longest run of zeros as `::`. Null for other sizes. */
export const formatIpAddress = (bytes: Uint8Array): string | null => {
  if (bytes.length === 4) return bytes.join(".");
  if (bytes.length !== 16) return null;
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i] ?? 0) * 0x100 + (bytes[2 * i + 1] ?? 0));
  const { start, length } = longestZeros(groups);
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(":");
  return length < 2 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
};

const DOTTED = /^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/;

const parseIpv4 = (text: string): Uint8Array | null => {
  const parts = DOTTED.test(text) ? text.split(".").map(Number) : [];
  return parts.length === 4 && parts.every((part) => part < 256) ? Uint8Array.from(parts) : null;
};

const parseIpv6 = (text: string): Uint8Array | null => {
  const halves = text.split("::");
  const [head, tail] = halves.map((half, at) => parseGroups(half, at === halves.length - 1));
  if (head === undefined || head === null || tail === null || halves.length > 2) return null;
  if (tail === undefined) return head.length === 16 ? Uint8Array.from(head) : null;
  const zeros = 16 - head.length - tail.length;
  return zeros < 2 ? null : Uint8Array.from([...head, ...new Array<number>(zeros).fill(0), ...tail]);
};

/** Bytes of `a:b:c`, the last of which may be dotted at the end of the address; empty text is no bytes. */
const parseGroups = (text: string, endsAddress: boolean): readonly number[] | null => {
  if (text === "") return [];
  const groups = text.split(":");
  const bytes: number[] = [];
  for (const [at, group] of groups.entries()) {
    const dotted = endsAddress && at === groups.length - 1 ? parseIpv4(group) : null;
    if (dotted !== null) for (const byte of dotted) bytes.push(byte);
    else if (/^[0-9a-f]{1,4}$/i.test(group))
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff);
    else return null;
  }
  return bytes.length <= 16 ? bytes : null;
};

const longestZeros = (groups: readonly number[]): { readonly start: number; readonly length: number } => {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [at, group] of groups.entries()) {
    if (group !== 0) start = at + 1;
    else if (at + 1 - start > best.length) best = { start, length: at + 1 - start };
  }
  return best;
};
