/**
 * From the captured bytes to the transport layer, through whatever tunnels there are. Plain IP takes one turn
 * of the loop; each header of a tunnel takes one more.
 */
import type { IpFragments } from "./ip/ip-fragments.ts";
import { IP_PROTOCOL } from "./ip/ip-protocol.ts";
import { enterIpv4 } from "./ip/ipv4.ts";
import { enterIpv6 } from "./ip/ipv6.ts";
import { enterLlc, enterNsh } from "./link/ether-type.ts";
import { enterGre } from "./link/gre.ts";
import { enterL2tpOverIp } from "./link/l2tp.ts";
import type { Header, Layer, Outcome } from "./link/layer.ts";
import { enterEthernet, enterLinkLayer } from "./link/link-layer.ts";
import { enterMpls } from "./link/mpls.ts";
import { enterHdlc, enterPpp, enterPppoe } from "./link/ppp.ts";
import { enterUdpTunnel } from "./link/udp-tunnel.ts";
import type { Packet } from "./packet.ts";

/** Eight tunnels of three headers each (VXLAN, Ethernet, IP); more are made on purpose. */
export const MAX_HEADERS = 24;

/** Steps over all headers before the transport layer; null for a link type that is not read. */
export const enterLayers = (packet: Packet, fragments: IpFragments): Outcome | null => {
  let layer = enterLinkLayer(packet);
  if (layer === null) return null;
  for (packet.depth = 0; isHeader(layer); layer = enter(layer, packet, fragments)) {
    if (layer === "ip") continue;
    if (packet.depth === MAX_HEADERS) return packet.skip(`tunnels of more than ${MAX_HEADERS} headers`);
    packet.depth += 1;
  }
  return layer;
};

const isHeader = (layer: Layer): layer is Header =>
  layer !== "transport" &&
  layer !== "nothing" &&
  layer !== "incomplete" &&
  layer !== "unread" &&
  layer !== "damaged";

const enter = (header: Header, packet: Packet, fragments: IpFragments): Layer => {
  switch (header) {
    case "ipv4":
      return enterIpv4(packet, fragments) ? enterIpPayload(packet) : outcomeOf(packet);
    case "ipv6":
      return enterIpv6(packet, fragments) ? enterIpPayload(packet) : outcomeOf(packet);
    case "ip":
      return ipVersionOf(packet);
    case "ethernet":
      return enterEthernet(packet);
    case "llc":
      return enterLlc(packet);
    case "authentication":
      return enterAuthentication(packet);
    case "mpls":
      return enterMpls(packet);
    case "pppoe":
      return enterPppoe(packet);
    case "ppp":
      return enterPpp(packet);
    case "hdlc":
      return enterHdlc(packet);
    case "gre":
      return enterGre(packet);
    case "l2tpv3":
      return enterL2tpOverIp(packet);
    case "etherip":
      return enterEtherIp(packet);
    case "nsh":
      return enterNsh(packet);
  }
};

const outcomeOf = (packet: Packet): Outcome => (packet.fault === null ? "incomplete" : "damaged");

const ipVersionOf = (packet: Packet): Layer => {
  if (packet.captured < 1) return packet.cutInside("ip.version");
  const version = packet.view.getUint8(packet.start) >>> 4;
  return version === 4 ? "ipv4" : version === 6 ? "ipv6" : "nothing";
};

const HEADERS: ReadonlyMap<number, Header> = new Map([
  [IP_PROTOCOL.ipv4, "ipv4"],
  [IP_PROTOCOL.ipv6, "ipv6"],
  [IP_PROTOCOL.gre, "gre"],
  [IP_PROTOCOL.authenticationHeader, "authentication"],
  [IP_PROTOCOL.etherIp, "etherip"],
  [IP_PROTOCOL.l2tp, "l2tpv3"],
  [IP_PROTOCOL.mpls, "mpls"],
  [IP_PROTOCOL.ethernet, "ethernet"],
]);

/** IP protocols that carry no TCP: routing, multicast, other transports. */
const WITHOUT_TCP: ReadonlySet<number> = new Set([
  2, // IGMP
  8, // EGP
  9, // IGRP
  27, // RDP of RFC 908
  33, // DCCP
  46, // RSVP
  59, // no next header
  88, // EIGRP
  89, // OSPF
  103, // PIM
  112, // VRRP
  113, // PGM
  124, // IS-IS
  132, // SCTP
  136, // UDP-Lite
  139, // HIP
]);

const UNREAD: ReadonlyMap<number, string> = new Map([
  [IP_PROTOCOL.encapsulatingSecurityPayload, "IPsec ESP"],
  [IP_PROTOCOL.ipComp, "IPComp"],
]);

const enterIpPayload = (packet: Packet): Layer => {
  const { protocol } = packet;
  if (protocol === IP_PROTOCOL.tcp) return "transport";
  if (protocol === IP_PROTOCOL.udp) return enterUdpTunnel(packet);
  if (protocol === IP_PROTOCOL.icmp || protocol === IP_PROTOCOL.icmpv6) return "transport";
  const header = HEADERS.get(protocol);
  if (header !== undefined) return header;
  if (WITHOUT_TCP.has(protocol)) return "nothing";
  return packet.skip(UNREAD.get(protocol) ?? `IP protocol ${protocol}`);
};

/** RFC 4302 2: it signs and hides nothing. */
const enterAuthentication = (packet: Packet): Layer => {
  if (packet.captured < 2) return packet.cutInside("authentication.header");
  const { view, start } = packet;
  const size = 4 * (view.getUint8(start + 1) + 2);
  if (packet.captured < size) return packet.cutInside("authentication.header");
  packet.protocol = view.getUint8(start);
  packet.advance(size);
  return enterIpPayload(packet);
};

/** RFC 3378 3: version 3 and zeros. */
const enterEtherIp = (packet: Packet): Layer => {
  if (packet.captured < 2) return packet.cutInside("etherIp.header");
  packet.advance(2);
  return "ethernet";
};
