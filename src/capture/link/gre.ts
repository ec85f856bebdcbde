/** GRE (RFC 2784, RFC 2890), its version 1 for PPTP (RFC 2637 4.1), and ERSPAN within it (draft-foschiano-erspan). */
import type { Packet } from "../packet.ts";
import { enterEtherType } from "./ether-type.ts";
import type { Layer } from "./layer.ts";
import { isPlausibleIp } from "./plausible.ts";

const GRE_BYTES = 4;
const FLAG = { checksum: 0x8000, routing: 0x4000, key: 0x2000, sequence: 0x1000, acknowledgment: 0x0080 };
const VERSION = 0x0007;

/** Protocol types that mean something in GRE alone; any other is an EtherType. */
const PROTOCOL = { keepalive: 0x0000, erspan3: 0x22eb, wccp: 0x883e, erspan: 0x88be, ciscoMetaData: 0x8909 };

const CISCO_META_DATA_BYTES = 8;
const WCCP_REDIRECT_BYTES = 4;

/** Steps over the GRE header at the packet's start, and ERSPAN's behind it. */
export const enterGre = (packet: Packet): Layer => {
  const { view, start } = packet;
  if (packet.captured < GRE_BYTES) return packet.cutInside("gre.header");
  const flags = view.getUint16(start);
  const protocol = view.getUint16(start + 2);
  const version = flags & VERSION;
  if (version > 1) return packet.skip(`GRE of version ${version}`);
  if ((flags & FLAG.routing) !== 0) return packet.skip("GRE with source routes");
  const size =
    GRE_BYTES +
    sizeOf(flags, FLAG.checksum) +
    sizeOf(flags, FLAG.key) +
    sizeOf(flags, FLAG.sequence) +
    (version === 1 ? sizeOf(flags, FLAG.acknowledgment) : 0);
  if (packet.captured < size) return packet.cutInside("gre.fields");
  packet.advance(size);
  if (version === 0) return enterProtocol(packet, protocol, (flags & FLAG.sequence) !== 0);
  // Without a sequence number PPTP only acknowledges.
  return (flags & FLAG.sequence) === 0 ? "nothing" : enterEtherType(packet, protocol);
};

const sizeOf = (flags: number, flag: number): number => ((flags & flag) === 0 ? 0 : 4);

const enterProtocol = (packet: Packet, protocol: number, hasSequence: boolean): Layer => {
  switch (protocol) {
    case PROTOCOL.erspan:
      // Type I has no header of its own, and no sequence number in GRE's.
      return hasSequence ? enterErspan(packet) : "ethernet";
    case PROTOCOL.erspan3:
      return enterErspan(packet);
    case PROTOCOL.wccp:
      return enterWccp(packet);
    case PROTOCOL.ciscoMetaData:
      return enterCiscoMetaData(packet);
    case PROTOCOL.keepalive:
      return packet.captured === 0 ? "nothing" : enterEtherType(packet, protocol);
    default:
      return enterEtherType(packet, protocol);
  }
};

const ERSPAN_2_BYTES = 8;
const ERSPAN_3_BYTES = 12;
const ERSPAN_3_EXTRA_BYTES = 8;

/** Version 1 is type II, version 2 type III, whose last bit tells of a platform's own part. */
const enterErspan = (packet: Packet): Layer => {
  const { view, start } = packet;
  if (packet.captured < ERSPAN_2_BYTES) return packet.cutInside("erspan.header");
  const version = view.getUint8(start) >>> 4;
  if (version === 1) {
    packet.advance(ERSPAN_2_BYTES);
    return "ethernet";
  }
  if (version !== 2) return packet.skip(`ERSPAN of version ${version}`);
  if (packet.captured < ERSPAN_3_BYTES) return packet.cutInside("erspan.header");
  const last = view.getUint16(start + 10);
  const size = ERSPAN_3_BYTES + ((last & 1) === 0 ? 0 : ERSPAN_3_EXTRA_BYTES);
  if (packet.captured < size) return packet.cutInside("erspan.platform");
  const frameType = (last >>> 10) & 0x1f;
  packet.advance(size);
  if (frameType === 0) return "ethernet";
  return frameType === 2 ? "ip" : packet.skip(`ERSPAN of frame type ${frameType}`);
};

/** WCCP 2 puts four bytes before the packet that it redirects, WCCP 1 none. */
const enterWccp = (packet: Packet): Layer => {
  if (!isPlausibleIp(packet, packet.start)) {
    if (packet.captured < WCCP_REDIRECT_BYTES) return packet.cutInside("wccp.redirect");
    packet.advance(WCCP_REDIRECT_BYTES);
  }
  return "ip";
};

/** In GRE the EtherType of Cisco's MetaData stands first. */
const enterCiscoMetaData = (packet: Packet): Layer => {
  if (packet.captured < CISCO_META_DATA_BYTES) return packet.cutInside("ciscoMetaData.header");
  const etherType = packet.view.getUint16(packet.start);
  packet.advance(CISCO_META_DATA_BYTES);
  return enterEtherType(packet, etherType);
};
