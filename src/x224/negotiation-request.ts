/** RDP Negotiation Request (RDP_NEG_REQ): [MS-RDPBCGR] 2.2.1.1.1. */
import type { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";
import { readNegotiationLength, writeNegotiation } from "./negotiation-structure.ts";

export const NEGOTIATION_REQUEST_TYPE = 0x01;

/** [MS-RDPBCGR] 2.2.1.1.1, field flags. */
export const REQUEST_FLAG = {
  restrictedAdminModeRequired: 0x01,
  redirectedAuthenticationModeRequired: 0x02,
  correlationInfoPresent: 0x08,
} as const;

export interface NegotiationRequest {
  /** Bits of {@link REQUEST_FLAG}; unknown ones are kept. */
  readonly flags: number;
  /** Bits of `PROTOCOL`; unknown ones are kept. */
  readonly requestedProtocols: number;
}

/** Reads the structure, its type byte included; faults are the reader's. */
export const readNegotiationRequest = (reader: Reader): NegotiationRequest => {
  const offset = reader.offset;
  const type = reader.u8("rdpNegReq.type");
  if (type !== NEGOTIATION_REQUEST_TYPE) reader.reject("rdpNegReq.type", `type ${type} is not 1`, offset);
  const flags = reader.u8("rdpNegReq.flags");
  readNegotiationLength(reader, "rdpNegReq.length");
  return { flags, requestedProtocols: reader.u32le("rdpNegReq.requestedProtocols") };
};

export const writeNegotiationRequest = (writer: Writer, request: NegotiationRequest): void =>
  writeNegotiation(writer, NEGOTIATION_REQUEST_TYPE, request.flags, request.requestedProtocols);
