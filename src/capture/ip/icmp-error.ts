/** ICMP error messages that quote a TCP segment: RFC 792, RFC 4443 3, RFC 1191 for the MTU. */
import { IP_PROTOCOL } from "./ip-protocol.ts";
import type { Packet } from "../packet.ts";
import { LEAST_TCP_HEADER_BYTES, type TcpSegment } from "../tcp/tcp-segment.ts";

export interface IcmpError {
  readonly type: "icmp-unreachable" | "icmp-time-exceeded" | "icmp-packet-too-big";
  readonly icmpType: number;
  readonly icmpCode: number;
  readonly mtu: number | null;
  /** Address of the message's sender. */
  readonly reporter: string;
  readonly hopLimit: number;
  /** The whole TCP header is quoted, not only its first eight bytes. */
  readonly wholeHeader: boolean;
}

const ICMP_HEADER_BYTES = 8;
const IPV4_HEADER_BYTES = 20;
const IPV6_HEADER_BYTES = 40;
/** What RFC 792 lets a message quote at least: the ports and the sequence number. */
const QUOTED_BYTES = 8;

const FRAGMENTATION_NEEDED = 4;

/**
 * Reads the ICMP message at the packet's start. When it is an error about a TCP segment, the addresses in
 * `packet` and the facts in `segment` become those of the segment that it quotes; else null.
 */
export const readIcmpError = (packet: Packet, segment: TcpSegment): IcmpError | null => {
  if (packet.captured < ICMP_HEADER_BYTES) return null;
  const { view, start, hopLimit } = packet;
  const icmpType = view.getUint8(start);
  const icmpCode = view.getUint8(start + 1);
  const type = packet.family === 4 ? typeOfIcmp(icmpType, icmpCode) : typeOfIcmpv6(icmpType);
  if (type === null) return null;
  const mtuAt = packet.family === 4 ? view.getUint16(start + 6) : view.getUint32(start + 4);
  const mtu = type === "icmp-packet-too-big" ? mtuAt : null;
  const reporter = packet.sourceAddress;
  packet.advance(ICMP_HEADER_BYTES);
  if (!(packet.family === 4 ? enterQuotedIpv4(packet) : enterQuotedIpv6(packet))) return null;
  if (packet.captured < QUOTED_BYTES) return null;
  const wholeHeader = packet.captured >= LEAST_TCP_HEADER_BYTES;
  const at = packet.start;
  segment.sourcePort = view.getUint16(at);
  segment.destinationPort = view.getUint16(at + 2);
  segment.sequence = view.getInt32(at + 4);
  segment.acknowledgment = wholeHeader ? view.getInt32(at + 8) : 0;
  segment.flags = wholeHeader ? view.getUint8(at + 13) : 0;
  segment.payloadLength = 0;
  return { type, icmpType, icmpCode, mtu, reporter, hopLimit, wholeHeader };
};

const typeOfIcmp = (type: number, code: number): IcmpError["type"] | null => {
  if (type === 3) return code === FRAGMENTATION_NEEDED ? "icmp-packet-too-big" : "icmp-unreachable";
  return type === 11 ? "icmp-time-exceeded" : null;
};

const typeOfIcmpv6 = (type: number): IcmpError["type"] | null => {
  if (type === 1) return "icmp-unreachable";
  if (type === 2) return "icmp-packet-too-big";
  return type === 3 ? "icmp-time-exceeded" : null;
};

const enterQuotedIpv4 = (packet: Packet): boolean => {
  const { view, start } = packet;
  if (packet.captured < IPV4_HEADER_BYTES || view.getUint8(start) >>> 4 !== 4) return false;
  const headerBytes = (view.getUint8(start) & 0x0f) * 4;
  const isFirstFragment = (view.getUint16(start + 6) & 0x1fff) === 0;
  if (headerBytes < IPV4_HEADER_BYTES || !isFirstFragment) return false;
  if (view.getUint8(start + 9) !== IP_PROTOCOL.tcp || packet.captured < headerBytes) return false;
  packet.source3 = view.getInt32(start + 12);
  packet.destination3 = view.getInt32(start + 16);
  packet.advance(headerBytes);
  return true;
};

const enterQuotedIpv6 = (packet: Packet): boolean => {
  const { view, start } = packet;
  if (packet.captured < IPV6_HEADER_BYTES || view.getUint8(start) >>> 4 !== 6) return false;
  if (view.getUint8(start + 6) !== IP_PROTOCOL.tcp) return false;
  packet.takeIpv6Addresses();
  packet.advance(IPV6_HEADER_BYTES);
  return true;
};
