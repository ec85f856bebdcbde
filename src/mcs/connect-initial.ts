/** [MS-RDPBCGR] 2.2.1.3 Client MCS Connect Initial PDU with GCC Conference Create Request. */
import type { Decoded } from "../bytes/decoded.ts";
import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { BER_TAG, readBerElement, readBerHeader, readBerWhole, writeBer } from "./ber.ts";
import { type ClientBlock, encodeClientBlocks, readClientBlocks } from "./client-blocks.ts";
import { DATA_TPDU_HEADER_BYTES, decodeDataTpdu, encodeDataTpdu } from "./data-tpdu.ts";
import { encodeGccRequest, type GccFraming, readGccRequest } from "./gcc.ts";

/** Octets that the two BER lengths took, and the framing of GCC. */
export interface ConnectFraming {
  readonly connectLengthOctets: number;
  readonly userDataLengthOctets: number;
  readonly gcc?: GccFraming;
}

export interface ConnectInitial {
  readonly kind: "connect-initial";
  readonly callingDomainSelector: Uint8Array;
  readonly calledDomainSelector: Uint8Array;
  /** The byte of a BOOLEAN. */
  readonly upwardFlag: number;
  /** Contents of the SEQUENCE; `decodeDomainParameters` reads it. */
  readonly targetParameters: Uint8Array;
  readonly minimumParameters: Uint8Array;
  readonly maximumParameters: Uint8Array;
  readonly blocks: readonly ClientBlock[];
  /** Set by the decoder; absent: the fewest octets. */
  readonly framing?: ConnectFraming;
}

/** Decodes a whole packet, from its TPKT header on. */
export const decodeConnectInitial = (bytes: Uint8Array): Decoded<ConnectInitial> => {
  const packet = decodeDataTpdu(bytes);
  if (packet.status !== "done") return packet;
  const reader = new Reader(packet.value, DATA_TPDU_HEADER_BYTES);
  return reader.result(readConnectInitial(reader), packet.size);
};

/** The whole packet. @throws RangeError when a value does not fit its field. */
export const encodeConnectInitial = (pdu: ConnectInitial): Uint8Array => {
  const { framing } = pdu;
  const body = new Writer();
  writeBer(body, BER_TAG.octetString, pdu.callingDomainSelector);
  writeBer(body, BER_TAG.octetString, pdu.calledDomainSelector);
  writeBer(body, BER_TAG.boolean, Uint8Array.of(pdu.upwardFlag));
  writeBer(body, BER_TAG.sequence, pdu.targetParameters);
  writeBer(body, BER_TAG.sequence, pdu.minimumParameters);
  writeBer(body, BER_TAG.sequence, pdu.maximumParameters);
  const gcc = encodeGccRequest(encodeClientBlocks(pdu.blocks), framing?.gcc);
  writeBer(body, BER_TAG.octetString, gcc, framing?.userDataLengthOctets);
  const connect = writeBer(new Writer(), BER_TAG.connectInitial, body.finish(), framing?.connectLengthOctets);
  return encodeDataTpdu(connect.finish());
};

const readConnectInitial = (reader: Reader): ConnectInitial => {
  const field = (name: string): string => `connectInitial.${name}`;
  const connectLengthOctets = readBerWhole(reader, BER_TAG.connectInitial, "connectInitial");
  const callingDomainSelector = readBerElement(reader, BER_TAG.octetString, field("callingDomainSelector"));
  const calledDomainSelector = readBerElement(reader, BER_TAG.octetString, field("calledDomainSelector"));
  const upwardFlagAt = reader.offset;
  const upward = readBerElement(reader, BER_TAG.boolean, field("upwardFlag"));
  if (upward.length !== 1) {
    reader.reject(field("upwardFlag"), `a boolean of ${upward.length} bytes`, upwardFlagAt);
  }
  const targetParameters = readBerElement(reader, BER_TAG.sequence, field("targetParameters"));
  const minimumParameters = readBerElement(reader, BER_TAG.sequence, field("minimumParameters"));
  const maximumParameters = readBerElement(reader, BER_TAG.sequence, field("maximumParameters"));
  const userData = readBerHeader(reader, BER_TAG.octetString, field("userData"));
  const gccReader = reader.sub(userData.value, field("userData"));
  const gcc = readGccRequest(gccReader);
  const blocks = readClientBlocks(gcc.blocks);
  for (const part of [gccReader, gcc.blocks]) if (part.fault !== null) reader.rejectWith(part.fault);
  reader.end("connectInitial");
  return {
    kind: "connect-initial",
    callingDomainSelector,
    calledDomainSelector,
    upwardFlag: upward[0] ?? 0,
    targetParameters,
    minimumParameters,
    maximumParameters,
    blocks,
    framing: {
      connectLengthOctets,
      userDataLengthOctets: userData.octets,
      gcc: gcc.framing,
    },
  };
};
