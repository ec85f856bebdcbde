/** Builds the packets that TCP and UDP would have shown on the wire, with right lengths and checksums. */
import { concatBytes } from "../../bytes/concat-bytes.ts";
import { internetChecksum } from "../ip/internet-checksum.ts";
import { type Endpoint, parseIpAddress } from "../ip/ip-address.ts";
import { IP_PROTOCOL } from "../ip/ip-protocol.ts";
import { ETHER_TYPE } from "../link/ether-type.ts";
import { LEAST_TCP_HEADER_BYTES } from "../tcp/tcp-segment.ts";

const NO_BYTES = new Uint8Array(0);
const IPV4_HEADER_BYTES = 20;
const IPV6_HEADER_BYTES = 40;
const MAX_IP_LENGTH = 65_535;
const DONT_FRAGMENT = 0x4000;

/** What stands in any IP packet. */
interface IpPacketFields {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** 64 by default. */
  readonly hopLimit?: number;
  /** IPv4 identification; 0 by default. */
  readonly ipId?: number;
}

/** What stands in an IP packet that carries a TCP segment. */
export interface TcpPacketFields extends IpPacketFields {
  readonly sequence: number;
  readonly acknowledgment: number;
  /** `TCP_FLAG` bits. */
  readonly flags: number;
  readonly window: number;
  /** A multiple of four bytes, up to 40. */
  readonly options?: Uint8Array;
  readonly payload?: Uint8Array;
}

interface UdpPacketFields extends IpPacketFields {
  readonly payload: Uint8Array;
}

/**
 * An IPv4 or IPv6 packet with a TCP segment (RFC 9293 3.1), without options in its IP header.
 * @throws RangeError when an address is none, the two are of different families, or something does not fit.
 */
export const buildTcpPacket = (fields: TcpPacketFields): Uint8Array =>
  buildIpPacket(fields, IP_PROTOCOL.tcp, buildSegment(fields), TCP_CHECKSUM_AT);

/**
 * The same with a UDP datagram (RFC 768).
 * @throws RangeError likewise.
 */
export const buildUdpPacket = (fields: UdpPacketFields): Uint8Array =>
  buildIpPacket(fields, IP_PROTOCOL.udp, buildDatagram(fields), UDP_CHECKSUM_AT);

/**
 * An Ethernet II frame around an IP packet. The addresses are locally administered ones, the sender's with
 * `from` as its last byte.
 */
export const buildEthernetFrame = (ipPacket: Uint8Array, from: 1 | 2): Uint8Array => {
  const etherType = (ipPacket[0] ?? 0) >>> 4 === 4 ? ETHER_TYPE.ipv4 : ETHER_TYPE.ipv6;
  const header = Uint8Array.of(
    2,
    0,
    0,
    0,
    0,
    3 - from,
    2,
    0,
    0,
    0,
    0,
    from,
    etherType >>> 8,
    etherType & 0xff,
  );
  return concatBytes(header, ipPacket);
};

const TCP_CHECKSUM_AT = 16;
const UDP_CHECKSUM_AT = 6;

/** Puts the checksum over pseudo header and transport layer into place, and the IP header before it. */
const buildIpPacket = (
  fields: IpPacketFields,
  protocol: number,
  transport: Uint8Array<ArrayBuffer>,
  checksumAt: number,
): Uint8Array => {
  const source = parseIpAddress(fields.source.address);
  const destination = parseIpAddress(fields.destination.address);
  if (source.length !== destination.length) throw new RangeError("packet: addresses of different families");
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, transport.length);
  const pseudoHeader = concatBytes(source, destination, length, Uint8Array.of(0, 0, 0, protocol));
  const checksum = internetChecksum(pseudoHeader, transport);
  // In UDP zero says that there is none.
  new DataView(transport.buffer).setUint16(
    checksumAt,
    protocol === IP_PROTOCOL.udp && checksum === 0 ? 0xffff : checksum,
  );
  const header = source.length === 4 ? ipv4Header : ipv6Header;
  return concatBytes(header(fields, protocol, source, destination, transport.length), transport);
};

const UDP_HEADER_BYTES = 8;

const buildDatagram = ({ source, destination, payload }: UdpPacketFields): Uint8Array<ArrayBuffer> => {
  const datagram = new Uint8Array(UDP_HEADER_BYTES + payload.length);
  const view = new DataView(datagram.buffer);
  view.setUint16(0, source.port);
  view.setUint16(2, destination.port);
  view.setUint16(4, fitting(datagram.length));
  datagram.set(payload, UDP_HEADER_BYTES);
  return datagram;
};

const buildSegment = (fields: TcpPacketFields): Uint8Array<ArrayBuffer> => {
  const { options = NO_BYTES, payload = NO_BYTES } = fields;
  if (options.length % 4 !== 0 || options.length > 40) {
    throw new RangeError(`packet: TCP options of ${options.length} bytes`);
  }
  const headerBytes = LEAST_TCP_HEADER_BYTES + options.length;
  const segment = new Uint8Array(headerBytes + payload.length);
  const view = new DataView(segment.buffer);
  view.setUint16(0, fields.source.port);
  view.setUint16(2, fields.destination.port);
  view.setUint32(4, fields.sequence);
  view.setUint32(8, fields.acknowledgment);
  view.setUint8(12, (headerBytes / 4) << 4);
  view.setUint8(13, fields.flags);
  view.setUint16(14, fields.window);
  segment.set(options, LEAST_TCP_HEADER_BYTES);
  segment.set(payload, headerBytes);
  return segment;
};

const ipv4Header = (
  fields: IpPacketFields,
  protocol: number,
  source: Uint8Array,
  destination: Uint8Array,
  payloadLength: number,
): Uint8Array => {
  const header = new Uint8Array(IPV4_HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint8(0, 0x45);
  view.setUint16(2, fitting(IPV4_HEADER_BYTES + payloadLength));
  view.setUint16(4, fields.ipId ?? 0);
  view.setUint16(6, DONT_FRAGMENT);
  view.setUint8(8, fields.hopLimit ?? 64);
  view.setUint8(9, protocol);
  header.set(source, 12);
  header.set(destination, 16);
  view.setUint16(10, internetChecksum(header));
  return header;
};

const ipv6Header = (
  fields: IpPacketFields,
  protocol: number,
  source: Uint8Array,
  destination: Uint8Array,
  payloadLength: number,
): Uint8Array => {
  const header = new Uint8Array(IPV6_HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint8(0, 0x60);
  view.setUint16(4, fitting(payloadLength));
  view.setUint8(6, protocol);
  view.setUint8(7, fields.hopLimit ?? 64);
  header.set(source, 8);
  header.set(destination, 24);
  return header;
};

const fitting = (length: number): number => {
  if (length <= MAX_IP_LENGTH) return length;
  throw new RangeError(`packet: ${length} bytes do not fit an IP packet`);
};
