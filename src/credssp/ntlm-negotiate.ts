/** [MS-NLMP] 2.2.1.1 NEGOTIATE_MESSAGE: what a client opens NTLM with; it names no user. */
import type { Decoded } from "../bytes/decoded.ts";
import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { hasNtlmFlag, type NtlmFlag } from "./ntlm-flags.ts";
import {
  type PayloadFields,
  payloadPart,
  readMessageHeader,
  readPayloadFields,
  writeMessageHeader,
  writePayloadFields,
} from "./ntlm-message.ts";
import { type NtlmVersion, readNtlmVersion, writeNtlmVersion } from "./ntlm-version.ts";
import { decodeOem } from "./utf16.ts";

const MESSAGE_TYPE = 1;
const HEADER_BYTES = 32;
const NO_PAYLOAD: PayloadFields = { length: 0, maxLength: 0, offset: 0 };

/** The message as it stands on the wire. */
export interface NegotiateMessage {
  readonly flags: number;
  readonly domainNameFields: PayloadFields;
  readonly workstationFields: PayloadFields;
  /** Everything after the first 32 bytes: VERSION, where there is one, and the names. */
  readonly tail: Uint8Array;
}

export interface NtlmNegotiate {
  readonly flags: number;
  readonly domainName: string | null;
  readonly workstation: string | null;
  readonly version: NtlmVersion | null;
  readonly message: NegotiateMessage;
}

/** Decodes a whole token; `size` is its length. Names are in the OEM character set. */
export const decodeNtlmNegotiate = (bytes: Uint8Array): Decoded<NtlmNegotiate> => {
  const reader = new Reader(bytes);
  readMessageHeader(reader, MESSAGE_TYPE, "negotiate");
  const flags = reader.u32le("negotiate.negotiateFlags");
  const domainNameFields = readPayloadFields(reader, "negotiate.domainName");
  const workstationFields = readPayloadFields(reader, "negotiate.workstation");
  const tail = reader.rest();

  const name = (flag: NtlmFlag, fields: PayloadFields, field: string, at: number): string | null => {
    if (!hasNtlmFlag(flags, flag)) return null;
    const { value, fault } = payloadPart(bytes, HEADER_BYTES, fields, `negotiate.${field}`, at);
    if (fault !== null) reader.rejectWith(fault);
    return value === null ? null : decodeOem(value);
  };
  const domainName = name("NEGOTIATE_OEM_DOMAIN_SUPPLIED", domainNameFields, "domainName", 16);
  const workstation = name("NEGOTIATE_OEM_WORKSTATION_SUPPLIED", workstationFields, "workstation", 24);

  const versionReader = new Reader(tail, HEADER_BYTES);
  const version = hasNtlmFlag(flags, "NEGOTIATE_VERSION")
    ? readNtlmVersion(versionReader, "negotiate.version")
    : null;
  if (versionReader.fault !== null) reader.rejectWith(versionReader.fault);
  const message = { flags, domainNameFields, workstationFields, tail };
  return reader.result({ flags, domainName, workstation, version, message }, bytes.length);
};

export const encodeNegotiateMessage = (message: NegotiateMessage): Uint8Array => {
  const writer = writeMessageHeader(new Writer(), MESSAGE_TYPE).u32le(message.flags);
  writePayloadFields(writer, message.domainNameFields);
  writePayloadFields(writer, message.workstationFields);
  return writer.bytes(message.tail).finish();
};

/** A message without names. */
export const negotiateMessage = (flags: number, version: NtlmVersion | null): NegotiateMessage => ({
  flags,
  domainNameFields: NO_PAYLOAD,
  workstationFields: NO_PAYLOAD,
  tail: writeNtlmVersion(new Writer(), version).finish(),
});
