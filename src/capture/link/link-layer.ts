/** Link-layer headers: what stands before the IP header, by LINKTYPE_ value (tcpdump.org/linktypes.html). */
import type { Packet } from "../packet.ts";
import { ETHER_TYPE, enterEtherType } from "./ether-type.ts";
import type { Layer } from "./layer.ts";

export const LINK_TYPE = {
  null: 0,
  ethernet: 1,
  ppp: 9,
  llcOverAtm: 11,
  rawBsd: 12,
  rawOpenBsd: 14,
  pppOrHdlc: 50,
  pppoe: 51,
  raw: 101,
  hdlc: 104,
  loop: 108,
  linuxCooked: 113,
  pppDaemon: 166,
  pppWithDirection: 204,
  mpls: 219,
  ipv4: 228,
  ipv6: 229,
  netfilterLog: 239,
  packetTap: 258,
  linuxCooked2: 276,
} as const;

const ETHERNET_BYTES = 14;
const LINUX_COOKED_BYTES = 16;
const LINUX_COOKED_2_BYTES = 20;
const FAMILY_BYTES = 4;

const AF_INET = 2;
/** Linux, Windows, NetBSD and OpenBSD, FreeBSD, Darwin. */
const AF_INET6: ReadonlySet<number> = new Set([10, 23, 24, 28, 30]);

/** Steps over the link-layer header of `packet`, by its link type; null for a type that is not read. */
export const enterLinkLayer = (packet: Packet): Layer | null => {
  // Nearly every capture: decided before any table.
  if (packet.linkType === LINK_TYPE.ethernet) return enterEthernet(packet);
  return packet.linkType === LINK_TYPE.packetTap
    ? enterPacketTap(packet)
    : enterLinkType(packet, packet.linkType);
};

/** Steps over an Ethernet header; a length in its last field says that LLC follows (IEEE 802.3 3.2.6). */
export const enterEthernet = (packet: Packet): Layer => {
  const { start } = packet;
  if (packet.captured < ETHERNET_BYTES) return packet.cutInside("ethernet.header");
  const etherType = packet.view.getUint16(start + 12);
  packet.advance(ETHERNET_BYTES);
  if (etherType === ETHER_TYPE.ipv4) return "ipv4";
  return etherType === ETHER_TYPE.ipv6 ? "ipv6" : enterEtherType(packet, etherType);
};

const enterLinkType = (packet: Packet, linkType: number): Layer | null => {
  switch (linkType) {
    case LINK_TYPE.ethernet:
      return enterEthernet(packet);
    case LINK_TYPE.linuxCooked:
      return enterCooked(packet, "linuxCooked.header", LINUX_COOKED_BYTES, 14);
    case LINK_TYPE.linuxCooked2:
      return enterCooked(packet, "linuxCooked2.header", LINUX_COOKED_2_BYTES, 0);
    case LINK_TYPE.rawBsd:
    case LINK_TYPE.rawOpenBsd:
    case LINK_TYPE.raw:
      return "ip";
    case LINK_TYPE.ipv4:
      return "ipv4";
    case LINK_TYPE.ipv6:
      return "ipv6";
    case LINK_TYPE.null:
    case LINK_TYPE.loop:
      return enterAddressFamily(packet);
    case LINK_TYPE.ppp:
      return "ppp";
    case LINK_TYPE.pppOrHdlc:
    case LINK_TYPE.hdlc:
      return "hdlc";
    case LINK_TYPE.pppoe:
      return "pppoe";
    case LINK_TYPE.pppWithDirection:
      return enterBehind(packet, "pppWithDirection.header", 1, "ppp");
    case LINK_TYPE.pppDaemon:
      return enterPppDaemon(packet);
    case LINK_TYPE.llcOverAtm:
      return "llc";
    case LINK_TYPE.mpls:
      return "mpls";
    case LINK_TYPE.netfilterLog:
      return enterNetfilterLog(packet);
    default:
      return null;
  }
};

const enterBehind = (packet: Packet, header: string, size: number, layer: Layer): Layer => {
  if (packet.captured < size) return packet.cutInside(header);
  packet.advance(size);
  return layer;
};

const enterCooked = (packet: Packet, header: string, size: number, typeAt: number): Layer => {
  if (packet.captured < size) return packet.cutInside(header);
  const etherType = packet.view.getUint16(packet.start + typeAt);
  packet.advance(size);
  return enterEtherType(packet, etherType);
};

/** NULL writes the family in the byte order of the capturing host, LOOP in network byte order. */
const enterAddressFamily = (packet: Packet): Layer => {
  if (packet.captured < FAMILY_BYTES) return packet.cutInside("loopback.family");
  const written = packet.view.getUint32(packet.start);
  const family = written > 0xffff ? packet.view.getUint32(packet.start, true) : written;
  packet.advance(FAMILY_BYTES);
  return family === AF_INET ? "ipv4" : AF_INET6.has(family) ? "ipv6" : "nothing";
};

/** The direction stands in the place of the address, before the control field's 3. */
const enterPppDaemon = (packet: Packet): Layer => {
  if (packet.captured < 2) return packet.cutInside("pppDaemon.header");
  packet.advance(packet.view.getUint8(packet.start + 1) === 3 ? 2 : 1);
  return "ppp";
};

const NETFILTER_HEADER_BYTES = 4;
const NETFILTER_PAYLOAD = 9;

/** Four bytes, then fields of length, type and value in the byte order of the host; type 9 is the packet. */
const enterNetfilterLog = (packet: Packet): Layer => {
  const { view, end } = packet;
  let at = packet.start + NETFILTER_HEADER_BYTES;
  while (at + 4 <= end) {
    const isLittleEndian = view.getUint16(at + 2, true) <= 0xff;
    const length = view.getUint16(at, isLittleEndian);
    if (length < 4) break;
    if (view.getUint16(at + 2, isLittleEndian) === NETFILTER_PAYLOAD) {
      packet.advance(at + 4 - packet.start);
      return "ip";
    }
    at += Math.ceil(length / 4) * 4;
  }
  return packet.cutInside("netfilterLog.fields");
};

const PACKET_TAP_BYTES = 12;
const PACKET_TAP_PACKET = 1;

/** Apple's header: its length, its kind and the link type of what follows, little endian. */
const enterPacketTap = (packet: Packet): Layer | null => {
  const { view, start } = packet;
  if (packet.captured < PACKET_TAP_BYTES) return packet.cutInside("packetTap.header");
  const size = view.getUint32(start, true);
  if (size < PACKET_TAP_BYTES || packet.captured < size) return packet.cutInside("packetTap.header");
  if (view.getUint32(start + 4, true) !== PACKET_TAP_PACKET) return "nothing";
  const linkType = view.getUint32(start + 8, true);
  packet.advance(size);
  return enterLinkType(packet, linkType);
};
