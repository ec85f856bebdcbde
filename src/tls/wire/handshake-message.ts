/** The frame of a handshake message: its type, a length of three bytes, its body (RFC 8446 4). */
import { bad, type Decoded, done, need } from "../../bytes/decoded.ts";
import { Writer } from "../../bytes/writer.ts";

/** IANA's TLS HandshakeType registry, as far as messages travel in the clear or were defined for TLS. */
export const HANDSHAKE_TYPE = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  helloVerifyRequest: 3,
  newSessionTicket: 4,
  endOfEarlyData: 5,
  encryptedExtensions: 8,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
  certificateUrl: 21,
  certificateStatus: 22,
  supplementalData: 23,
  keyUpdate: 24,
  compressedCertificate: 25,
  messageHash: 254,
} as const;

export const HANDSHAKE_HEADER_SIZE_BYTES = 4;

/** A longer message is refused: chains in the wild have some 10 KiB, and Windows itself stops at 64 KiB. */
const MAX_HANDSHAKE_SIZE_BYTES = 256 * 1024;

export interface HandshakeMessage {
  /** One of HANDSHAKE_TYPE, or a number that it does not know. */
  readonly type: number;
  readonly body: Uint8Array;
}

/** Reads the message at the start of `bytes`, which are the joined fragments of handshake records. */
export const decodeHandshakeMessage = (bytes: Uint8Array): Decoded<HandshakeMessage> => {
  const type = bytes[0];
  const high = bytes[1];
  const middle = bytes[2];
  const low = bytes[3];
  if (type === undefined || high === undefined || middle === undefined || low === undefined) {
    return need(HANDSHAKE_HEADER_SIZE_BYTES - bytes.length);
  }
  const length = high * 0x10000 + middle * 0x100 + low;
  if (length > MAX_HANDSHAKE_SIZE_BYTES) {
    return bad("handshake.length", 1, `length ${length} is over the limit of ${MAX_HANDSHAKE_SIZE_BYTES}`);
  }
  const size = HANDSHAKE_HEADER_SIZE_BYTES + length;
  if (bytes.length < size) return need(size - bytes.length);
  return done({ type, body: bytes.subarray(HANDSHAKE_HEADER_SIZE_BYTES, size) }, size);
};

/** @throws RangeError when a number does not fit its field. */
export const encodeHandshakeMessage = ({ type, body }: HandshakeMessage): Uint8Array =>
  writeHandshakeMessage(new Writer(), type, (writer) => writer.bytes(body)).finish();

/** The frame, around what `body` writes. @throws RangeError when that does not fit the length field. */
export const writeHandshakeMessage = (writer: Writer, type: number, body: (writer: Writer) => void): Writer =>
  writer.u8(type).prefixed(3, body);
