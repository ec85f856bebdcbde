/** TPKT, the packet that X.224 travels in on TCP: RFC 1006 6, ITU-T T.123 8. */
import { bad, type Decoded, done, need } from "../bytes/decoded.ts";
import { Writer } from "../bytes/writer.ts";

export const TPKT_HEADER_SIZE = 4;

const TPKT_VERSION = 3;
/** RFC 1006 6: header, length indicator, code and one more byte. */
const TPKT_MIN_SIZE = 7;
const TPKT_MAX_SIZE = 0xffff;

export interface Tpkt {
  /** 0 from everybody who keeps to RFC 1006; kept as it came. */
  readonly reserved: number;
  /** The X.224 TPDU with what follows it. */
  readonly body: Uint8Array;
}

export interface TpktHeader {
  readonly reserved: number;
  /** Bytes of the whole packet, these four included. */
  readonly length: number;
}

/** One whole TPKT. RFC 1006 6. */
export const decodeTpkt = (bytes: Uint8Array): Decoded<Tpkt> => {
  const header = decodeTpktHeader(bytes);
  if (header.status !== "done") return header;
  const { reserved, length } = header.value;
  if (bytes.length < length) return need(length - bytes.length);
  return done({ reserved, body: bytes.subarray(TPKT_HEADER_SIZE, length) }, length);
};

/**
 * The four bytes in front. A wrong version is known from the first byte.
 * @param maxSizeBytes a packet that says it is longer is a fault before any of it has come.
 */
export const decodeTpktHeader = (bytes: Uint8Array, maxSizeBytes = TPKT_MAX_SIZE): Decoded<TpktHeader> => {
  const version = bytes[0];
  const reserved = bytes[1];
  const high = bytes[2];
  const low = bytes[3];
  if (version !== undefined && version !== TPKT_VERSION) {
    return bad("tpkt.version", 0, `version ${version} is not 3`);
  }
  if (reserved === undefined || high === undefined || low === undefined) {
    return need(TPKT_HEADER_SIZE - bytes.length);
  }
  const length = high * 0x100 + low;
  if (length < TPKT_HEADER_SIZE) {
    return bad("tpkt.length", 2, `length ${length} is shorter than its own header`);
  }
  if (length < TPKT_MIN_SIZE) {
    return bad("tpkt.length", 2, `length ${length} has no room for an X.224 TPDU`);
  }
  if (length > maxSizeBytes) {
    return bad("tpkt.length", 2, `length ${length} is more than the ${maxSizeBytes} bytes expected here`);
  }
  return done({ reserved, length }, TPKT_HEADER_SIZE);
};

/**
 * The packet as bytes.
 * @throws RangeError when the body is longer than a TPKT can say.
 */
export const encodeTpkt = (tpkt: Tpkt): Uint8Array =>
  new Writer()
    .u8(TPKT_VERSION)
    .u8(tpkt.reserved)
    .u16(TPKT_HEADER_SIZE + tpkt.body.length)
    .bytes(tpkt.body)
    .finish();
