/**
 * Whether bytes that nothing announces are a frame or an IP packet: lengths, versions and types that fit each
 * other. Nothing is stepped over here.
 */
import type { Packet } from "../packet.ts";
import { ETHER_TYPE, isReadEtherType, tagBytes } from "./ether-type.ts";

const ADDRESSES_BYTES = 12;
const MAX_TAGS = 3;
const IPV4_HEADER_BYTES = 20;
const IPV6_HEADER_BYTES = 40;
const ARP_OF_ETHERNET = 1;
/** 802.2 LLC before SNAP (RFC 1042). */
const SNAP_OF_LLC = 0xaaaa03;

/** An IPv4 or IPv6 header at `at`, with lengths that fit the packet. */
export const isPlausibleIp = (packet: Packet, at: number): boolean =>
  isPlausibleIpv4(packet, at) || isPlausibleIpv6(packet, at);

/** An Ethernet frame at `at` that carries IP or ARP, tagged or not: the lengths of two headers agree. */
export const isPlausibleEthernet = (packet: Packet, at: number): boolean => {
  let typeAt = at + ADDRESSES_BYTES;
  for (let tags = 0; tags <= MAX_TAGS && typeAt + 2 <= packet.end; tags += 1) {
    const etherType = packet.view.getUint16(typeAt);
    const body = typeAt + 2;
    if (etherType === ETHER_TYPE.ipv4) return isPlausibleIpv4(packet, body);
    if (etherType === ETHER_TYPE.ipv6) return isPlausibleIpv6(packet, body);
    if (etherType === ETHER_TYPE.arp) {
      return body + 2 <= packet.end && packet.view.getUint16(body) === ARP_OF_ETHERNET;
    }
    const size = tagBytes(etherType);
    if (size === undefined) return false;
    typeAt += size;
  }
  return false;
};

/** An Ethernet frame at `at` whose type is one that is read, or a length before LLC and SNAP. */
export const isPossibleEthernet = (packet: Packet, at: number): boolean => {
  const body = at + ADDRESSES_BYTES + 2;
  if (body > packet.end) return false;
  const etherType = packet.view.getUint16(body - 2);
  if (isReadEtherType(etherType)) return true;
  const room = packet.wireLength - (body - packet.start);
  return etherType <= room && body + 4 <= packet.end && packet.view.getUint32(body) >>> 8 === SNAP_OF_LLC;
};

const isPlausibleIpv4 = ({ view, start, end, wireLength }: Packet, at: number): boolean => {
  if (at + IPV4_HEADER_BYTES > end) return false;
  const first = view.getUint8(at);
  const headerBytes = (first & 0x0f) * 4;
  const totalLength = view.getUint16(at + 2);
  return (
    first >>> 4 === 4 &&
    headerBytes >= IPV4_HEADER_BYTES &&
    // Zero stands there when segmentation was left to the network card.
    (totalLength === 0 || (totalLength >= headerBytes && at - start + totalLength <= wireLength))
  );
};

const isPlausibleIpv6 = ({ view, start, end, wireLength }: Packet, at: number): boolean => {
  if (at + IPV6_HEADER_BYTES > end || view.getUint8(at) >>> 4 !== 6) return false;
  return at - start + IPV6_HEADER_BYTES + view.getUint16(at + 4) <= wireLength;
};
