/** The shape that RDP_NEG_REQ, RDP_NEG_RSP and RDP_NEG_FAILURE share: type, flags, length 8, one number. */
import type { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";

const NEGOTIATION_SIZE = 8;

/** Reads the length field, which can only say 8. */
export const readNegotiationLength = (reader: Reader, field: string): void => {
  const offset = reader.offset;
  const length = reader.u16le(field);
  if (length !== NEGOTIATION_SIZE)
    reader.reject(field, `length ${length} is not ${NEGOTIATION_SIZE}`, offset);
};

export const writeNegotiation = (writer: Writer, type: number, flags: number, value: number): void => {
  writer.u8(type).u8(flags).u16le(NEGOTIATION_SIZE).u32le(value);
};
