/** Puts IP packets into the frames of every link type that is read. */
import { concatBytes } from "../../../src/bytes/concat-bytes.ts";
import { LINK_TYPE } from "../../../src/capture/link/link-layer.ts";

const isIpv4 = (ip: Uint8Array): boolean => (ip[0] ?? 0) >>> 4 === 4;

const etherType = (ip: Uint8Array): number[] => (isIpv4(ip) ? [0x08, 0x00] : [0x86, 0xdd]);

const frame =
  (header: (ip: Uint8Array) => readonly number[]) =>
  (ip: Uint8Array): Uint8Array =>
    concatBytes(Uint8Array.from(header(ip)), ip);

const MACS = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];
const zeros = (count: number): number[] => new Array<number>(count).fill(0);

export interface Framing {
  readonly name: string;
  readonly linkType: number;
  readonly wrap: (ip: Uint8Array) => Uint8Array;
  /** Only one IP version fits. */
  readonly only?: 4 | 6;
}

const ETHERNET: Framing = {
  name: "Ethernet",
  linkType: LINK_TYPE.ethernet,
  wrap: frame((ip) => [...MACS, ...etherType(ip)]),
};

export const RAW: Framing = { name: "raw IP", linkType: LINK_TYPE.raw, wrap: (ip) => ip };

export const FRAMINGS: readonly Framing[] = [
  ETHERNET,
  {
    name: "Ethernet with padding behind",
    linkType: LINK_TYPE.ethernet,
    wrap: (ip) => concatBytes(ETHERNET.wrap(ip), Uint8Array.of(0xde, 0xad, 0xbe, 0xef)),
  },
  {
    name: "802.1Q",
    linkType: LINK_TYPE.ethernet,
    wrap: frame((ip) => [...MACS, 0x81, 0x00, 0x00, 0x64, ...etherType(ip)]),
  },
  {
    name: "802.1ad around 802.1Q",
    linkType: LINK_TYPE.ethernet,
    wrap: frame((ip) => [...MACS, 0x88, 0xa8, 0x00, 0x65, 0x81, 0x00, 0x00, 0x64, ...etherType(ip)]),
  },
  {
    name: "three tags, the first of the kind before 802.1ad",
    linkType: LINK_TYPE.ethernet,
    wrap: frame((ip) => [...MACS, 0x91, 0, 0, 1, 0x81, 0, 0, 2, 0x81, 0, 0, 3, ...etherType(ip)]),
  },
  RAW,
  { name: "raw IP, BSD's number", linkType: LINK_TYPE.rawBsd, wrap: (ip) => ip },
  { name: "raw IP, OpenBSD's number", linkType: LINK_TYPE.rawOpenBsd, wrap: (ip) => ip },
  { name: "IPv4", linkType: LINK_TYPE.ipv4, wrap: (ip) => ip, only: 4 },
  { name: "IPv6", linkType: LINK_TYPE.ipv6, wrap: (ip) => ip, only: 6 },
  ...[10, 23, 24, 28, 30].flatMap((family): Framing[] => [
    {
      name: `NULL, little endian, AF_INET6 ${family}`,
      linkType: LINK_TYPE.null,
      wrap: frame((ip) => [isIpv4(ip) ? 2 : family, 0, 0, 0]),
    },
    {
      name: `NULL, big endian, AF_INET6 ${family}`,
      linkType: LINK_TYPE.null,
      wrap: frame((ip) => [0, 0, 0, isIpv4(ip) ? 2 : family]),
    },
  ]),
  { name: "LOOP", linkType: LINK_TYPE.loop, wrap: frame((ip) => [0, 0, 0, isIpv4(ip) ? 2 : 24]) },
  {
    name: "Linux cooked",
    linkType: LINK_TYPE.linuxCooked,
    wrap: frame((ip) => [0, 0, 0, 1, 0, 6, ...zeros(8), ...etherType(ip)]),
  },
  {
    name: "Linux cooked with 802.1Q",
    linkType: LINK_TYPE.linuxCooked,
    wrap: frame((ip) => [0, 0, 0, 1, 0, 6, ...zeros(8), 0x81, 0x00, 0x00, 0x64, ...etherType(ip)]),
  },
  {
    name: "Linux cooked v2",
    linkType: LINK_TYPE.linuxCooked2,
    wrap: frame((ip) => [...etherType(ip), 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, ...zeros(8)]),
  },
];
