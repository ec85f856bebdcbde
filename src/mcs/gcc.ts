/** GCC ([T.124] 8.7): the Conference Create Request and Response inside the userData of the MCS connect PDUs. */
import type { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { readPerLength, writePerLength } from "./per.ts";

/** ConnectData up to its length: the object identifier { 0 0 20 124 0 1 }. */
const CONNECT_DATA = Uint8Array.of(0x00, 0x05, 0x00, 0x14, 0x7c, 0x00, 0x01);
/** ConferenceCreateRequest for conference "1" with one set of user data, its H.221 key "Duca". */
const CREATE_REQUEST = Uint8Array.of(0x00, 0x08, 0x00, 0x10, 0x00, 0x01, 0xc0, 0x00, 0x44, 0x75, 0x63, 0x61);
/** ConnectGCCPDU chosen as ConferenceCreateResponse with user data. */
const CREATE_RESPONSE = Uint8Array.of(0x14);
/** One set of user data with the H.221 key "McDn". */
const SERVER_USER_DATA = Uint8Array.of(0x01, 0xc0, 0x00, 0x4d, 0x63, 0x44, 0x6e);
const USER_ID_BASE = 1001;

/** How the lengths around the blocks came, so that they can be written as they were. */
export interface GccFraming {
  /** The length in ConnectData, which nobody reads: Windows servers always write 42. */
  readonly connectPduLength: number;
  readonly connectPduLengthOctets: number;
  readonly blocksLengthOctets: number;
}

/** [T.124] 8.7 ConferenceCreateResponse without its user data. */
export interface ConferenceCreateResponse {
  /** 1001 to 66536. */
  readonly nodeId: number;
  readonly tag: number;
  /** The byte that holds the result in its bits 6 to 4; 0 is success. */
  readonly result: number;
}

export interface GccRequest {
  readonly blocks: Reader;
  readonly framing: GccFraming;
}

export interface GccResponse extends GccRequest {
  readonly conference: ConferenceCreateResponse;
}

/** Reads a Conference Create Request to its end; `blocks` is a reader over the user data. */
export const readGccRequest = (reader: Reader): GccRequest => {
  const connectPdu = readConnectData(reader);
  expectBytes(reader, CREATE_REQUEST, "gcc.conferenceCreateRequest");
  return readUserData(reader, connectPdu);
};

/** Reads a Conference Create Response to its end; `blocks` is a reader over the user data. */
export const readGccResponse = (reader: Reader): GccResponse => {
  const connectPdu = readConnectData(reader);
  expectBytes(reader, CREATE_RESPONSE, "gcc.conferenceCreateResponse");
  const nodeId = reader.u16("gcc.nodeId") + USER_ID_BASE;
  const tagAt = reader.offset;
  const tagBytes = reader.u8("gcc.tag.length");
  if (tagBytes !== 1) reader.reject("gcc.tag.length", `a tag of ${tagBytes} bytes`, tagAt);
  const tag = reader.u8("gcc.tag");
  const result = reader.u8("gcc.result");
  expectBytes(reader, SERVER_USER_DATA, "gcc.userData");
  return { conference: { nodeId, tag, result }, ...readUserData(reader, connectPdu) };
};

export const encodeGccRequest = (blocks: Uint8Array, framing?: GccFraming): Uint8Array =>
  encodeConnectData(CREATE_REQUEST, blocks, framing);

export const encodeGccResponse = (
  conference: ConferenceCreateResponse,
  blocks: Uint8Array,
  framing: GccFraming = { connectPduLength: 42, connectPduLengthOctets: 1, blocksLengthOctets: 1 },
): Uint8Array => {
  const header = new Writer()
    .bytes(CREATE_RESPONSE)
    .u16(conference.nodeId - USER_ID_BASE)
    .u8(1)
    .u8(conference.tag)
    .u8(conference.result)
    .bytes(SERVER_USER_DATA);
  return encodeConnectData(header.finish(), blocks, framing);
};

const readConnectData = (reader: Reader) => {
  expectBytes(reader, CONNECT_DATA, "gcc.connectData");
  return readPerLength(reader, "gcc.connectPdu.length");
};

const readUserData = (reader: Reader, connectPdu: ReturnType<typeof readPerLength>): GccRequest => {
  const length = readPerLength(reader, "gcc.userData.length");
  const blocks = reader.sub(length.value, "gcc.userData");
  reader.end("gcc.userData");
  return {
    blocks,
    framing: {
      connectPduLength: connectPdu.value,
      connectPduLengthOctets: connectPdu.octets,
      blocksLengthOctets: length.octets,
    },
  };
};

const encodeConnectData = (
  header: Uint8Array,
  blocks: Uint8Array,
  framing: GccFraming | undefined,
): Uint8Array => {
  const pdu = writePerLength(new Writer().bytes(header), blocks.length, framing?.blocksLengthOctets)
    .bytes(blocks)
    .finish();
  const writer = new Writer().bytes(CONNECT_DATA);
  return writePerLength(writer, framing?.connectPduLength ?? pdu.length, framing?.connectPduLengthOctets)
    .bytes(pdu)
    .finish();
};

const expectBytes = (reader: Reader, expected: Uint8Array, field: string): void => {
  const at = reader.offset;
  const actual = reader.bytes(expected.length, field);
  const differs = expected.findIndex((byte, i) => actual[i] !== byte);
  if (differs >= 0) reader.reject(field, "other bytes than RDP has here", at + differs);
};
