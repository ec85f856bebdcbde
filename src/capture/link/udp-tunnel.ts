/**
 * Tunnels in UDP, known by their port alone: VXLAN, VXLAN-GPE, Geneve, GTP-U, TZSP, L2TP, and ESP behind NAT.
 * Whatever does not hold to the form of its port's protocol is an ordinary datagram.
 */
import type { Packet } from "../packet.ts";
import { ETHER_TYPE, nextProtocol } from "./ether-type.ts";
import { enterL2tpOverUdp } from "./l2tp.ts";
import type { Layer } from "./layer.ts";
import { isPlausibleEthernet, isPlausibleIp, isPossibleEthernet } from "./plausible.ts";

const PORT = {
  l2tp: 1701,
  gtpUser: 2152,
  espBehindNat: 4500,
  vxlan: 4789,
  vxlanGpe: 4790,
  geneve: 6081,
  /** Linux' own default, older than the assigned one. */
  vxlanOfLinux: 8472,
  tzsp: 37_008,
} as const;

const UDP_BYTES = 8;
const TUNNEL_BYTES = 8;

/** What the UDP datagram at the packet's start carries; "transport", with nothing stepped over, for no tunnel. */
export const enterUdpTunnel = (packet: Packet): Layer => {
  if (packet.captured < UDP_BYTES + TUNNEL_BYTES) return "transport";
  switch (packet.view.getUint16(packet.start + 2)) {
    case PORT.vxlan:
    case PORT.vxlanOfLinux:
      return enterVxlan(packet);
    case PORT.vxlanGpe:
      return enterVxlanGpe(packet);
    case PORT.geneve:
      return enterGeneve(packet);
    case PORT.gtpUser:
      return enterGtpUser(packet);
    case PORT.tzsp:
      return enterTzsp(packet);
    case PORT.l2tp:
      return enterL2tpOverUdp(packet);
    case PORT.espBehindNat:
      return enterEspBehindNat(packet);
    default:
      return enterBySource(packet);
  }
};

/** The ports that both ends of a tunnel use, where a NAT may have changed the destination's. */
const enterBySource = (packet: Packet): Layer => {
  switch (packet.view.getUint16(packet.start)) {
    case PORT.l2tp:
      return enterL2tpOverUdp(packet);
    case PORT.espBehindNat:
      return enterEspBehindNat(packet);
    default:
      return "transport";
  }
};

const VXLAN = { hasNetwork: 0x08, hasProtocol: 0x04, hasPolicy: 0x80 };

/** RFC 7348 5; with a group policy (draft-smith-vxlan-group-policy 2) the reserved bytes are its own. */
const enterVxlan = (packet: Packet): Layer => {
  const { view } = packet;
  const at = packet.start + UDP_BYTES;
  const flags = view.getUint8(at);
  if ((flags & VXLAN.hasProtocol) !== 0) return enterVxlanGpe(packet);
  const isReservedClear = (flags & VXLAN.hasPolicy) !== 0 || view.getUint32(at) === VXLAN.hasNetwork << 24;
  const isVxlan = (flags & 0x7f) === VXLAN.hasNetwork && isReservedClear && view.getUint8(at + 7) === 0;
  if (!isVxlan) return "transport";
  packet.advance(UDP_BYTES + TUNNEL_BYTES);
  return "ethernet";
};

/** draft-ietf-nvo3-vxlan-gpe 3: version 0, a network, and the protocol in the last byte before it. */
const enterVxlanGpe = (packet: Packet): Layer => {
  const { view } = packet;
  const at = packet.start + UDP_BYTES;
  const wanted = VXLAN.hasNetwork | VXLAN.hasProtocol;
  const isGpe =
    (view.getUint8(at) & 0xfc) === wanted && view.getUint16(at + 1) === 0 && view.getUint8(at + 7) === 0;
  if (!isGpe) return "transport";
  const protocol = view.getUint8(at + 3);
  packet.advance(UDP_BYTES + TUNNEL_BYTES);
  return nextProtocol(packet, protocol, "VXLAN-GPE");
};

const GENEVE_PAYLOAD: ReadonlyMap<number, Layer> = new Map([
  [ETHER_TYPE.transparentEthernet, "ethernet"],
  [ETHER_TYPE.ipv4, "ipv4"],
  [ETHER_TYPE.ipv6, "ipv6"],
  [ETHER_TYPE.mplsUnicast, "mpls"],
  [ETHER_TYPE.networkServiceHeader, "nsh"],
]);

/** RFC 8926 3.4: version 0, so many words of options, reserved bits that are clear. */
const enterGeneve = (packet: Packet): Layer => {
  const { view } = packet;
  const at = packet.start + UDP_BYTES;
  const first = view.getUint8(at);
  const size = UDP_BYTES + TUNNEL_BYTES + 4 * (first & 0x3f);
  const payload = GENEVE_PAYLOAD.get(view.getUint16(at + 2));
  const isReservedClear = (view.getUint8(at + 1) & 0x3f) === 0 && view.getUint8(at + 7) === 0;
  if (first >>> 6 !== 0 || !isReservedClear || payload === undefined || packet.captured < size)
    return "transport";
  packet.advance(size);
  return payload;
};

const GTP_USER_DATA = 255;
const MAX_GTP_EXTENSIONS = 16;

/** 3GPP TS 29.281 5.1 and 5.2: version 1, a user's packet, extension headers that name the next one. */
const enterGtpUser = (packet: Packet): Layer => {
  const { view, start, end } = packet;
  const first = view.getUint8(start + UDP_BYTES);
  const datagramBytes = view.getUint16(start + 4);
  const length = view.getUint16(start + UDP_BYTES + 2);
  const isUserData = (first & 0xf8) === 0x30 && view.getUint8(start + UDP_BYTES + 1) === GTP_USER_DATA;
  if (!isUserData || (datagramBytes !== 0 && length !== datagramBytes - UDP_BYTES - TUNNEL_BYTES))
    return "transport";
  let at = start + UDP_BYTES + TUNNEL_BYTES;
  // One of the three flags brings all three fields.
  if ((first & 0x07) !== 0) {
    at += 4;
    let next = at <= end && (first & 0x04) !== 0 ? view.getUint8(at - 1) : 0;
    for (let extensions = 0; next !== 0; extensions += 1) {
      const size = at < end ? 4 * view.getUint8(at) : 0;
      if (size === 0 || at + size > end || extensions === MAX_GTP_EXTENSIONS) return "transport";
      at += size;
      next = view.getUint8(at - 1);
    }
  }
  const payload = isPlausibleIp(packet, at) ? "ip" : isPlausibleEthernet(packet, at) ? "ethernet" : null;
  if (payload === null) return "transport";
  packet.advance(at - start);
  return payload;
};

const TZSP = { version: 1, received: 0, transmit: 1, ethernet: 1, padding: 0, end: 1 };
const TZSP_BYTES = 4;

/** TaZmen Sniffer Protocol, as MikroTik's routers send it: tagged fields up to an end tag, then the frame. */
const enterTzsp = (packet: Packet): Layer => {
  const { view, start, end } = packet;
  const at = start + UDP_BYTES;
  const type = view.getUint8(at + 1);
  const isFrame =
    view.getUint8(at) === TZSP.version &&
    (type === TZSP.received || type === TZSP.transmit) &&
    view.getUint16(at + 2) === TZSP.ethernet;
  if (!isFrame) return "transport";
  let tag = at + TZSP_BYTES;
  while (tag < end && view.getUint8(tag) !== TZSP.end) {
    if (view.getUint8(tag) === TZSP.padding) tag += 1;
    else if (tag + 1 < end) tag += 2 + view.getUint8(tag + 1);
    else return "transport";
  }
  if (!isPlausibleEthernet(packet, tag + 1) && !isPossibleEthernet(packet, tag + 1)) return "transport";
  packet.advance(tag + 1 - start);
  return "ethernet";
};

/** RFC 3948 2.2: four zero bytes begin a message of IKE, anything else is ESP. */
const enterEspBehindNat = (packet: Packet): Layer =>
  packet.view.getUint32(packet.start + UDP_BYTES) === 0 ? "transport" : packet.skip("IPsec ESP");
