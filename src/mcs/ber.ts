/** The part of BER ([X.690] 8) that MCS connect PDUs use, with lengths in as many octets as they came in. */
import type { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";

/** Tags; those of the connect PDUs take two bytes ([T.125] 7). */
export const BER_TAG = {
  boolean: 0x01,
  integer: 0x02,
  octetString: 0x04,
  enumerated: 0x0a,
  sequence: 0x30,
  connectInitial: 0x7f65,
  connectResponse: 0x7f66,
} as const;

/** A length and the octets that it took, which servers differ in. */
export interface EncodedLength {
  readonly value: number;
  readonly octets: number;
}

/** Reads tag and length; rejects another tag, an indefinite length, and one that the bytes do not cover. */
export const readBerHeader = (reader: Reader, tag: number, field: string): EncodedLength => {
  const at = reader.offset;
  const actual = tag > 0xff ? reader.u16(field) : reader.u8(field);
  if (actual !== tag) reader.reject(field, `tag ${hex(actual)} where ${hex(tag)} is wanted`, at);
  const lengthAt = reader.offset;
  const first = reader.u8(`${field}.length`);
  const length =
    first < 0x80 ? { value: first, octets: 1 } : longLength(reader, first - 0x80, field, lengthAt);
  if (length.value > reader.remaining) {
    reader.reject(`${field}.length`, `${length.value} bytes wanted, ${reader.remaining} left`, lengthAt);
  }
  return length;
};

/** Reads tag and length of an element that fills the rest of `reader`; returns the octets of the length. */
export const readBerWhole = (reader: Reader, tag: number, field: string): number => {
  const at = reader.offset;
  const { value, octets } = readBerHeader(reader, tag, field);
  if (value !== reader.remaining) {
    reader.reject(`${field}.length`, `length ${value} before ${reader.remaining} bytes`, at);
  }
  return octets;
};

/** Reads an element whose length takes one byte, which is all that MCS has inside its connect PDUs. */
export const readBerElement = (reader: Reader, tag: number, field: string): Uint8Array => {
  const at = reader.offset;
  const { value, octets } = readBerHeader(reader, tag, field);
  if (octets > 1) reader.reject(`${field}.length`, `a length in ${octets} octets`, at + 1);
  return reader.bytes(value, field);
};

/** Writes an element, its length in `octets` octets or in more where it needs them. */
export const writeBer = (writer: Writer, tag: number, contents: Uint8Array, octets = 1): Writer => {
  if (tag > 0xff) writer.u16(tag);
  else writer.u8(tag);
  const { length } = contents;
  const needed = length < 0x80 ? 1 : length < 0x100 ? 2 : length < 0x10000 ? 3 : 4;
  const width = Math.max(needed, octets) - 1;
  if (width > 0) writer.u8(0x80 + width);
  for (let shift = Math.max(width - 1, 0); shift >= 0; shift -= 1) {
    writer.u8(Math.floor(length / 0x100 ** shift) % 0x100);
  }
  return writer.bytes(contents);
};

/** An INTEGER or ENUMERATED of at most 4 bytes, as an unsigned number in the fewest bytes. */
export const readBerUnsigned = (reader: Reader, tag: number, field: string): number => {
  const at = reader.offset;
  const contents = readBerElement(reader, tag, field);
  if (contents.length === 0 || contents.length > 4 || (contents.length > 1 && contents[0] === 0)) {
    reader.reject(field, `a number in ${contents.length} bytes`, at);
  }
  return contents.reduce((sum, byte) => sum * 0x100 + byte, 0);
};

/** The fewest bytes of an unsigned number, at least one. @throws RangeError when it does not fit 4 bytes. */
export const unsignedBytes = (value: number): Uint8Array => {
  const bytes = new Writer().u32(value).finish();
  const first = bytes.findIndex((byte) => byte !== 0);
  return bytes.slice(first < 0 ? 3 : first);
};

const longLength = (reader: Reader, width: number, field: string, at: number): EncodedLength => {
  if (width === 0 || width > 3) reader.reject(`${field}.length`, `a length of ${width} bytes`, at);
  const bytes = reader.bytes(width, `${field}.length`);
  return { value: bytes.reduce((sum, byte) => sum * 0x100 + byte, 0), octets: width + 1 };
};

const hex = (tag: number): string => `0x${tag.toString(16).padStart(2, "0")}`;
