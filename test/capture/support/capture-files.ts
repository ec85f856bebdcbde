/** Writes capture files in every form that is read; the product itself writes only one of them. */
import { concatBytes } from "../../../src/bytes/concat-bytes.ts";

export interface Captured {
  readonly bytes: Uint8Array;
  readonly timeMs: number;
  /** Length on the wire, where it differs. */
  readonly wireLength?: number;
}

export interface PcapForm {
  readonly littleEndian: boolean;
  readonly nanoseconds: boolean;
}

export const PCAP_FORMS: readonly PcapForm[] = [
  { littleEndian: true, nanoseconds: false },
  { littleEndian: false, nanoseconds: false },
  { littleEndian: true, nanoseconds: true },
  { littleEndian: false, nanoseconds: true },
];

/** Fields one after the other, each of 2 or 4 bytes. */
export const fields = (
  littleEndian: boolean,
  ...values: readonly (readonly [2 | 4, number])[]
): Uint8Array => {
  const bytes = new Uint8Array(values.reduce((size, [width]) => size + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of values) {
    if (width === 2) view.setUint16(at, value, littleEndian);
    else view.setUint32(at, value, littleEndian);
    at += width;
  }
  return bytes;
};

export const pcapHeader = (form: PcapForm, linkType: number, snapLength = 65_535): Uint8Array =>
  fields(
    form.littleEndian,
    [4, form.nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4],
    [2, 2],
    [2, 4],
    [4, 0],
    [4, 0],
    [4, snapLength],
    [4, linkType],
  );

export const pcapRecord = (form: PcapForm, { bytes, timeMs, wireLength }: Captured): Uint8Array => {
  const seconds = Math.floor(timeMs / 1000);
  const fraction = Math.round((timeMs - seconds * 1000) * (form.nanoseconds ? 1_000_000 : 1000));
  const header = fields(
    form.littleEndian,
    [4, seconds],
    [4, fraction],
    [4, bytes.length],
    [4, wireLength ?? bytes.length],
  );
  return concatBytes(header, bytes);
};

export const pcapFile = (form: PcapForm, linkType: number, packets: readonly Captured[]): Uint8Array =>
  concatBytes(pcapHeader(form, linkType), ...packets.map((packet) => pcapRecord(form, packet)));

/** A pcapng block of any type around its body. */
export const block = (littleEndian: boolean, type: number, body: Uint8Array): Uint8Array => {
  const padded = new Uint8Array(Math.ceil(body.length / 4) * 4);
  padded.set(body);
  const size: readonly [4, number] = [4, padded.length + 12];
  return concatBytes(fields(littleEndian, [4, type], size), padded, fields(littleEndian, size));
};

export const option = (littleEndian: boolean, code: number, value: Uint8Array): Uint8Array => {
  const padded = new Uint8Array(Math.ceil(value.length / 4) * 4);
  padded.set(value);
  return concatBytes(fields(littleEndian, [2, code], [2, value.length]), padded);
};

export const sectionBlock = (littleEndian: boolean, ...options: readonly Uint8Array[]): Uint8Array =>
  block(
    littleEndian,
    0x0a0d0d0a,
    concatBytes(
      fields(littleEndian, [4, 0x1a2b3c4d], [2, 1], [2, 0], [4, 0xffffffff], [4, 0xffffffff]),
      ...options,
    ),
  );

export const interfaceBlock = (
  littleEndian: boolean,
  linkType: number,
  snapLength = 0,
  ...options: readonly Uint8Array[]
): Uint8Array =>
  block(
    littleEndian,
    1,
    concatBytes(fields(littleEndian, [2, linkType], [2, 0], [4, snapLength]), ...options),
  );

/** An Enhanced Packet Block with its time in ticks. */
export const enhancedPacketBlock = (
  littleEndian: boolean,
  interfaceId: number,
  ticks: bigint,
  { bytes, wireLength }: Omit<Captured, "timeMs">,
): Uint8Array =>
  block(
    littleEndian,
    6,
    concatBytes(
      fields(
        littleEndian,
        [4, interfaceId],
        [4, Number(ticks >> 32n)],
        [4, Number(ticks & 0xffffffffn)],
        [4, bytes.length],
        [4, wireLength ?? bytes.length],
      ),
      bytes,
    ),
  );

export const obsoletePacketBlock = (
  littleEndian: boolean,
  interfaceId: number,
  ticks: bigint,
  { bytes, wireLength }: Omit<Captured, "timeMs">,
): Uint8Array =>
  block(
    littleEndian,
    2,
    concatBytes(
      fields(
        littleEndian,
        [2, interfaceId],
        [2, 0xffff],
        [4, Number(ticks >> 32n)],
        [4, Number(ticks & 0xffffffffn)],
        [4, bytes.length],
        [4, wireLength ?? bytes.length],
      ),
      bytes,
    ),
  );

export const simplePacketBlock = (littleEndian: boolean, bytes: Uint8Array): Uint8Array =>
  block(littleEndian, 3, concatBytes(fields(littleEndian, [4, bytes.length]), bytes));

/** A pcapng file with one interface, times in microseconds. */
export const pcapngFile = (
  littleEndian: boolean,
  linkType: number,
  packets: readonly Captured[],
): Uint8Array =>
  concatBytes(
    sectionBlock(littleEndian),
    interfaceBlock(littleEndian, linkType),
    ...packets.map((packet) =>
      enhancedPacketBlock(littleEndian, 0, BigInt(Math.round(packet.timeMs * 1000)), packet),
    ),
  );

/** An Enhanced Packet Block of one packet with a comment, little-endian. */
export const packetWithComment = (packet: Uint8Array, comment: Uint8Array): Uint8Array => {
  const padded = new Uint8Array(Math.ceil(packet.length / 4) * 4);
  padded.set(packet);
  const block = option(true, 1, comment);
  const size: readonly [4, number] = [4, padded.length + block.length + 32];
  const length: readonly [4, number] = [4, packet.length];
  return concatBytes(
    fields(true, [4, 6], size, [4, 0], [4, 0], [4, 0], length, length),
    padded,
    block,
    fields(true, size),
  );
};
