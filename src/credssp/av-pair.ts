/** [MS-NLMP] 2.2.2.1 AV_PAIR: the names and the clock that a server tells in its CHALLENGE_MESSAGE. */
import type { DecodeFault } from "../bytes/decoded.ts";
import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { encodeUtf16le } from "./utf16.ts";

/** AvId by the specification's names, without the MsvAv prefix. */
export const AV_ID = {
  EOL: 0x0000,
  NbComputerName: 0x0001,
  NbDomainName: 0x0002,
  DnsComputerName: 0x0003,
  DnsDomainName: 0x0004,
  DnsTreeName: 0x0005,
  Flags: 0x0006,
  Timestamp: 0x0007,
  SingleHost: 0x0008,
  TargetName: 0x0009,
  ChannelBindings: 0x000a,
} as const;

export type AvName = keyof typeof AV_ID;

/** The pairs whose value is UTF-16LE, whatever character set was negotiated. */
const TEXT_AV_IDS: ReadonlySet<number> = new Set([
  AV_ID.NbComputerName,
  AV_ID.NbDomainName,
  AV_ID.DnsComputerName,
  AV_ID.DnsDomainName,
  AV_ID.DnsTreeName,
  AV_ID.TargetName,
]);

const TIMESTAMP_BYTES = 8;
const PAIR_HEADER_BYTES = 4;

export interface AvPair {
  readonly id: number;
  readonly value: Uint8Array;
}

/** A list as far as it can be read. */
export interface AvPairList {
  /** Those that can be read, in their order, without MsvAvEOL. */
  readonly pairs: readonly AvPair[];
  /** What cannot be read, in its order; empty where the list is whole. At most `MAX_UNREAD`. */
  readonly unread: readonly DecodeFault[];
  /** Bytes up to the end of the list, or of what can be read of it. */
  readonly sizeBytes: number;
}

/** More would say nothing new of a list that a stranger wrote. */
const MAX_UNREAD = 8;

/**
 * Reads pairs up to and with MsvAvEOL. All of `bytes` is there, so a list without its end is a fault; what came
 * before it counts. A text of an odd length and a timestamp that is not 8 bytes are passed over, since the pair's
 * length tells where the next one begins.
 * @param base offset of `bytes` in the whole input, for the faults.
 */
export const readAvPairs = (bytes: Uint8Array, base = 0): AvPairList => {
  const pairs: AvPair[] = [];
  const unread: DecodeFault[] = [];
  const note = (fault: DecodeFault): void => {
    if (unread.length < MAX_UNREAD) unread.push(fault);
  };
  let at = 0;
  for (;;) {
    const reader = new Reader(bytes.subarray(at), base + at);
    const id = reader.u16le("avPair.avId");
    const length = reader.u16le("avPair.avLen");
    const value = reader.bytes(length, "avPair.value");
    if (reader.fault !== null) {
      note(reader.fault);
      return { pairs, unread, sizeBytes: at };
    }
    const reason = lengthFault(id, length);
    if (reason !== null) note({ field: "avPair.avLen", offset: base + at + 2, reason });
    at += PAIR_HEADER_BYTES + length;
    if (id === AV_ID.EOL) return { pairs, unread, sizeBytes: at };
    if (reason === null) pairs.push({ id, value });
  }
};

/** @throws RangeError when an id or a length does not fit 2 bytes. */
export const encodeAvPairs = (pairs: readonly AvPair[]): Uint8Array => {
  const writer = new Writer();
  for (const { id, value } of pairs) writer.u16le(id).u16le(value.length).bytes(value);
  return writer.u16le(AV_ID.EOL).u16le(0).finish();
};

export const textAvPair = (name: AvName, text: string): AvPair => ({
  id: AV_ID[name],
  value: encodeUtf16le(text),
});

/** @param filetime 100 ns ticks since 1601-01-01 UTC. */
export const timestampAvPair = (filetime: bigint): AvPair => ({
  id: AV_ID.Timestamp,
  value: new Writer()
    .u32le(Number(filetime & 0xffffffffn))
    .u32le(Number(filetime >> 32n))
    .finish(),
});

/** The FILETIME of a MsvAvTimestamp. */
export const readTimestamp = (value: Uint8Array): bigint => {
  const reader = new Reader(value);
  const low = reader.u32le("avPair.timestamp");
  return BigInt(reader.u32le("avPair.timestamp")) * 0x100000000n + BigInt(low);
};

const lengthFault = (id: number, length: number): string | null => {
  if (id === AV_ID.EOL && length !== 0) return `the last pair has ${length} bytes`;
  if (TEXT_AV_IDS.has(id) && length % 2 !== 0) return `${length} bytes are no UTF-16 text`;
  if (id === AV_ID.Timestamp && length !== TIMESTAMP_BYTES) return `a timestamp of ${length} bytes`;
  return null;
};
