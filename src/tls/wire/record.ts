/** The TLS record layer: five bytes of header and a fragment (RFC 8446 5.1, RFC 5246 6.2.1). */
import { bad, type Decoded, done, need } from "../../bytes/decoded.ts";
import { Writer } from "../../bytes/writer.ts";

export const CONTENT_TYPE = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
  /** RFC 6520. */
  heartbeat: 24,
} as const;

export const RECORD_HEADER_SIZE_BYTES = 5;

/** A fragment in the clear has up to this many bytes. */
const MAX_PLAINTEXT_SIZE_BYTES = 2 ** 14;

/** A protected fragment has up to this many bytes (RFC 5246 6.2.3, the widest of all versions). */
export const MAX_FRAGMENT_SIZE_BYTES = 2 ** 14 + 2048;

export interface TlsRecord {
  /** One of CONTENT_TYPE. */
  readonly contentType: number;
  /** `legacy_record_version`; its major byte is 3. */
  readonly version: number;
  readonly fragment: Uint8Array;
}

/**
 * Reads the record at the start of `bytes`. What is no TLS is told as early as it shows: a wrong content
 * type by the first byte, a wrong major version by the second.
 */
export const decodeRecord = (bytes: Uint8Array): Decoded<TlsRecord> => {
  const contentType = bytes[0];
  const major = bytes[1];
  const minor = bytes[2];
  const high = bytes[3];
  const low = bytes[4];
  if (contentType !== undefined && !CONTENT_TYPES.has(contentType)) {
    return bad("record.type", 0, `content type ${contentType} is not one of TLS`);
  }
  if (major !== undefined && major !== 3) {
    return bad("record.version", 1, `major version ${major} is not 3`);
  }
  if (
    contentType === undefined ||
    major === undefined ||
    minor === undefined ||
    high === undefined ||
    low === undefined
  ) {
    return need(RECORD_HEADER_SIZE_BYTES - bytes.length);
  }
  const length = high * 0x100 + low;
  if (length > MAX_FRAGMENT_SIZE_BYTES) {
    return bad("record.length", 3, `length ${length} is over the limit of ${MAX_FRAGMENT_SIZE_BYTES}`);
  }
  const size = RECORD_HEADER_SIZE_BYTES + length;
  if (bytes.length < size) return need(size - bytes.length);
  const fragment = bytes.subarray(RECORD_HEADER_SIZE_BYTES, size);
  return done({ contentType, version: major * 0x100 + minor, fragment }, size);
};

/** @throws RangeError when a number does not fit its field. */
export const encodeRecord = (record: TlsRecord): Uint8Array =>
  new Writer(RECORD_HEADER_SIZE_BYTES + record.fragment.length)
    .u8(record.contentType)
    .u16(record.version)
    .prefixed(2, (writer) => writer.bytes(record.fragment))
    .finish();

/** `payload` as one record, or as several where it is over what one holds in the clear. */
export const encodeRecords = (contentType: number, version: number, payload: Uint8Array): Uint8Array => {
  if (payload.length <= MAX_PLAINTEXT_SIZE_BYTES) {
    return encodeRecord({ contentType, version, fragment: payload });
  }
  const writer = new Writer();
  let at = 0;
  do {
    const fragment = payload.subarray(at, at + MAX_PLAINTEXT_SIZE_BYTES);
    writer.bytes(encodeRecord({ contentType, version, fragment }));
    at += MAX_PLAINTEXT_SIZE_BYTES;
  } while (at < payload.length);
  return writer.finish();
};

const CONTENT_TYPES: ReadonlySet<number> = new Set(Object.values(CONTENT_TYPE));
