/** The bits of uFlags in an RDPUDP_FEC_HEADER: [MS-RDPEUDP] 2.2.2.1. */

const RDPUDP_FLAG = {
  syn: 0x0001,
  fin: 0x0002,
  ack: 0x0004,
  data: 0x0008,
  fec: 0x0010,
  cn: 0x0020,
  cwr: 0x0040,
  sackOption: 0x0080,
  ackOfAcks: 0x0100,
  synLossy: 0x0200,
  ackDelayed: 0x0400,
  correlationId: 0x0800,
  synEx: 0x1000,
} as const;

type RdpudpFlag = keyof typeof RDPUDP_FLAG;

/** Whether all of these bits stand in `flags`. */
export const hasRdpudpFlags = (flags: number, ...names: readonly RdpudpFlag[]): boolean =>
  names.every((name) => (flags & RDPUDP_FLAG[name]) !== 0);

/** The flags as one number. */
export const rdpudpFlags = (...names: readonly RdpudpFlag[]): number =>
  names.reduce((flags, name) => flags | RDPUDP_FLAG[name], 0);
