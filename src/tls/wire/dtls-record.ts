/** DTLS as far as a first exchange needs it: records, handshake fragments, one ClientHello. RFC 6347 4. */
import { type Decoded, done } from "../../bytes/decoded.ts";
import { Reader } from "../../bytes/reader.ts";
import { Writer } from "../../bytes/writer.ts";
import { type ClientHello, encodeClientHello } from "./client-hello.ts";
import { RANDOM_SIZE_BYTES } from "./hello-start.ts";
import { HANDSHAKE_TYPE } from "./handshake-message.ts";
import { CONTENT_TYPE } from "./record.ts";

/** Versions count downwards, so that none is taken for one of TLS. */
export const DTLS_VERSION = { dtls10: 0xfeff, dtls12: 0xfefd } as const;

const DTLS_MAJOR = 0xfe;
const U32 = 2 ** 32;

export interface DtlsRecord {
  /** One of CONTENT_TYPE. */
  readonly contentType: number;
  /** Its high byte is 0xfe. */
  readonly version: number;
  readonly epoch: number;
  /** 48 bits. */
  readonly sequenceNumber: number;
  readonly fragment: Uint8Array;
}

export interface DtlsHandshakeFragment {
  /** One of HANDSHAKE_TYPE, or a number that it does not know. */
  readonly type: number;
  /** Bytes of the whole message. */
  readonly length: number;
  readonly messageSequence: number;
  readonly fragmentOffset: number;
  readonly fragment: Uint8Array;
}

/** Reads the first record of a datagram; one that ends too soon is a fault. RFC 6347 4.1. */
export const decodeDtlsRecord = (datagram: Uint8Array): Decoded<DtlsRecord> => {
  const reader = new Reader(datagram);
  const contentType = reader.u8("dtlsRecord.type");
  if (reader.fault === null && !CONTENT_TYPES.has(contentType)) {
    reader.reject("dtlsRecord.type", `content type ${contentType} is not one of DTLS`, 0);
  }
  const version = reader.u16("dtlsRecord.version");
  if (reader.fault === null && version >> 8 !== DTLS_MAJOR) {
    reader.reject("dtlsRecord.version", `version ${version} is not one of DTLS`, 1);
  }
  const epoch = reader.u16("dtlsRecord.epoch");
  const high = reader.u16("dtlsRecord.sequence_number");
  const sequenceNumber = high * U32 + reader.u32("dtlsRecord.sequence_number");
  const length = reader.u16("dtlsRecord.length");
  const fragment = reader.bytes(length, "dtlsRecord.fragment");
  const size = datagram.length - reader.remaining;
  return reader.result({ contentType, version, epoch, sequenceNumber, fragment }, size);
};

/** @throws RangeError when a number does not fit its field. */
export const encodeDtlsRecord = (record: DtlsRecord): Uint8Array =>
  new Writer()
    .u8(record.contentType)
    .u16(record.version)
    .u16(record.epoch)
    .u16(Math.floor(record.sequenceNumber / U32))
    .u32(record.sequenceNumber % U32)
    .prefixed(2, (writer) => writer.bytes(record.fragment))
    .finish();

/** Reads the handshake fragment at the start of a record's fragment. RFC 6347 4.2.2. */
export const decodeDtlsHandshake = (bytes: Uint8Array): Decoded<DtlsHandshakeFragment> => {
  const reader = new Reader(bytes);
  const type = reader.u8("dtlsHandshake.msg_type");
  const length = reader.u24("dtlsHandshake.length");
  const messageSequence = reader.u16("dtlsHandshake.message_seq");
  const fragmentOffset = reader.u24("dtlsHandshake.fragment_offset");
  const fragmentLength = reader.u24("dtlsHandshake.fragment_length");
  if (reader.fault === null && fragmentOffset + fragmentLength > length) {
    reader.reject("dtlsHandshake.fragment_length", "the fragment is longer than its message", 9);
  }
  const fragment = reader.bytes(fragmentLength, "dtlsHandshake.fragment");
  const size = bytes.length - reader.remaining;
  return reader.result({ type, length, messageSequence, fragmentOffset, fragment }, size);
};

/** @throws RangeError when a number does not fit its field. */
export const encodeDtlsHandshake = (part: DtlsHandshakeFragment): Uint8Array =>
  new Writer()
    .u8(part.type)
    .u24(part.length)
    .u16(part.messageSequence)
    .u24(part.fragmentOffset)
    .prefixed(3, (writer) => writer.bytes(part.fragment))
    .finish();

/** A handshake message in one piece, in a record of its own of the first epoch. */
export const dtlsHandshakeRecord = (version: number, type: number, body: Uint8Array): Uint8Array =>
  encodeDtlsRecord({
    contentType: CONTENT_TYPE.handshake,
    version,
    epoch: 0,
    sequenceNumber: 0,
    fragment: encodeDtlsHandshake({
      type,
      length: body.length,
      messageSequence: 0,
      fragmentOffset: 0,
      fragment: body,
    }),
  });

/** A first ClientHello: that of TLS, with an empty cookie behind the session id. RFC 6347 4.2.1. */
export const dtlsClientHello = (hello: ClientHello): Uint8Array => {
  const body = encodeClientHello(hello);
  const cookieAt = SESSION_ID_AT + 1 + hello.sessionId.length;
  const withCookie = new Writer().bytes(body.subarray(0, cookieAt)).u8(0).bytes(body.subarray(cookieAt));
  return dtlsHandshakeRecord(DTLS_VERSION.dtls10, HANDSHAKE_TYPE.clientHello, withCookie.finish());
};

/** What a server's first datagram is: the message in its first record, or null where that is no DTLS. */
export const readDtlsAnswer = (datagram: Uint8Array): DtlsAnswer | null => {
  const record = decodeDtlsRecord(datagram);
  if (record.status !== "done") return null;
  const { contentType, version, fragment } = record.value;
  if (contentType === CONTENT_TYPE.alert) return { version, message: "alert" };
  const handshake = contentType === CONTENT_TYPE.handshake ? decodeDtlsHandshake(fragment) : done(null, 0);
  const type = handshake.status === "done" ? handshake.value?.type : undefined;
  return { version, message: SERVER_MESSAGES[type ?? -1] ?? "other" };
};

export interface DtlsAnswer {
  readonly version: number;
  readonly message: "hello-verify-request" | "server-hello" | "alert" | "other";
}

const SERVER_MESSAGES: Readonly<Record<number, DtlsAnswer["message"]>> = {
  [HANDSHAKE_TYPE.helloVerifyRequest]: "hello-verify-request",
  [HANDSHAKE_TYPE.serverHello]: "server-hello",
};

const SESSION_ID_AT = 2 + RANDOM_SIZE_BYTES;
const CONTENT_TYPES: ReadonlySet<number> = new Set(Object.values(CONTENT_TYPE));
