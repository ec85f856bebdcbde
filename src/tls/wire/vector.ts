/** The vectors of TLS's presentation language: a length, then that many bytes of items (RFC 8446 3.4). */
import type { Decoded } from "../../bytes/decoded.ts";
import { Reader } from "../../bytes/reader.ts";
import type { Writer } from "../../bytes/writer.ts";

/** Bytes of a vector's length field. */
export type LengthWidth = 1 | 2 | 3;

/** A vector whose content `read` takes; what it leaves over is a fault. */
const readVector = <T>(reader: Reader, width: LengthWidth, field: string, read: (part: Reader) => T): T => {
  const part = reader.sub(readLength(reader, width, `${field}.length`), field);
  const value = read(part);
  part.end(field);
  if (part.fault !== null) reader.rejectWith(part.fault);
  return value;
};

/** A vector of bytes. */
export const readOpaque = (reader: Reader, width: LengthWidth, field: string): Uint8Array =>
  reader.bytes(readLength(reader, width, `${field}.length`), field);

/** A vector of items; `item` takes at least one byte each time. */
export const readList = <T>(
  reader: Reader,
  width: LengthWidth,
  field: string,
  item: (part: Reader) => T,
): readonly T[] =>
  readVector(reader, width, field, (part) => {
    const items: T[] = [];
    while (part.remaining > 0) items.push(item(part));
    return items;
  });

export const readU8List = (reader: Reader, width: LengthWidth, field: string): readonly number[] => [
  ...readOpaque(reader, width, field),
];

export const readU16List = (reader: Reader, width: LengthWidth, field: string): readonly number[] =>
  readList(reader, width, field, (part) => part.u16(field));

export const writeOpaque = (writer: Writer, width: LengthWidth, bytes: ArrayLike<number>): Writer =>
  writer.prefixed(width, (inner) => inner.bytes(bytes));

export const writeU16List = (writer: Writer, width: LengthWidth, items: readonly number[]): Writer =>
  writer.prefixed(width, (inner) => {
    for (const item of items) inner.u16(item);
  });

/** A structure that fills all of `bytes`: a handshake body, an extension's data. */
export const decodeWhole = <T>(bytes: Uint8Array, field: string, read: (reader: Reader) => T): Decoded<T> => {
  const reader = new Reader(bytes);
  const value = read(reader);
  reader.end(field);
  return reader.result(value, bytes.length);
};

const readLength = (reader: Reader, width: LengthWidth, field: string): number => {
  if (width === 1) return reader.u8(field);
  return width === 2 ? reader.u16(field) : reader.u24(field);
};
