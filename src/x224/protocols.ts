/** The security protocols that client and server agree on: [MS-RDPBCGR] 2.2.1.1.1 and 2.2.1.2.1. */

/** In ascending order of their bits. PROTOCOL_RDP is the absence of all bits. */
export const PROTOCOLS = [
  { bit: 0x00, id: "rdp", name: "PROTOCOL_RDP" },
  { bit: 0x01, id: "ssl", name: "PROTOCOL_SSL" },
  { bit: 0x02, id: "hybrid", name: "PROTOCOL_HYBRID" },
  { bit: 0x04, id: "rdstls", name: "PROTOCOL_RDSTLS" },
  { bit: 0x08, id: "hybrid-ex", name: "PROTOCOL_HYBRID_EX" },
  { bit: 0x10, id: "rdsaad", name: "PROTOCOL_RDSAAD" },
] as const;

export type ProtocolId = (typeof PROTOCOLS)[number]["id"];

export const PROTOCOL = {
  rdp: 0x00,
  ssl: 0x01,
  hybrid: 0x02,
  rdstls: 0x04,
  hybridEx: 0x08,
  rdsaad: 0x10,
} as const;

/**
 * The protocols that a requestedProtocols field names, in ascending bit order. Without any bit that is
 * `rdp` alone; bits without a name are left out.
 */
export const protocolIds = (mask: number): readonly ProtocolId[] =>
  PROTOCOLS.filter(({ bit }) => (bit === 0 ? mask === 0 : (mask & bit) !== 0)).map(({ id }) => id);

/** The one protocol that a selectedProtocol field stands for, or null: bits cannot be combined there. */
export const selectedProtocolId = (value: number): ProtocolId | null =>
  PROTOCOLS.find(({ bit }) => bit === value)?.id ?? null;
