/** L2TP version 2 over UDP (RFC 2661 3.1) and version 3 over UDP and IP (RFC 3931 4.1). */
import type { Packet } from "../packet.ts";
import type { Layer } from "./layer.ts";
import { isPlausibleEthernet, isPlausibleIp } from "./plausible.ts";

const UDP_BYTES = 8;
const FLAG = { control: 0x8000, length: 0x4000, sequence: 0x0800, offset: 0x0200 };
/** Bits of version 2 that are sent as zero. */
const RESERVED_2 = 0x34f0;
const VERSION = 0x000f;
const SESSION_BYTES = 4;
const V3_OVER_UDP_BYTES = 8;
const PPP_OF_ALL_STATIONS = 0xff03;
/** A cookie of 0, 4 or 8 bytes, and a sublayer of 0 or 4: only the control connection tells which. */
const V3_PREFIX_BYTES = [0, 4, 8, 12] as const;

/** L2TP in the UDP datagram at the packet's start; "transport", with nothing stepped over, where it is none. */
export const enterL2tpOverUdp = (packet: Packet): Layer => {
  const { view, end } = packet;
  const start = packet.start + UDP_BYTES;
  if (start + 6 > end) return "transport";
  const flags = view.getUint16(start);
  const version = flags & VERSION;
  if ((flags & FLAG.control) !== 0) return "transport";
  if (version === 3) return enterVersion3(packet, UDP_BYTES + V3_OVER_UDP_BYTES) ?? "transport";
  if (version !== 2 || (flags & RESERVED_2) !== 0) return "transport";
  let at = start + 2;
  if ((flags & FLAG.length) !== 0) {
    if (start + view.getUint16(at) > packet.start + packet.wireLength) return "transport";
    at += 2;
  }
  at += 4;
  if ((flags & FLAG.sequence) !== 0) at += 4;
  if ((flags & FLAG.offset) !== 0) {
    if (at + 2 > end) return "transport";
    at += 2 + view.getUint16(at);
  }
  if (!isPlausiblePpp(packet, at)) return "transport";
  packet.advance(at - packet.start);
  return "ppp";
};

/** L2TP version 3 in IP protocol 115: session 0 is the control connection. */
export const enterL2tpOverIp = (packet: Packet): Layer => {
  if (packet.captured < SESSION_BYTES) return packet.cutInside("l2tp.session");
  if (packet.view.getUint32(packet.start) === 0) return "nothing";
  return enterVersion3(packet, SESSION_BYTES) ?? packet.skip("L2TPv3 with an unknown payload");
};

const enterVersion3 = (packet: Packet, headerBytes: number): Layer | null => {
  for (const prefixBytes of V3_PREFIX_BYTES) {
    const at = packet.start + headerBytes + prefixBytes;
    const payload = isPlausibleEthernet(packet, at)
      ? "ethernet"
      : isPlausiblePppWithIp(packet, at)
        ? "ppp"
        : null;
    if (payload === null) continue;
    packet.advance(at - packet.start);
    return payload;
  }
  return null;
};

const isPlausiblePppWithIp = (packet: Packet, at: number): boolean =>
  at + 4 <= packet.end &&
  packet.view.getUint16(at) === PPP_OF_ALL_STATIONS &&
  (isPlausibleIp(packet, at + 4) || isPlausibleIp(packet, at + 3));

/** A protocol number as RFC 1661 2 forms it: an odd low byte, and an even high one. */
const isPlausiblePpp = ({ view, end }: Packet, from: number): boolean => {
  const at = from + 2 <= end && view.getUint16(from) === PPP_OF_ALL_STATIONS ? from + 2 : from;
  if (at + 2 > end) return false;
  return (view.getUint8(at) & 1) === 1 || (view.getUint8(at + 1) & 1) === 1;
};
