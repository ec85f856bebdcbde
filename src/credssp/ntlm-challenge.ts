/** [MS-NLMP] 2.2.1.2 CHALLENGE_MESSAGE: what a server tells of itself before anybody has logged on. */
import type { Decoded, DecodeFault } from "../bytes/decoded.ts";
import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import {
  AV_ID,
  type AvName,
  type AvPair,
  type AvPairList,
  encodeAvPairs,
  readAvPairs,
  readTimestamp,
} from "./av-pair.ts";
import { filetimeToDate } from "./filetime.ts";
import { hasNtlmFlag } from "./ntlm-flags.ts";
import {
  type PayloadFields,
  payloadFields,
  payloadPart,
  readMessageHeader,
  readPayloadFields,
  writeMessageHeader,
  writePayloadFields,
} from "./ntlm-message.ts";
import { type NtlmVersion, readNtlmVersion, VERSION_BYTES, writeNtlmVersion } from "./ntlm-version.ts";
import { decodeOem, decodeUtf16le, encodeOem, encodeUtf16le } from "./utf16.ts";

const MESSAGE_TYPE = 2;
const HEADER_BYTES = 48;
const SERVER_CHALLENGE_BYTES = 8;
const RESERVED_BYTES = 8;
const TARGET_NAME_AT = 12;
const TARGET_INFO_AT = 40;

/** The message as it stands on the wire. */
export interface ChallengeMessage {
  readonly targetNameFields: PayloadFields;
  readonly flags: number;
  /** 8 bytes. */
  readonly serverChallenge: Uint8Array;
  /** 8 bytes, which should be zero. */
  readonly reserved: Uint8Array;
  readonly targetInfoFields: PayloadFields;
  /** Everything after the first 48 bytes: VERSION, where there is one, TargetName and TargetInfo. */
  readonly tail: Uint8Array;
}

/** What the message says. A surrogate without its partner stands as U+FFFD in the names. */
export interface NtlmChallenge {
  /** The NetBIOS name of the domain, or of the server where it is in none. */
  readonly targetName: string | null;
  readonly flags: number;
  readonly serverChallenge: Uint8Array;
  readonly version: NtlmVersion | null;
  readonly avPairs: readonly AvPair[];
  readonly netbiosComputer: string | null;
  readonly netbiosDomain: string | null;
  readonly dnsComputer: string | null;
  readonly dnsDomain: string | null;
  readonly dnsTree: string | null;
  /** FILETIME: 100 ns ticks since 1601-01-01 UTC. */
  readonly timestamp: bigint | null;
  /** The timestamp to the millisecond; null also where it lies beyond the year 9999. */
  readonly serverTime: Date | null;
  /** The parts that cannot be read, in their order: they say nothing, and the others count all the same. */
  readonly unread: readonly DecodeFault[];
  readonly message: ChallengeMessage;
}

/** What a CHALLENGE_MESSAGE is made of. */
export interface ChallengeFields {
  readonly targetName: string | null;
  readonly flags: number;
  readonly serverChallenge: Uint8Array;
  readonly version: NtlmVersion | null;
  /** Null: no TargetInfo at all. */
  readonly avPairs: readonly AvPair[] | null;
}

/**
 * Decodes a whole token; `size` is its length. The first 48 bytes (signature, type, flags, where the parts stand) must
 * be right; VERSION, TargetName and TargetInfo are read each by itself.
 */
export const decodeNtlmChallenge = (bytes: Uint8Array): Decoded<NtlmChallenge> => {
  const reader = new Reader(bytes);
  readMessageHeader(reader, MESSAGE_TYPE, "challenge");
  const targetNameFields = readPayloadFields(reader, "challenge.targetName");
  const flags = reader.u32le("challenge.negotiateFlags");
  const serverChallenge = reader.bytes(SERVER_CHALLENGE_BYTES, "challenge.serverChallenge");
  const reserved = reader.bytes(RESERVED_BYTES, "challenge.reserved");
  const targetInfoFields = readPayloadFields(reader, "challenge.targetInfo");
  const tail = reader.rest();
  const message = { targetNameFields, flags, serverChallenge, reserved, targetInfoFields, tail };

  const version = readVersion(message);
  const targetName = readTargetName(bytes, message);
  const { pairs: avPairs, unread: unreadPairs } = readTargetInfo(bytes, message);
  const unread = [version.fault, targetName.fault, ...unreadPairs].filter((fault) => fault !== null);
  const facts = { targetName: targetName.value, flags, serverChallenge, version: version.value, avPairs };
  return reader.result({ ...facts, ...avFacts(avPairs), unread, message }, bytes.length);
};

export const encodeChallengeMessage = (message: ChallengeMessage): Uint8Array => {
  const writer = writeMessageHeader(new Writer(), MESSAGE_TYPE);
  writePayloadFields(writer, message.targetNameFields);
  writer.u32le(message.flags).bytes(message.serverChallenge).bytes(message.reserved);
  return writePayloadFields(writer, message.targetInfoFields).bytes(message.tail).finish();
};

/** A message laid out as Windows does it: VERSION, TargetName, TargetInfo. */
export const challengeMessage = (fields: ChallengeFields): ChallengeMessage => {
  const { flags, serverChallenge, avPairs } = fields;
  const isUnicode = hasNtlmFlag(flags, "NEGOTIATE_UNICODE");
  const targetName = (isUnicode ? encodeUtf16le : encodeOem)(fields.targetName ?? "");
  const targetInfo = avPairs === null ? new Uint8Array(0) : encodeAvPairs(avPairs);
  const targetNameAt = HEADER_BYTES + VERSION_BYTES;
  const targetInfoAt = targetNameAt + targetName.length;
  return {
    targetNameFields: payloadFields(targetName.length, targetNameAt),
    flags,
    serverChallenge,
    reserved: new Uint8Array(RESERVED_BYTES),
    targetInfoFields: avPairs === null ? payloadFields(0, 0) : payloadFields(targetInfo.length, targetInfoAt),
    tail: writeNtlmVersion(new Writer(), fields.version).bytes(targetName).bytes(targetInfo).finish(),
  };
};

/** A part of the message: null where it is absent, and where it cannot be read, which `fault` tells. */
interface Part<T> {
  readonly value: T | null;
  readonly fault: DecodeFault | null;
}

const ABSENT = { value: null, fault: null } as const;

const readVersion = ({ flags, tail }: ChallengeMessage): Part<NtlmVersion> => {
  if (!hasNtlmFlag(flags, "NEGOTIATE_VERSION")) return ABSENT;
  const reader = new Reader(tail, HEADER_BYTES);
  const version = readNtlmVersion(reader, "challenge.version");
  return reader.fault === null ? { value: version, fault: null } : { value: null, fault: reader.fault };
};

/** Read whenever it is there: [MS-NLMP] 4.2.2.3 has a name without NTLMSSP_REQUEST_TARGET. */
const readTargetName = (bytes: Uint8Array, { targetNameFields, flags }: ChallengeMessage): Part<string> => {
  const field = "challenge.targetName";
  const { value, fault } = payloadPart(bytes, HEADER_BYTES, targetNameFields, field, TARGET_NAME_AT);
  if (value === null) return { value, fault };
  if (!hasNtlmFlag(flags, "NEGOTIATE_UNICODE")) return { value: decodeOem(value), fault };
  if (value.length % 2 === 0) return { value: decodeUtf16le(value), fault };
  const reason = `${value.length} bytes are no UTF-16 text`;
  return { value: null, fault: { field: `${field}Len`, offset: TARGET_NAME_AT, reason } };
};

const readTargetInfo = (
  bytes: Uint8Array,
  { targetInfoFields, flags }: ChallengeMessage,
): Pick<AvPairList, "pairs" | "unread"> => {
  if (!hasNtlmFlag(flags, "NEGOTIATE_TARGET_INFO")) return { pairs: [], unread: [] };
  const field = "challenge.targetInfo";
  const { value, fault } = payloadPart(bytes, HEADER_BYTES, targetInfoFields, field, TARGET_INFO_AT);
  if (value === null) return { pairs: [], unread: fault === null ? [] : [fault] };
  return readAvPairs(value, targetInfoFields.offset);
};

/** The first pair of each kind counts. */
const avFacts = (pairs: readonly AvPair[]) => {
  const value = (name: AvName): Uint8Array | null =>
    pairs.find(({ id }) => id === AV_ID[name])?.value ?? null;
  const text = (name: AvName): string | null => {
    const bytes = value(name);
    return bytes === null ? null : decodeUtf16le(bytes);
  };
  const time = value("Timestamp");
  const timestamp = time === null ? null : readTimestamp(time);
  return {
    netbiosComputer: text("NbComputerName"),
    netbiosDomain: text("NbDomainName"),
    dnsComputer: text("DnsComputerName"),
    dnsDomain: text("DnsDomainName"),
    dnsTree: text("DnsTreeName"),
    timestamp,
    serverTime: timestamp === null ? null : filetimeToDate(timestamp),
  };
};
