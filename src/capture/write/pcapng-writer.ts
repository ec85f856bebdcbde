/** Writes pcapng ([draft-ietf-opsawg-pcapng] 4): gives the bytes of each block, for the caller to store. */
import { concatBytes } from "../../bytes/concat-bytes.ts";
import { BLOCK_TYPE, BYTE_ORDER_MAGIC, OPTION, paddedTo4 } from "../file/pcapng-block.ts";

export interface PcapngWriterOptions {
  /** LINKTYPE_ value of the packets; `LINK_TYPE` names those that are read here. */
  readonly linkType: number;
  readonly hardware?: string;
  readonly operatingSystem?: string;
  readonly application?: string;
  readonly interfaceName?: string;
  /** Resolution of the packets' times; microseconds by default. */
  readonly resolution?: "microseconds" | "nanoseconds";
  /** True by default. */
  readonly littleEndian?: boolean;
}

/** A packet and when it was on the wire. */
export interface TimedPacket {
  /** Milliseconds since the epoch, with a fraction. */
  readonly timeMs: number;
  /** From the first byte of the link layer on. */
  readonly bytes: Uint8Array;
  readonly comment?: string;
}

export interface PcapngWriter {
  /** The Section Header Block and the Interface Description Block: how the file begins. */
  header(): Uint8Array;
  /** An Enhanced Packet Block. */
  packet(packet: TimedPacket): Uint8Array;
  /** A Decryption Secrets Block; it stands before the packets that it decrypts. */
  secrets(secretsType: number, data: Uint8Array): Uint8Array;
}

interface BlockOption {
  readonly code: number;
  readonly value: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);
const VERSION_MAJOR = 1;
/** Reads the same in both byte orders. */
const UNKNOWN_SECTION_LENGTH = -1n;
/** Type, length, and length again. */
const BLOCK_FRAME_BYTES = 12;
const OPTION_HEADER_BYTES = 4;
const MAX_OPTION_BYTES = 0xffff;
const RESOLUTION = {
  microseconds: { exponent: 6, ticksPerMs: 1000 },
  nanoseconds: { exponent: 9, ticksPerMs: 1_000_000 },
} as const;

/** A writer for one section with one interface. */
export const createPcapngWriter = (options: PcapngWriterOptions): PcapngWriter => {
  const { littleEndian = true, linkType } = options;
  const resolution = RESOLUTION[options.resolution ?? "microseconds"];

  const sectionHeader = (): Uint8Array => {
    const body = new DataView(new ArrayBuffer(16));
    body.setUint32(0, BYTE_ORDER_MAGIC, littleEndian);
    body.setUint16(4, VERSION_MAJOR, littleEndian);
    body.setBigInt64(8, UNKNOWN_SECTION_LENGTH);
    return buildBlock(BLOCK_TYPE.sectionHeader, body, littleEndian, [
      ...text(OPTION.sectionHardware, options.hardware),
      ...text(OPTION.sectionOperatingSystem, options.operatingSystem),
      ...text(OPTION.sectionApplication, options.application),
    ]);
  };

  const interfaceDescription = (): Uint8Array => {
    const body = new DataView(new ArrayBuffer(8));
    body.setUint16(0, linkType, littleEndian);
    return buildBlock(BLOCK_TYPE.interfaceDescription, body, littleEndian, [
      ...text(OPTION.interfaceName, options.interfaceName),
      { code: OPTION.interfaceTimestampResolution, value: Uint8Array.of(resolution.exponent) },
    ]);
  };

  return {
    header: () => concatBytes(sectionHeader(), interfaceDescription()),
    packet: ({ timeMs, bytes, comment }) => {
      const body = new DataView(new ArrayBuffer(20 + paddedTo4(bytes.length)));
      const ticks = ticksOf(timeMs, resolution.ticksPerMs);
      body.setUint32(4, ticks.high, littleEndian);
      body.setUint32(8, ticks.low, littleEndian);
      body.setUint32(12, bytes.length, littleEndian);
      body.setUint32(16, bytes.length, littleEndian);
      new Uint8Array(body.buffer).set(bytes, 20);
      return buildBlock(BLOCK_TYPE.enhancedPacket, body, littleEndian, text(OPTION.comment, comment));
    },
    secrets: (secretsType, data) => {
      const body = new DataView(new ArrayBuffer(8 + paddedTo4(data.length)));
      body.setUint32(0, secretsType, littleEndian);
      body.setUint32(4, data.length, littleEndian);
      new Uint8Array(body.buffer).set(data, 8);
      return buildBlock(BLOCK_TYPE.decryptionSecrets, body, littleEndian, []);
    },
  };
};

/** A block's type and length, its body, its options, and its length again. */
const buildBlock = (
  type: number,
  body: DataView,
  littleEndian: boolean,
  options: readonly BlockOption[],
): Uint8Array => {
  const ended = options.length === 0 ? [] : [...options, { code: OPTION.endOfOptions, value: NO_BYTES }];
  const optionParts = ended.map(({ code, value }) => {
    const option = new DataView(new ArrayBuffer(OPTION_HEADER_BYTES + paddedTo4(value.length)));
    option.setUint16(0, code, littleEndian);
    option.setUint16(2, value.length, littleEndian);
    new Uint8Array(option.buffer).set(value, OPTION_HEADER_BYTES);
    return new Uint8Array(option.buffer);
  });
  const parts = [new Uint8Array(body.buffer), ...optionParts];
  const size = BLOCK_FRAME_BYTES + parts.reduce((sum, part) => sum + part.length, 0);
  const head = new DataView(new ArrayBuffer(8));
  head.setUint32(0, type, littleEndian);
  head.setUint32(4, size, littleEndian);
  const tail = new DataView(new ArrayBuffer(4));
  tail.setUint32(0, size, littleEndian);
  return concatBytes(new Uint8Array(head.buffer), ...parts, new Uint8Array(tail.buffer));
};

/** The option with this text as UTF-8, cut to what an option holds; none without text. */
const text = (code: number, value: string | undefined): readonly BlockOption[] =>
  value === undefined ? [] : [{ code, value: new TextEncoder().encode(value).subarray(0, MAX_OPTION_BYTES) }];

/** A time as the two halves of its 64-bit count; whole milliseconds and their rest apart, to stay exact. */
const ticksOf = (timeMs: number, ticksPerMs: number): { readonly high: number; readonly low: number } => {
  const wholeMs = Math.floor(timeMs);
  const rest = Math.round((timeMs - wholeMs) * ticksPerMs);
  const ticks = BigInt(wholeMs) * BigInt(ticksPerMs) + BigInt(rest);
  return { high: Number((ticks >> 32n) & 0xffff_ffffn), low: Number(ticks & 0xffff_ffffn) };
};
