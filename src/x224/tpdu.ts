/** What all X.224 TPDUs have in common: length indicator and code, inside a TPKT. ITU-T X.224 13.2. */
import { bad, type Decoded, done, need } from "../bytes/decoded.ts";
import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { decodeTpktHeader, encodeTpkt, TPKT_HEADER_SIZE } from "./tpkt.ts";

/** ITU-T X.224 13.1, table 8; credit 0. */
export const TPDU_CODE = {
  error: 0x70,
  disconnectRequest: 0x80,
  connectionConfirm: 0xd0,
  connectionRequest: 0xe0,
  data: 0xf0,
} as const;

/** 255 is reserved: ITU-T X.224 13.2.1. */
const MAX_LENGTH_INDICATOR = 254;
/** The longest packet that a TPDU without user data can fill. */
export const MAX_TPDU_PACKET_SIZE = TPKT_HEADER_SIZE + 1 + MAX_LENGTH_INDICATOR;

const LENGTH_INDICATOR_OFFSET = 4;
export const CODE_OFFSET = 5;
/** Where what follows the code begins, within the TPKT. */
export const BODY_OFFSET = 6;

/** What the TPKT around a TPDU says beside its length. */
export interface InTpkt {
  /** The TPKT's reserved byte; absent when it is 0, as it should be. */
  readonly tpktReserved?: number;
}

export interface TpduHeader extends InTpkt {
  /** Bytes of the whole TPKT. */
  readonly length: number;
  /** Bytes of the TPDU after this field, without user data. */
  readonly lengthIndicator: number;
  readonly code: number;
}

/**
 * TPKT header, length indicator and code: the first six bytes.
 * @param maxSizeBytes a TPKT that says it is longer is a fault.
 */
export const decodeTpduHeader = (bytes: Uint8Array, maxSizeBytes: number): Decoded<TpduHeader> => {
  const tpkt = decodeTpktHeader(bytes, maxSizeBytes);
  if (tpkt.status !== "done") return tpkt;
  const lengthIndicator = bytes[LENGTH_INDICATOR_OFFSET];
  const code = bytes[CODE_OFFSET];
  if (lengthIndicator === undefined || code === undefined) return need(BODY_OFFSET - bytes.length);
  const { length, reserved } = tpkt.value;
  return done({ length, lengthIndicator, code, ...inTpkt(reserved) }, BODY_OFFSET);
};

/**
 * A reader over what follows the code of a TPDU that carries no user data, so that it must fill its TPKT.
 * The result's `size` is that of the TPKT.
 */
export const openTpdu = (bytes: Uint8Array, header: TpduHeader): Decoded<Reader> => {
  const { length, lengthIndicator } = header;
  if (lengthIndicator !== length - TPKT_HEADER_SIZE - 1) {
    const reason = `length indicator ${lengthIndicator} disagrees with TPKT length ${length}`;
    return bad("x224.lengthIndicator", LENGTH_INDICATOR_OFFSET, reason);
  }
  if (bytes.length < length) return need(length - bytes.length);
  return done(new Reader(bytes.subarray(BODY_OFFSET, length), BODY_OFFSET), length);
};

/**
 * A TPDU without user data, inside its TPKT.
 * @throws RangeError when `body` writes more than a length indicator can say.
 */
export const encodeTpdu = (code: number, inside: InTpkt, body: (writer: Writer) => void): Uint8Array => {
  const writer = new Writer().u8(code);
  body(writer);
  if (writer.size > MAX_LENGTH_INDICATOR) {
    throw new RangeError(`x224: ${writer.size} bytes are more than a length indicator can say`);
  }
  const tpdu = new Writer().u8(writer.size).bytes(writer.finish()).finish();
  return encodeTpkt({ reserved: inside.tpktReserved ?? 0, body: tpdu });
};

/** The reserved byte as part of a value. */
const inTpkt = (reserved: number): InTpkt => (reserved === 0 ? {} : { tpktReserved: reserved });

/** A header's share in the value of its TPDU. */
export const envelope = (header: TpduHeader): InTpkt => inTpkt(header.tpktReserved ?? 0);

/** `0x0d`, for reasons. */
export const hexByte = (value: number): string => `0x${value.toString(16).padStart(2, "0")}`;
