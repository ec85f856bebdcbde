/** IP packets as the product never builds them: with options, extension headers, fragments and tunnels. */
import { concatBytes } from "../../../src/bytes/concat-bytes.ts";

/** The same IPv4 packet with `words` words of options. */
export const withIpv4Options = (ip: Uint8Array, words: number): Uint8Array => {
  const longer = concatBytes(ip.subarray(0, 20), new Uint8Array(4 * words).fill(1), ip.subarray(20));
  longer[0] = 0x45 + words;
  new DataView(longer.buffer).setUint16(2, longer.length);
  return longer;
};

/** The same IPv4 packet with another number at `at`, 16 bits wide. */
export const withField = (ip: Uint8Array, at: number, value: number): Uint8Array => {
  const copy = ip.slice();
  new DataView(copy.buffer).setUint16(at, value);
  return copy;
};

/** An IPv4 packet in fragments of `size` payload bytes, a multiple of eight. */
export const ipv4Fragments = (ip: Uint8Array, size: number, id: number): Uint8Array[] => {
  const payload = ip.subarray(20);
  const fragments: Uint8Array[] = [];
  for (let at = 0; at < payload.length; at += size) {
    const part = concatBytes(ip.subarray(0, 20), payload.subarray(at, at + size));
    const more = at + size < payload.length ? 0x2000 : 0;
    const view = new DataView(part.buffer);
    view.setUint16(2, part.length);
    view.setUint16(4, id);
    view.setUint16(6, more + at / 8);
    fragments.push(part);
  }
  return fragments;
};

/** An IPv6 packet with these extension headers before its payload; each gets its next header filled in. */
export const withExtensionHeaders = (
  ip: Uint8Array,
  ...headers: readonly { readonly protocol: number; readonly bytes: readonly number[] }[]
): Uint8Array => {
  const chain = headers.map(({ bytes }, index) => {
    const header = Uint8Array.from(bytes);
    header[0] = headers[index + 1]?.protocol ?? ip[6] ?? 0;
    return header;
  });
  const longer = concatBytes(ip.subarray(0, 40), ...chain, ip.subarray(40));
  longer[6] = headers[0]?.protocol ?? ip[6] ?? 0;
  new DataView(longer.buffer).setUint16(4, longer.length - 40);
  return longer;
};

/** An IPv6 packet in fragments of `size` payload bytes, a multiple of eight. */
export const ipv6Fragments = (ip: Uint8Array, size: number, id: number): Uint8Array[] => {
  const payload = ip.subarray(40);
  const fragments: Uint8Array[] = [];
  for (let at = 0; at < payload.length; at += size) {
    const more = at + size < payload.length ? 1 : 0;
    const header = new DataView(new ArrayBuffer(8));
    header.setUint8(0, ip[6] ?? 0);
    header.setUint16(2, at + more);
    header.setUint32(4, id);
    const part = concatBytes(
      ip.subarray(0, 40),
      new Uint8Array(header.buffer),
      payload.subarray(at, at + size),
    );
    part[6] = 44;
    new DataView(part.buffer).setUint16(4, part.length - 40);
    fragments.push(part);
  }
  return fragments;
};

/** An IPv4 packet of any protocol around a payload. */
export const ipv4Packet = (
  source: readonly number[],
  destination: readonly number[],
  protocol: number,
  payload: Uint8Array,
): Uint8Array => {
  const length = 20 + payload.length;
  const head = [0x45, 0, length >>> 8, length & 0xff, 0, 0, 0, 0, 60, protocol, 0, 0];
  return concatBytes(Uint8Array.from([...head, ...source, ...destination]), payload);
};

/** An IPv6 packet of any protocol around a payload. */
export const ipv6Packet = (
  source: Uint8Array,
  destination: Uint8Array,
  protocol: number,
  payload: Uint8Array,
): Uint8Array => {
  const head = [0x60, 0, 0, 0, payload.length >>> 8, payload.length & 0xff, protocol, 60];
  return concatBytes(Uint8Array.from(head), source, destination, payload);
};
