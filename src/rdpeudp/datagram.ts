/** RDP-UDP datagrams as far as they open a connection: SYN and SYN+ACK. [MS-RDPEUDP] 2.2.1, 2.2.2. */
import type { Decoded } from "../bytes/decoded.ts";
import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { hasRdpudpFlags } from "./flags.ts";
import { RDPUDP_VERSION } from "./versions.ts";

const CORRELATION_PART_SIZE = 16;
const COOKIE_HASH_SIZE = 32;
const VERSION_INFO_VALID = 0x0001;

/** RDPUDP_SYNDATA_PAYLOAD, [MS-RDPEUDP] 2.2.2.5. */
interface SynData {
  readonly initialSequenceNumber: number;
  /** 1132 to 1232 from everybody who keeps to the specification. */
  readonly upStreamMtuBytes: number;
  readonly downStreamMtuBytes: number;
}

/** RDPUDP_CORRELATION_ID_PAYLOAD, [MS-RDPEUDP] 2.2.2.8. */
interface CorrelationId {
  /** 16 bytes. */
  readonly correlationId: Uint8Array;
  /** 16 bytes, which should be zero. */
  readonly reserved: Uint8Array;
}

/** RDPUDP_SYNDATAEX_PAYLOAD, [MS-RDPEUDP] 2.2.2.9. */
export interface SynDataEx {
  readonly flags: number;
  /** One of RDPUDP_VERSIONS, or a number that it does not know. */
  readonly version: number;
  /** SHA-256 of the security cookie, 32 bytes: in a client's SYN of version 3, else null. */
  readonly cookieHash: Uint8Array | null;
}

export interface RdpeudpDatagram {
  /** `snSourceAck`: in a SYN+ACK the SYN's initial sequence number, in a SYN 0xffffffff. */
  readonly sourceAck: number;
  /** Datagrams that the sender can take. */
  readonly receiveWindow: number;
  /** RDPUDP_FLAG bits, unknown ones included. */
  readonly flags: number;
  /** The three that follow are null in what is no SYN. */
  readonly syn: SynData | null;
  readonly correlation: CorrelationId | null;
  readonly synEx: SynDataEx | null;
  /** What follows: the padding of a SYN, the payload of others. */
  readonly rest: Uint8Array;
}

/** Whether the version field counts: RDPUDP_VERSION_INFO_VALID. */
export const isVersionValid = (synEx: SynDataEx): boolean => (synEx.flags & VERSION_INFO_VALID) !== 0;

/** A SYNDATAEX payload that names a version; the hash only for a client's version 3. */
export const synDataEx = (version: number, cookieHash: Uint8Array | null = null): SynDataEx => ({
  flags: VERSION_INFO_VALID,
  version,
  cookieHash,
});

/** Reads one whole datagram; what is too short is a fault, since no more of it will come. */
export const decodeRdpeudpDatagram = (bytes: Uint8Array): Decoded<RdpeudpDatagram> => {
  const reader = new Reader(bytes);
  const sourceAck = reader.u32("rdpudpFecHeader.snSourceAck");
  const receiveWindow = reader.u16("rdpudpFecHeader.uReceiveWindowSize");
  const flags = reader.u16("rdpudpFecHeader.uFlags");
  const isSyn = hasRdpudpFlags(flags, "syn");
  const syn = isSyn ? readSynData(reader) : null;
  const correlation = isSyn && hasRdpudpFlags(flags, "correlationId") ? readCorrelationId(reader) : null;
  const synEx =
    isSyn && hasRdpudpFlags(flags, "synEx") ? readSynDataEx(reader, !hasRdpudpFlags(flags, "ack")) : null;
  const value = { sourceAck, receiveWindow, flags, syn, correlation, synEx, rest: reader.rest() };
  return reader.result(value, bytes.length);
};

/** @throws RangeError when a number or a part does not fit its field, or the flags deny a part. */
export const encodeRdpeudpDatagram = (datagram: RdpeudpDatagram): Uint8Array => {
  const { flags, syn, correlation, synEx } = datagram;
  expectPart("syn", syn, hasRdpudpFlags(flags, "syn"));
  expectPart("correlation", correlation, hasRdpudpFlags(flags, "syn", "correlationId"));
  expectPart("synEx", synEx, hasRdpudpFlags(flags, "syn", "synEx"));
  const writer = new Writer().u32(datagram.sourceAck).u16(datagram.receiveWindow).u16(flags);
  if (syn !== null) {
    writer.u32(syn.initialSequenceNumber).u16(syn.upStreamMtuBytes).u16(syn.downStreamMtuBytes);
  }
  if (correlation !== null) {
    writer.bytes(sized(correlation.correlationId, CORRELATION_PART_SIZE));
    writer.bytes(sized(correlation.reserved, CORRELATION_PART_SIZE));
  }
  if (synEx !== null) {
    writer.u16(synEx.flags).u16(synEx.version);
    if (synEx.cookieHash !== null) writer.bytes(sized(synEx.cookieHash, COOKIE_HASH_SIZE));
  }
  return writer.bytes(datagram.rest).finish();
};

const readSynData = (reader: Reader): SynData => ({
  initialSequenceNumber: reader.u32("rdpudpSynData.snInitialSequenceNumber"),
  upStreamMtuBytes: reader.u16("rdpudpSynData.uUpStreamMtu"),
  downStreamMtuBytes: reader.u16("rdpudpSynData.uDownStreamMtu"),
});

const readCorrelationId = (reader: Reader): CorrelationId => ({
  correlationId: reader.bytes(CORRELATION_PART_SIZE, "rdpudpCorrelationId.uCorrelationId"),
  reserved: reader.bytes(CORRELATION_PART_SIZE, "rdpudpCorrelationId.uReserved"),
});

const readSynDataEx = (reader: Reader, isFromClient: boolean): SynDataEx => {
  const flags = reader.u16("rdpudpSynDataEx.uSynExFlags");
  const version = reader.u16("rdpudpSynDataEx.uUdpVer");
  const synEx = { flags, version, cookieHash: null };
  if (!isFromClient || !isVersionValid(synEx) || version !== RDPUDP_VERSION.version3) return synEx;
  return { ...synEx, cookieHash: reader.bytes(COOKIE_HASH_SIZE, "rdpudpSynDataEx.cookieHash") };
};

const expectPart = (name: string, part: unknown, isFlagged: boolean): void => {
  if ((part !== null) !== isFlagged) throw new RangeError(`rdpeudp: flags and ${name} disagree`);
};

const sized = (bytes: Uint8Array, sizeBytes: number): Uint8Array => {
  if (bytes.length !== sizeBytes) throw new RangeError(`rdpeudp: a part is not ${sizeBytes} bytes`);
  return bytes;
};
