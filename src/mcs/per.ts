/** Lengths in the ALIGNED variant of BASIC-PER ([X.691] 10.9), as GCC uses them. */
import type { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";
import type { EncodedLength } from "./ber.ts";

const MAX_LENGTH = 0x3fff;

/** One byte below 0x80, else two with the top bits 10; a fragmented length is rejected. */
export const readPerLength = (reader: Reader, field: string): EncodedLength => {
  const at = reader.offset;
  const first = reader.u8(field);
  if (first < 0x80) return { value: first, octets: 1 };
  if (first >= 0xc0) reader.reject(field, "a fragmented length", at);
  return { value: (first % 0x40) * 0x100 + reader.u8(field), octets: 2 };
};

/**
 * Writes a length in `octets` octets, or in two where it needs them.
 * @throws RangeError above 16383.
 */
export const writePerLength = (writer: Writer, length: number, octets = 1): Writer => {
  if (length > MAX_LENGTH) throw new RangeError(`per: length ${length} is above ${MAX_LENGTH}`);
  return length < 0x80 && octets === 1 ? writer.u8(length) : writer.u16(0x8000 + length);
};
