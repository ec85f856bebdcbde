/** RDP Negotiation Response (RDP_NEG_RSP): [MS-RDPBCGR] 2.2.1.2.1. */
import type { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";
import { readNegotiationLength, writeNegotiation } from "./negotiation-structure.ts";
import { hexByte } from "./tpdu.ts";

export const NEGOTIATION_RESPONSE_TYPE = 0x02;

/** [MS-RDPBCGR] 2.2.1.2.1, field flags. */
export const RESPONSE_FLAGS = [
  { bit: 0x01, id: "extended-client-data", name: "EXTENDED_CLIENT_DATA_SUPPORTED" },
  { bit: 0x02, id: "dynvc-gfx", name: "DYNVC_GFX_PROTOCOL_SUPPORTED" },
  { bit: 0x04, id: "reserved-0x04", name: "NEGRSP_FLAG_RESERVED" },
  { bit: 0x08, id: "restricted-admin", name: "RESTRICTED_ADMIN_MODE_SUPPORTED" },
  { bit: 0x10, id: "redirected-authentication", name: "REDIRECTED_AUTHENTICATION_MODE_SUPPORTED" },
] as const;

const FLAG_BITS = [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80] as const;

export interface NegotiationResponse {
  readonly type: "response";
  /** Bits of {@link RESPONSE_FLAGS}; unknown ones are kept. */
  readonly flags: number;
  /** One value of `PROTOCOL`, as it came. */
  readonly selectedProtocol: number;
}

/** The names of the bits that are set, in ascending order; a bit without a name is `unknown-0x20`. */
export const responseFlagIds = (flags: number): readonly string[] =>
  FLAG_BITS.filter((bit) => (flags & bit) !== 0).map(
    (bit) => RESPONSE_FLAGS.find((flag) => flag.bit === bit)?.id ?? `unknown-${hexByte(bit)}`,
  );

/** Reads what follows the type byte; faults are the reader's. */
export const readNegotiationResponse = (reader: Reader): NegotiationResponse => {
  const flags = reader.u8("rdpNegRsp.flags");
  readNegotiationLength(reader, "rdpNegRsp.length");
  return { type: "response", flags, selectedProtocol: reader.u32le("rdpNegRsp.selectedProtocol") };
};

export const writeNegotiationResponse = (writer: Writer, response: NegotiationResponse): void =>
  writeNegotiation(writer, NEGOTIATION_RESPONSE_TYPE, response.flags, response.selectedProtocol);
