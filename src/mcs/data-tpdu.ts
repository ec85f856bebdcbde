/**
 * The two headers around every MCS PDU: TPKT (RFC 1006 6) and the X.224 Class 0 Data TPDU ([X.224] 13.7),
 * 7 bytes together. The conversation before them is the concern of src/x224.
 */
import { bad, type Decoded, done, need } from "../bytes/decoded.ts";
import { Writer } from "../bytes/writer.ts";

export const DATA_TPDU_HEADER_BYTES = 7;

/** Every byte of the header but the length at 2 and 3. */
const HEADER_BYTES = [
  { at: 0, field: "tpkt.version", value: 0x03 },
  { at: 1, field: "tpkt.reserved", value: 0x00 },
  { at: 4, field: "x224Data.li", value: 0x02 },
  { at: 5, field: "x224Data.code", value: 0xf0 },
  { at: 6, field: "x224Data.eot", value: 0x80 },
] as const;

/** Decodes one packet from the front of `bytes`; the value is what it carries, from byte 7 on. */
export const decodeDataTpdu = (bytes: Uint8Array): Decoded<Uint8Array> => {
  for (const { at, field, value } of HEADER_BYTES) {
    const byte = bytes[at];
    if (byte !== undefined && byte !== value)
      return bad(field, at, `${hex(byte)} where ${hex(value)} is wanted`);
    if (at === 1 && bytes.length >= 4 && packetBytes(bytes) <= DATA_TPDU_HEADER_BYTES) {
      return bad("tpkt.length", 2, `length ${packetBytes(bytes)} leaves no room for a PDU`);
    }
  }
  const missing =
    (bytes.length < DATA_TPDU_HEADER_BYTES ? DATA_TPDU_HEADER_BYTES : packetBytes(bytes)) - bytes.length;
  if (missing > 0) return need(missing);
  return done(bytes.subarray(DATA_TPDU_HEADER_BYTES, packetBytes(bytes)), packetBytes(bytes));
};

/** @throws RangeError when the packet is longer than 65535 bytes. */
export const encodeDataTpdu = (payload: Uint8Array): Uint8Array =>
  new Writer()
    .u16(0x0300)
    .u16(DATA_TPDU_HEADER_BYTES + payload.length)
    .u24(0x02f080)
    .bytes(payload)
    .finish();

const packetBytes = (bytes: Uint8Array): number => (bytes[2] ?? 0) * 0x100 + (bytes[3] ?? 0);

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, "0")}`;
