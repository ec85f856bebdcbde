/** Puts IP packets into every encapsulation that is read, one within the other. */
import { concatBytes } from "../../../../src/bytes/concat-bytes.ts";
import { ETHER_TYPE } from "../../../../src/capture/link/ether-type.ts";
import { buildUdpPacket } from "../../../../src/capture/write/packet-builder.ts";
import { ipv4Packet } from "../../../capture/support/ip-forms.ts";

/** Bytes, and the EtherType that says what they are; a number up to 1500 is a length of IEEE 802.3. */
export interface Pdu {
  readonly etherType: number;
  readonly bytes: Uint8Array;
}

export interface Encapsulation {
  readonly name: string;
  readonly wrap: (inner: Pdu) => Pdu;
  /** What it can carry: IP packets alone, what one link's MTU lets pass, or anything. */
  readonly carries: "ip" | "short" | "any";
  /** tshark 4.0 does not read it, or only where it is told to. */
  readonly notInTshark?: true;
}

const TUNNEL_ENDS = [
  [10, 255, 0, 1],
  [10, 255, 0, 2],
] as const;

export const ipPdu = (ip: Uint8Array): Pdu => ({
  etherType: (ip[0] ?? 0) >>> 4 === 4 ? ETHER_TYPE.ipv4 : ETHER_TYPE.ipv6,
  bytes: ip,
});

const isIp = ({ etherType }: Pdu): boolean => etherType === ETHER_TYPE.ipv4 || etherType === ETHER_TYPE.ipv6;

/** Whether `outer` may be put around `inner`. */
export const fits = (outer: Encapsulation, inner: Pdu): boolean =>
  inner.bytes.length < 60_000 &&
  (outer.carries === "any" ||
    (outer.carries === "ip" ? isIp(inner) : inner.etherType > 1500 && inner.bytes.length < 1400));

const u16 = (value: number): number[] => [value >>> 8, value & 0xff];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];
const behind = (head: readonly number[], bytes: Uint8Array): Uint8Array =>
  concatBytes(Uint8Array.from(head), bytes);

const MACS = [0x02, 0, 0, 0, 0, 2, 0x02, 0, 0, 0, 0, 1];
/** tshark takes what follows a label for a frame where it knows who made the card. */
const MACS_OF_INTEL = [0xa0, 0x36, 0x9f, 0, 0, 2, 0xa0, 0x36, 0x9f, 0, 0, 1];
/** Addresses that begin as an IPv6 packet and as an IPv4 packet would (RFC 8469). */
const MACS_LIKE_IP = [0x60, 0x45, 0, 0, 0, 0x20, 0x46, 0, 0, 0x40, 0, 1];

/** The frame of Ethernet II, or of IEEE 802.3. */
export const frameOf = ({ etherType, bytes }: Pdu, macs: readonly number[] = MACS): Uint8Array =>
  behind([...macs, ...u16(etherType)], bytes);

const inIpv4 = (protocol: number, bytes: Uint8Array): Pdu =>
  ipPdu(ipv4Packet(TUNNEL_ENDS[0], TUNNEL_ENDS[1], protocol, bytes));

const inUdp = (port: number, bytes: Uint8Array): Pdu =>
  ipPdu(
    buildUdpPacket({
      source: { address: "10.255.0.1", port: 49_152 },
      destination: { address: "10.255.0.2", port },
      payload: bytes,
    }),
  );

const inIpv6 = (nextHeader: number, bytes: Uint8Array): Pdu => ({
  etherType: ETHER_TYPE.ipv6,
  bytes: behind(
    [
      0x60,
      0,
      0,
      0,
      ...u16(bytes.length),
      nextHeader,
      64,
      ...u32(0x20010db8),
      ...u32(0),
      ...u32(0),
      ...u32(1),
    ].concat([...u32(0x20010db8), ...u32(0), ...u32(0), ...u32(2)]),
    bytes,
  ),
});

const protocolOf = (inner: Pdu): number => (inner.etherType === ETHER_TYPE.ipv4 ? 4 : 41);
const pppProtocolOf = (inner: Pdu): number => (inner.etherType === ETHER_TYPE.ipv4 ? 0x0021 : 0x0057);
const nextProtocolOf = (inner: Pdu): number => (inner.etherType === ETHER_TYPE.ipv4 ? 1 : 2);

const gre = (flags: number, protocol: number, fields: readonly number[], bytes: Uint8Array): Pdu =>
  inIpv4(47, behind([...u16(flags), ...u16(protocol), ...fields], bytes));

const ppp = (inner: Pdu): Uint8Array => behind(u16(pppProtocolOf(inner)), inner.bytes);
const framedPpp = (inner: Pdu): Uint8Array => behind([0xff, 3], ppp(inner));

const pppoe = (bytes: Uint8Array): Pdu => ({
  etherType: 0x8864,
  bytes: behind([0x11, 0, 0, 7, ...u16(bytes.length)], bytes),
});

const gtp = (flags: number, fields: readonly number[], bytes: Uint8Array): Pdu =>
  inUdp(2152, behind([flags, 255, ...u16(fields.length + bytes.length), ...u32(0x1234), ...fields], bytes));

const mpls = (labels: readonly number[], bytes: Uint8Array): Pdu => ({
  etherType: 0x8847,
  bytes: behind(
    labels.flatMap((label, index) => u32((label << 12) | (index === labels.length - 1 ? 0x100 : 0) | 64)),
    bytes,
  ),
});

const tagged = (etherType: number, tag: readonly number[]) => (inner: Pdu) => ({
  etherType,
  bytes: behind([...tag, ...u16(inner.etherType)], inner.bytes),
});

const llcSnap =
  (organization: readonly number[]) =>
  (inner: Pdu): Pdu => ({
    etherType: inner.bytes.length + 8,
    bytes: behind([0xaa, 0xaa, 3, ...organization, ...u16(inner.etherType)], inner.bytes),
  });

const ERSPAN_2 = [0x10, 0x01, 0x00, 0x05, 0, 0, 0, 7];
const erspan3 = (last: number): number[] => [0x20, 0x01, 0x00, 0x05, ...u32(123_456), 0, 0, ...u16(last)];

export const ENCAPSULATIONS: readonly Encapsulation[] = [
  { name: "802.1Q", carries: "any", wrap: tagged(0x8100, [0, 100]) },
  { name: "802.1ad", carries: "any", wrap: tagged(0x88a8, [0, 200]) },
  { name: "802.1BR E-tag", carries: "any", wrap: tagged(0x893f, [0, 1, 0, 2, 0, 0]) },
  { name: "Cisco VN-Tag", carries: "any", wrap: tagged(0x8926, [0, 1, 0, 2]) },
  { name: "Cisco MetaData", carries: "any", wrap: tagged(0x8909, [1, 1, 0, 1, 0, 9]) },
  {
    name: "802.1ah",
    carries: "any",
    wrap: (inner) => ({ etherType: 0x88e7, bytes: behind([0, 0, 1, 1], frameOf(inner)) }),
  },
  { name: "LLC/SNAP", carries: "short", wrap: llcSnap([0, 0, 0]) },
  { name: "LLC/SNAP of 802.1H", carries: "short", wrap: llcSnap([0, 0, 0xf8]), notInTshark: true },
  { name: "one MPLS label", carries: "ip", wrap: (inner) => mpls([16_001], inner.bytes) },
  { name: "three MPLS labels", carries: "ip", wrap: (inner) => mpls([16_001, 17, 18], inner.bytes) },
  {
    name: "MPLS pseudowire with a control word",
    carries: "any",
    wrap: (inner) => mpls([16_001, 20], behind([0, 0, 0, 0], frameOf(inner, MACS_OF_INTEL))),
  },
  {
    name: "MPLS pseudowire without one",
    carries: "any",
    wrap: (inner) => mpls([20], frameOf(inner, MACS_OF_INTEL)),
    notInTshark: true,
  },
  {
    name: "MPLS pseudowire whose addresses look like IP",
    carries: "ip",
    wrap: (inner) => mpls([20], frameOf(inner, MACS_LIKE_IP)),
    notInTshark: true,
  },
  { name: "PPPoE", carries: "ip", wrap: (inner) => pppoe(ppp(inner)) },
  {
    name: "PPPoE with a compressed protocol field",
    carries: "ip",
    wrap: (inner) => pppoe(behind([pppProtocolOf(inner)], inner.bytes)),
  },
  { name: "GRE", carries: "ip", wrap: (inner) => gre(0, inner.etherType, [], inner.bytes) },
  {
    name: "GRE with checksum, key and sequence",
    carries: "ip",
    wrap: (inner) => gre(0xb000, inner.etherType, [0xab, 0xcd, 0, 0, ...u32(77), ...u32(5)], inner.bytes),
  },
  {
    name: "GRE with a key",
    carries: "ip",
    wrap: (inner) => gre(0x2000, inner.etherType, u32(77), inner.bytes),
  },
  { name: "GRE-TEB", carries: "any", wrap: (inner) => gre(0x2000, 0x6558, u32(77), frameOf(inner)) },
  {
    name: "PPTP",
    carries: "ip",
    wrap: (inner) => {
      const bytes = framedPpp(inner);
      return gre(0x3081, 0x880b, [...u16(bytes.length), 0, 1, ...u32(9), ...u32(8)], bytes);
    },
  },
  { name: "ERSPAN I", carries: "any", wrap: (inner) => gre(0, 0x88be, [], frameOf(inner)) },
  {
    name: "ERSPAN II",
    carries: "any",
    wrap: (inner) => gre(0x1000, 0x88be, [...u32(1), ...ERSPAN_2], frameOf(inner)),
  },
  {
    name: "ERSPAN III",
    carries: "any",
    wrap: (inner) => gre(0x1000, 0x22eb, [...u32(1), ...erspan3(0)], frameOf(inner)),
  },
  {
    name: "ERSPAN III with a platform's part",
    carries: "any",
    wrap: (inner) => gre(0x1000, 0x22eb, [...u32(1), ...erspan3(1), ...u32(0), ...u32(0)], frameOf(inner)),
  },
  {
    name: "VXLAN",
    carries: "any",
    wrap: (inner) => inUdp(4789, behind([8, 0, 0, 0, 0, 0, 42, 0], frameOf(inner))),
  },
  {
    name: "VXLAN on Linux' port",
    carries: "any",
    wrap: (inner) => inUdp(8472, behind([8, 0, 0, 0, 0, 0, 42, 0], frameOf(inner))),
    notInTshark: true,
  },
  {
    name: "VXLAN with a group policy",
    carries: "any",
    wrap: (inner) => inUdp(4789, behind([0x88, 0, 0, 9, 0, 0, 42, 0], frameOf(inner))),
  },
  {
    name: "VXLAN-GPE",
    carries: "ip",
    wrap: (inner) => inUdp(4790, behind([0x0c, 0, 0, nextProtocolOf(inner), 0, 0, 42, 0], inner.bytes)),
  },
  {
    name: "NSH in VXLAN-GPE",
    carries: "ip",
    wrap: (inner) =>
      inUdp(
        4790,
        behind(
          [
            0x0c,
            0,
            0,
            4,
            0,
            0,
            42,
            0,
            0x0f,
            0xc6,
            1,
            nextProtocolOf(inner),
            0,
            0,
            1,
            255,
            ...u32(0),
            ...u32(0),
          ].concat([...u32(0), ...u32(0)]),
          inner.bytes,
        ),
      ),
  },
  {
    name: "Geneve with options",
    carries: "any",
    wrap: (inner) =>
      inUdp(6081, behind([2, 0, 0x65, 0x58, 0, 0, 42, 0, 0x01, 0x02, 0x80, 1, 1, 2, 3, 4], frameOf(inner))),
  },
  {
    name: "Geneve with a bare packet",
    carries: "ip",
    wrap: (inner) => inUdp(6081, behind([0, 0, ...u16(inner.etherType), 0, 0, 42, 0], inner.bytes)),
  },
  { name: "GTP-U", carries: "ip", wrap: (inner) => gtp(0x30, [], inner.bytes) },
  {
    name: "GTP-U with a sequence number",
    carries: "ip",
    wrap: (inner) => gtp(0x32, [0, 1, 0, 0], inner.bytes),
  },
  {
    name: "GTP-U with two extension headers",
    carries: "ip",
    wrap: (inner) => gtp(0x34, [0, 0, 0, 0x85, 1, 0x10, 9, 0xc0, 1, 0, 1, 0], inner.bytes),
  },
  {
    name: "TZSP",
    carries: "any",
    wrap: (inner) => inUdp(37_008, behind([1, 0, 0, 1, 0, 10, 1, 200, 1], frameOf(inner))),
  },
  {
    name: "L2TP",
    carries: "ip",
    wrap: (inner) => {
      const bytes = framedPpp(inner);
      return inUdp(1701, behind([0x40, 2, ...u16(bytes.length + 8), 0, 1, 0, 2], bytes));
    },
  },
  {
    name: "L2TP with sequence numbers and an offset",
    carries: "ip",
    wrap: (inner) => inUdp(1701, behind([0x0a, 2, 0, 1, 0, 2, 0, 3, 0, 4, 0, 2, 9, 9], framedPpp(inner))),
  },
  {
    name: "L2TPv3 over IP with a cookie",
    carries: "ip",
    wrap: (inner) => inIpv4(115, behind([...u32(5), ...u32(0xdeadbeef)], frameOf(inner))),
    notInTshark: true,
  },
  { name: "IP in IP", carries: "ip", wrap: (inner) => inIpv4(protocolOf(inner), inner.bytes) },
  { name: "IP in IPv6", carries: "ip", wrap: (inner) => inIpv6(protocolOf(inner), inner.bytes) },
  {
    name: "authentication header",
    carries: "ip",
    wrap: (inner) =>
      inIpv4(
        51,
        behind(
          [protocolOf(inner), 4, 0, 0, ...u32(1), ...u32(2), ...u32(3), ...u32(4), ...u32(5)],
          inner.bytes,
        ),
      ),
  },
  { name: "EtherIP", carries: "any", wrap: (inner) => inIpv4(97, behind([0x30, 0], frameOf(inner))) },
  { name: "MPLS in IP", carries: "ip", wrap: (inner) => inIpv4(137, mpls([99], inner.bytes).bytes) },
  {
    name: "MACsec that only signs",
    carries: "any",
    wrap: (inner) => ({
      etherType: 0x88e5,
      bytes: concatBytes(
        Uint8Array.from([0x20, 0, ...u32(1), ...MACS.slice(6), 0, 1, ...u16(inner.etherType)]),
        inner.bytes,
        new Uint8Array(16),
      ),
    }),
  },
];

/** Link types that are not Ethernet, around an IP packet. */
export const PPP_FRAMINGS: readonly {
  readonly name: string;
  readonly linkType: number;
  readonly wrap: (ip: Uint8Array) => Uint8Array;
}[] = [
  { name: "PPP", linkType: 9, wrap: (ip) => framedPpp(ipPdu(ip)) },
  { name: "PPP without address and control", linkType: 9, wrap: (ip) => ppp(ipPdu(ip)) },
  { name: "PPP in HDLC framing", linkType: 50, wrap: (ip) => framedPpp(ipPdu(ip)) },
  { name: "Cisco HDLC", linkType: 104, wrap: (ip) => behind([0x0f, 0, ...u16(ipPdu(ip).etherType)], ip) },
  { name: "PPPoE", linkType: 51, wrap: (ip) => pppoe(ppp(ipPdu(ip))).bytes },
  { name: "PPP with its direction", linkType: 204, wrap: (ip) => behind([1], framedPpp(ipPdu(ip))) },
  { name: "PPP of pppd", linkType: 166, wrap: (ip) => behind([1, 3], ppp(ipPdu(ip))) },
  { name: "MPLS", linkType: 219, wrap: (ip) => mpls([17], ip).bytes },
  { name: "LLC/SNAP over ATM", linkType: 11, wrap: (ip) => llcSnap([0, 0, 0])(ipPdu(ip)).bytes },
  {
    name: "netfilter log",
    linkType: 239,
    wrap: (ip) =>
      concatBytes(
        Uint8Array.from([
          2,
          0,
          0,
          1,
          8,
          0,
          1,
          0,
          8,
          0,
          1,
          0,
          (ip.length + 4) & 0xff,
          (ip.length + 4) >>> 8,
          9,
          0,
        ]),
        ip,
        new Uint8Array((4 - (ip.length % 4)) % 4),
      ),
  },
  {
    name: "Apple's packet tap",
    linkType: 258,
    wrap: (ip) => behind([16, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], frameOf(ipPdu(ip))),
  },
];
