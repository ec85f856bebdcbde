/** What the messages of [MS-NLMP] 2.2.1 share: the signature, the type, and fields that point into a payload. */
import type { DecodeFault } from "../bytes/decoded.ts";
import type { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";

const NTLM_SIGNATURE: Uint8Array = Uint8Array.from("NTLMSSP\0", (char) => char.charCodeAt(0));

/** Where a variable part of a message stands ([MS-NLMP] 2.2.1, `...Len`, `...MaxLen`, `...BufferOffset`). */
export interface PayloadFields {
  /** Bytes. */
  readonly length: number;
  /** Says nothing; it is kept as it came. */
  readonly maxLength: number;
  /** Bytes from the start of the message. */
  readonly offset: number;
}

/** Whether a token is a bare NTLM message. */
export const isNtlmMessage = (token: Uint8Array): boolean =>
  NTLM_SIGNATURE.every((byte, i) => token[i] === byte);

/** Reads signature and message type, and rejects what is not `messageType`. */
export const readMessageHeader = (reader: Reader, messageType: number, field: string): void => {
  const signature = reader.bytes(NTLM_SIGNATURE.length, `${field}.signature`);
  if (!isNtlmMessage(signature)) reader.reject(`${field}.signature`, "not NTLMSSP", 0);
  const type = reader.u32le(`${field}.messageType`);
  if (type !== messageType) {
    reader.reject(`${field}.messageType`, `type ${type} where ${messageType} is wanted`, 8);
  }
};

export const writeMessageHeader = (writer: Writer, messageType: number): Writer =>
  writer.bytes(NTLM_SIGNATURE).u32le(messageType);

export const readPayloadFields = (reader: Reader, field: string): PayloadFields => ({
  length: reader.u16le(`${field}Len`),
  maxLength: reader.u16le(`${field}MaxLen`),
  offset: reader.u32le(`${field}BufferOffset`),
});

export const writePayloadFields = (writer: Writer, fields: PayloadFields): Writer =>
  writer.u16le(fields.length).u16le(fields.maxLength).u32le(fields.offset);

/** Fields for `length` bytes at `offset`. */
export const payloadFields = (length: number, offset: number): PayloadFields => ({
  length,
  maxLength: length,
  offset,
});

/** The part of a message that fields point to: null without a fault where they have no length. */
interface PayloadPart {
  readonly value: Uint8Array | null;
  readonly fault: DecodeFault | null;
}

/**
 * The part of the message that `fields` point to; a fault where it is not wholly between the end of the header and
 * the end of the message.
 * @param at offset of the fields in the message, for the fault.
 */
export const payloadPart = (
  message: Uint8Array,
  headerBytes: number,
  { length, offset }: PayloadFields,
  field: string,
  at: number,
): PayloadPart => {
  const faulty = (reason: string): PayloadPart => ({
    value: null,
    fault: { field: `${field}BufferOffset`, offset: at + 4, reason },
  });
  if (length === 0) return { value: null, fault: null };
  if (offset < headerBytes) return faulty(`offset ${offset} is inside the header`);
  if (offset + length > message.length) {
    return faulty(`${length} bytes at offset ${offset} end beyond the message of ${message.length}`);
  }
  return { value: message.subarray(offset, offset + length), fault: null };
};
