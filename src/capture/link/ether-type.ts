/** EtherTypes (IANA, IEEE 802 Numbers): what each one says comes next, tags and 802.2 LLC in between. */
import type { Packet } from "../packet.ts";
import type { Layer } from "./layer.ts";

export const ETHER_TYPE = {
  ipv4: 0x0800,
  arp: 0x0806,
  transparentEthernet: 0x6558,
  /** IEEE 802.1Q. */
  customerTag: 0x8100,
  ipv6: 0x86dd,
  ppp: 0x880b,
  mplsUnicast: 0x8847,
  mplsMulticast: 0x8848,
  pppoeSession: 0x8864,
  /** IEEE 802.1ad. */
  serviceTag: 0x88a8,
  macSec: 0x88e5,
  /** IEEE 802.1ah, the I-TAG. */
  backboneServiceTag: 0x88e7,
  /** Cisco MetaData: the security group tag of TrustSec. */
  ciscoMetaData: 0x8909,
  /** Cisco VN-Tag, before it became 802.1BR. */
  vnTag: 0x8926,
  /** IEEE 802.1BR. */
  eTag: 0x893f,
  networkServiceHeader: 0x894f,
  /** 802.1ad before it was a standard. */
  oldServiceTag: 0x9100,
} as const;

/** Tags that stand before another EtherType: their size with it. */
const TAG_BYTES: ReadonlyMap<number, number> = new Map([
  [ETHER_TYPE.customerTag, 4],
  [ETHER_TYPE.serviceTag, 4],
  [ETHER_TYPE.oldServiceTag, 4],
  [0x9200, 4],
  [0x9300, 4],
  [ETHER_TYPE.vnTag, 6],
  [ETHER_TYPE.eTag, 8],
]);

const HEADERS: ReadonlyMap<number, Layer> = new Map([
  [ETHER_TYPE.ipv4, "ipv4"],
  [ETHER_TYPE.ipv6, "ipv6"],
  [ETHER_TYPE.mplsUnicast, "mpls"],
  [ETHER_TYPE.mplsMulticast, "mpls"],
  [ETHER_TYPE.pppoeSession, "pppoe"],
  [ETHER_TYPE.ppp, "ppp"],
  [ETHER_TYPE.transparentEthernet, "ethernet"],
  [ETHER_TYPE.networkServiceHeader, "nsh"],
]);

const READ_HERE: ReadonlySet<number> = new Set([
  ETHER_TYPE.macSec,
  ETHER_TYPE.backboneServiceTag,
  ETHER_TYPE.ciscoMetaData,
]);

/** What carries no TCP: control, discovery, time, and the buses of plants. */
const WITHOUT_TCP: ReadonlySet<number> = new Set([
  ETHER_TYPE.arp,
  0x0842, // Wake-on-LAN
  0x2000, // CDP
  0x2004, // DTP
  0x22ea, // SRP
  0x22f0, // AVTP
  0x22f4, // IS-IS
  0x8035, // RARP
  0x809b, // AppleTalk
  0x80f3, // AARP
  0x8102, // loop protection
  0x8137, // IPX
  0x8808, // flow control
  0x8809, // slow protocols: LACP
  0x8819, // CobraNet
  0x8863, // PPPoE discovery
  0x886f, // Microsoft NLB heartbeat
  0x8874, // Broadcom
  0x887b, // HomePlug
  0x888e, // 802.1X
  0x8892, // PROFINET
  0x889a, // HyperSCSI
  0x88a2, // ATA over Ethernet
  0x88a4, // EtherCAT
  0x88ab, // Powerlink
  0x88b8, // GOOSE
  0x88b9, // GSE
  0x88ba, // sampled values
  0x88cc, // LLDP
  0x88cd, // SERCOS III
  0x88d9, // LLTD
  0x88e1, // HomePlug AV
  0x88e3, // media redundancy
  0x88f5, // MVRP
  0x88f6, // MMRP
  0x88f7, // PTP
  0x88fb, // parallel redundancy
  0x8902, // connectivity fault management
  0x8906, // Fibre Channel
  0x890d, // 802.11 management
  0x8914, // Fibre Channel initialization
  0x892f, // high-availability redundancy
  0x893a, // 1905.1
  0x8999, // Realtek remote control
  0x9000, // loopback test
]);

/** What may carry TCP and is not read, where it has a name that people know. */
const UNREAD: ReadonlyMap<number, string> = new Map([
  [0x22f3, "TRILL"],
  [0x8903, "Cisco FabricPath"],
  [0x8915, "RoCE"],
  [0x876b, "PPP with compressed TCP headers"],
]);

const MAX_TAGS = 8;
/** IEEE 802.3 3.2.6: a number up to this is a length, and 802.2 LLC follows. */
const MAX_LENGTH = 1500;
const LLC_BYTES = 3;
const SNAP_BYTES = 8;
const I_TAG_BYTES = 4;
const MAX_NSH_BYTES = 252;

/** Size of a tag with the EtherType behind it; undefined where `etherType` is that of no tag. */
export const tagBytes = (etherType: number): number | undefined => TAG_BYTES.get(etherType);

/** Whether what this EtherType announces is read. */
export const isReadEtherType = (etherType: number): boolean =>
  HEADERS.has(etherType) || TAG_BYTES.has(etherType) || READ_HERE.has(etherType);

/** What an EtherType says of the bytes at the packet's start; steps over the tags that stand there. */
export const enterEtherType = (packet: Packet, first: number): Layer => {
  let etherType = first;
  for (let tags = 0; tags < MAX_TAGS; tags += 1) {
    const size = TAG_BYTES.get(etherType);
    if (size === undefined) return payloadOf(packet, etherType);
    if (packet.captured < size) return packet.cutInside("vlan.header");
    etherType = packet.view.getUint16(packet.start + size - 2);
    packet.advance(size);
  }
  return packet.skip(`more than ${MAX_TAGS} VLAN tags`);
};

const payloadOf = (packet: Packet, etherType: number): Layer => {
  if (etherType <= MAX_LENGTH) return "llc";
  const header = HEADERS.get(etherType);
  if (header !== undefined) return header;
  if (etherType === ETHER_TYPE.ciscoMetaData) return enterCiscoMetaData(packet);
  if (etherType === ETHER_TYPE.backboneServiceTag) return enterBackboneServiceTag(packet);
  if (etherType === ETHER_TYPE.macSec) return enterMacSec(packet);
  if (WITHOUT_TCP.has(etherType)) return "nothing";
  return packet.skip(UNREAD.get(etherType) ?? `EtherType 0x${etherType.toString(16).padStart(4, "0")}`);
};

/** IEEE 802.2 LLC, and SNAP within it (RFC 1042, RFC 2684 5). */
export const enterLlc = (packet: Packet): Layer => {
  const { view, start } = packet;
  if (packet.captured < LLC_BYTES) return packet.cutInside("llc.header");
  const accessPoints = view.getUint16(start);
  if (accessPoints === 0x0606) {
    packet.advance(LLC_BYTES);
    return "ipv4";
  }
  if (accessPoints !== 0xaaaa || view.getUint8(start + 2) !== 3) return "nothing";
  if (packet.captured < SNAP_BYTES) return packet.cutInside("snap.header");
  const organization = view.getUint32(start + 2) & 0xffffff;
  const protocol = view.getUint16(start + 6);
  packet.advance(SNAP_BYTES);
  // 802.1H writes EtherTypes with an organization of its own.
  if (organization === 0 || organization === 0x0000f8) return enterEtherType(packet, protocol);
  return organization === 0x0080c2 && (protocol === 1 || protocol === 7) ? "ethernet" : "nothing";
};

/** Version, length in words of four bytes, so many words, and the EtherType (draft-smith-kandula-sxp). */
const enterCiscoMetaData = (packet: Packet): Layer => {
  if (packet.captured < 2) return packet.cutInside("ciscoMetaData.header");
  const size = 4 + 4 * packet.view.getUint8(packet.start + 1);
  if (packet.captured < size) return packet.cutInside("ciscoMetaData.options");
  const etherType = packet.view.getUint16(packet.start + size - 2);
  packet.advance(size);
  return enterEtherType(packet, etherType);
};

/** IEEE 802.1ah 9.7: after the I-TAG comes the customer's frame. */
const enterBackboneServiceTag = (packet: Packet): Layer => {
  if (packet.captured < I_TAG_BYTES) return packet.cutInside("backboneServiceTag.header");
  packet.advance(I_TAG_BYTES);
  return "ethernet";
};

/** IEEE 802.1AE 9.3: what is only signed can be read; what is encrypted cannot. */
const enterMacSec = (packet: Packet): Layer => {
  if (packet.captured < 1) return packet.cutInside("macSec.header");
  const control = packet.view.getUint8(packet.start);
  if ((control & 0x0c) !== 0) return packet.skip("MACsec");
  const size = ((control & 0x20) === 0 ? 6 : 14) + 2;
  if (packet.captured < size) return packet.cutInside("macSec.header");
  const etherType = packet.view.getUint16(packet.start + size - 2);
  packet.advance(size);
  return enterEtherType(packet, etherType);
};

const NSH_PAYLOAD: ReadonlyMap<number, Layer> = new Map([
  [1, "ipv4"],
  [2, "ipv6"],
  [3, "ethernet"],
  [4, "nsh"],
  [5, "mpls"],
]);

/** Network Service Header (RFC 8300 2.2): its length stands in words of four bytes. */
export const enterNsh = (packet: Packet): Layer => {
  if (packet.captured < 4) return packet.cutInside("nsh.header");
  const size = 4 * (packet.view.getUint16(packet.start) & 0x3f);
  const protocol = packet.view.getUint8(packet.start + 3);
  if (size < 8 || size > MAX_NSH_BYTES || packet.captured < size) return packet.cutInside("nsh.context");
  packet.advance(size);
  return nextProtocol(packet, protocol, "NSH");
};

/** The numbers that NSH and VXLAN-GPE (RFC 8300 2.2, draft-ietf-nvo3-vxlan-gpe 3.2) share. */
export const nextProtocol = (packet: Packet, protocol: number, within: string): Layer =>
  NSH_PAYLOAD.get(protocol) ?? packet.skip(`${within} protocol ${protocol}`);
