/** Link-layer headers: what stands before the IP header, by LINKTYPE_ value (tcpdump.org/linktypes.html). */
import type { Packet } from "./packet.ts";

export const LINK_TYPE = {
  null: 0,
  ethernet: 1,
  rawBsd: 12,
  rawOpenBsd: 14,
  raw: 101,
  loop: 108,
  linuxCooked: 113,
  ipv4: 228,
  ipv6: 229,
  linuxCooked2: 276,
} as const;

export const ETHER_TYPE = {
  ipv4: 0x0800,
  ipv6: 0x86dd,
  /** IEEE 802.1Q. */
  customerTag: 0x8100,
  /** IEEE 802.1ad. */
  serviceTag: 0x88a8,
  /** 802.1ad before it was a standard. */
  oldServiceTag: 0x9100,
} as const;

/** What the link layer carries: an IP version, nothing for us, or a fault in `packet.fault`. */
type LinkPayload = "ipv4" | "ipv6" | "other" | "unsupported" | "damaged";

const ETHERNET_BYTES = 14;
const LINUX_COOKED_BYTES = 16;
const LINUX_COOKED_2_BYTES = 20;
const FAMILY_BYTES = 4;
const TAG_BYTES = 4;
const MAX_TAGS = 8;

const AF_INET = 2;
/** Linux, Windows, NetBSD and OpenBSD, FreeBSD, Darwin. */
const AF_INET6: ReadonlySet<number> = new Set([10, 23, 24, 28, 30]);

/** Steps over the link-layer header of `packet`, by its link type. */
export const enterLinkLayer = (packet: Packet): LinkPayload => {
  switch (packet.linkType) {
    case LINK_TYPE.ethernet:
      return enterEtherType(packet, "ethernet", ETHERNET_BYTES, 12);
    case LINK_TYPE.linuxCooked:
      return enterEtherType(packet, "linuxCooked", LINUX_COOKED_BYTES, 14);
    case LINK_TYPE.linuxCooked2:
      return enterEtherType(packet, "linuxCooked2", LINUX_COOKED_2_BYTES, 0);
    case LINK_TYPE.rawBsd:
    case LINK_TYPE.rawOpenBsd:
    case LINK_TYPE.raw:
      return payloadByVersion(packet);
    case LINK_TYPE.ipv4:
      return "ipv4";
    case LINK_TYPE.ipv6:
      return "ipv6";
    case LINK_TYPE.null:
    case LINK_TYPE.loop:
      return enterAddressFamily(packet);
    default:
      return "unsupported";
  }
};

/** The IP version that the first nibble tells. */
const payloadByVersion = (packet: Packet): LinkPayload => {
  if (packet.captured < 1) return damaged(packet, "ip.version", packet.start);
  const version = packet.view.getUint8(packet.start) >>> 4;
  return version === 4 ? "ipv4" : version === 6 ? "ipv6" : "other";
};

const enterEtherType = (packet: Packet, name: string, size: number, typeAt: number): LinkPayload => {
  if (packet.captured < size) return damaged(packet, `${name}.header`, packet.start);
  let etherType = packet.view.getUint16(packet.start + typeAt);
  packet.advance(size);
  for (let tags = 0; tags < MAX_TAGS && isTag(etherType); tags += 1) {
    if (packet.captured < TAG_BYTES) return damaged(packet, "vlan.header", packet.start);
    etherType = packet.view.getUint16(packet.start + 2);
    packet.advance(TAG_BYTES);
  }
  return etherType === ETHER_TYPE.ipv4 ? "ipv4" : etherType === ETHER_TYPE.ipv6 ? "ipv6" : "other";
};

const isTag = (etherType: number): boolean =>
  etherType === ETHER_TYPE.customerTag ||
  etherType === ETHER_TYPE.serviceTag ||
  etherType === ETHER_TYPE.oldServiceTag;

/** NULL writes the family in the byte order of the capturing host, LOOP in network byte order. */
const enterAddressFamily = (packet: Packet): LinkPayload => {
  if (packet.captured < FAMILY_BYTES) return damaged(packet, "loopback.family", packet.start);
  const written = packet.view.getUint32(packet.start);
  const family = written > 0xffff ? packet.view.getUint32(packet.start, true) : written;
  packet.advance(FAMILY_BYTES);
  return family === AF_INET ? "ipv4" : AF_INET6.has(family) ? "ipv6" : "other";
};

const damaged = (packet: Packet, field: string, at: number): LinkPayload => {
  packet.reject(field, at, "the packet ends inside it");
  return "damaged";
};
