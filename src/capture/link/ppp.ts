/** PPP (RFC 1661, in HDLC framing RFC 1662), PPPoE (RFC 2516) and Cisco HDLC. */
import type { Packet } from "../packet.ts";
import { enterEtherType } from "./ether-type.ts";
import type { Layer } from "./layer.ts";

const PPPOE_BYTES = 6;
const PPPOE_VERSION_AND_TYPE = 0x11;
const SESSION_DATA = 0;
const HDLC_BYTES = 4;
const ALL_STATIONS = 0xff03;
const MULTILINK_BYTES = 4;
const WHOLE_PACKET = 0xc0;
/** RFC 1661 2: network control protocols, and above them LCP, PAP, CHAP and the like. */
const FIRST_CONTROL_PROTOCOL = 0x8000;

const PPP_PROTOCOL = {
  ipv4: 0x0021,
  compressedTcp: 0x002d,
  uncompressedTcp: 0x002f,
  bridged: 0x0031,
  multilink: 0x003d,
  ipv6: 0x0057,
  compressedLink: 0x00fb,
  compressed: 0x00fd,
  mplsUnicast: 0x0281,
  mplsMulticast: 0x0283,
} as const;

/** PPPoE in the session stage (RFC 2516 4): code 0 is data. */
export const enterPppoe = (packet: Packet): Layer => {
  const { view, start } = packet;
  if (packet.captured < PPPOE_BYTES) return packet.cutInside("pppoe.header");
  if (view.getUint8(start) !== PPPOE_VERSION_AND_TYPE) {
    packet.reject("pppoe.version", start, "version and type are not 1");
    return "damaged";
  }
  if (view.getUint8(start + 1) !== SESSION_DATA) return "nothing";
  const length = view.getUint16(start + 4);
  packet.advance(PPPOE_BYTES);
  packet.limit(Math.min(length, packet.wireLength));
  return "ppp";
};

/** PPP with or without address and control field, and with its protocol field compressed or not (RFC 1661 6). */
export const enterPpp = (packet: Packet): Layer => {
  const { view } = packet;
  if (packet.captured >= 2 && view.getUint16(packet.start) === ALL_STATIONS) packet.advance(2);
  const isCompressed = packet.captured >= 1 && (view.getUint8(packet.start) & 1) === 1;
  if (packet.captured < (isCompressed ? 1 : 2)) return packet.cutInside("ppp.protocol");
  const protocol = isCompressed ? view.getUint8(packet.start) : view.getUint16(packet.start);
  packet.advance(isCompressed ? 1 : 2);
  return enterProtocol(packet, protocol);
};

const enterProtocol = (packet: Packet, protocol: number): Layer => {
  switch (protocol) {
    case PPP_PROTOCOL.ipv4:
      return "ipv4";
    case PPP_PROTOCOL.ipv6:
      return "ipv6";
    case PPP_PROTOCOL.mplsUnicast:
    case PPP_PROTOCOL.mplsMulticast:
      return "mpls";
    case PPP_PROTOCOL.bridged:
      return enterBridged(packet);
    case PPP_PROTOCOL.multilink:
      return enterMultilink(packet);
    case PPP_PROTOCOL.compressed:
    case PPP_PROTOCOL.compressedLink:
      return packet.skip("compressed or encrypted PPP");
    case PPP_PROTOCOL.compressedTcp:
    case PPP_PROTOCOL.uncompressedTcp:
      return packet.skip("PPP with compressed TCP headers");
    default:
      if (protocol >= FIRST_CONTROL_PROTOCOL) return "nothing";
      return packet.skip(`PPP protocol 0x${protocol.toString(16).padStart(4, "0")}`);
  }
};

/** RFC 3518 4.1: flags, type of MAC, and with the I flag the number of a LAN; type 1 is Ethernet. */
const enterBridged = (packet: Packet): Layer => {
  if (packet.captured < 2) return packet.cutInside("ppp.bridged");
  const flags = packet.view.getUint8(packet.start);
  const macType = packet.view.getUint8(packet.start + 1);
  if (macType !== 1) return packet.skip(`bridged PPP of MAC type ${macType}`);
  const size = (flags & 0x40) === 0 ? 2 : 6;
  if (packet.captured < size) return packet.cutInside("ppp.bridged");
  packet.advance(size);
  return "ethernet";
};

/** RFC 1990 3: a packet that is whole in one fragment is read; pieces are not put together. */
const enterMultilink = (packet: Packet): Layer => {
  if (packet.captured < MULTILINK_BYTES) return packet.cutInside("ppp.multilink");
  if ((packet.view.getUint8(packet.start) & WHOLE_PACKET) !== WHOLE_PACKET) {
    return packet.skip("fragments of multilink PPP");
  }
  packet.advance(MULTILINK_BYTES);
  return "ppp";
};

/** Cisco HDLC has an EtherType where PPP has its protocol; address 0x0f is unicast, 0x8f multicast. */
export const enterHdlc = (packet: Packet): Layer => {
  const { view, start } = packet;
  if (packet.captured < HDLC_BYTES) return packet.cutInside("hdlc.header");
  if ((view.getUint8(start) & 0x7f) !== 0x0f) return "ppp";
  const etherType = view.getUint16(start + 2);
  packet.advance(HDLC_BYTES);
  return enterEtherType(packet, etherType);
};
