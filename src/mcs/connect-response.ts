/** [MS-RDPBCGR] 2.2.1.4 Server MCS Connect Response PDU with GCC Conference Create Response. */
import type { Decoded } from "../bytes/decoded.ts";
import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import {
  BER_TAG,
  readBerElement,
  readBerHeader,
  readBerUnsigned,
  readBerWhole,
  unsignedBytes,
  writeBer,
} from "./ber.ts";
import type { ConnectFraming } from "./connect-initial.ts";
import { DATA_TPDU_HEADER_BYTES, decodeDataTpdu, encodeDataTpdu } from "./data-tpdu.ts";
import { encodeDomainParameters, SERVER_PARAMETERS } from "./domain-parameters.ts";
import {
  type ConferenceCreateResponse,
  encodeGccResponse,
  type GccResponse,
  readGccResponse,
} from "./gcc.ts";
import { encodeServerBlocks, readServerBlocks, type ServerBlock } from "./server-blocks.ts";

/** [T.125] 7 Result. */
export const MCS_RESULTS = [
  "rt-successful",
  "rt-domain-merging",
  "rt-domain-not-hierarchical",
  "rt-no-such-channel",
  "rt-no-such-domain",
  "rt-no-such-user",
  "rt-not-admitted",
  "rt-other-user-id",
  "rt-parameters-unacceptable",
  "rt-token-not-available",
  "rt-token-not-possessed",
  "rt-too-many-channels",
  "rt-too-many-tokens",
  "rt-too-many-users",
  "rt-unspecified-failure",
  "rt-user-rejected",
] as const;

export interface ConnectResponse {
  readonly kind: "connect-response";
  /** 0 is success; `MCS_RESULTS` names it. */
  readonly result: number;
  readonly calledConnectId: number;
  /** Contents of the SEQUENCE; `decodeDomainParameters` reads it. */
  readonly domainParameters: Uint8Array;
  /** Null where the server left the user data empty. */
  readonly conference: ConferenceCreateResponse | null;
  readonly blocks: readonly ServerBlock[];
  /** Set by the decoder; absent: the fewest octets. */
  readonly framing?: ConnectFraming;
}

/** Decodes a whole packet, from its TPKT header on. */
export const decodeConnectResponse = (bytes: Uint8Array): Decoded<ConnectResponse> => {
  const packet = decodeDataTpdu(bytes);
  if (packet.status !== "done") return packet;
  const reader = new Reader(packet.value, DATA_TPDU_HEADER_BYTES);
  return reader.result(readConnectResponse(reader), packet.size);
};

/** The whole packet. @throws RangeError when a value does not fit its field. */
export const encodeConnectResponse = (pdu: ConnectResponse): Uint8Array => {
  const { conference, framing } = pdu;
  const body = new Writer();
  writeBer(body, BER_TAG.enumerated, unsignedBytes(pdu.result));
  writeBer(body, BER_TAG.integer, unsignedBytes(pdu.calledConnectId));
  writeBer(body, BER_TAG.sequence, pdu.domainParameters);
  const gcc =
    conference === null
      ? new Uint8Array(0)
      : encodeGccResponse(conference, encodeServerBlocks(pdu.blocks), framing?.gcc);
  writeBer(body, BER_TAG.octetString, gcc, framing?.userDataLengthOctets);
  const connect = writeBer(
    new Writer(),
    BER_TAG.connectResponse,
    body.finish(),
    framing?.connectLengthOctets,
  );
  return encodeDataTpdu(connect.finish());
};

/** A success as Windows answers it. */
export const connectResponse = (blocks: readonly ServerBlock[]): ConnectResponse => ({
  kind: "connect-response",
  result: 0,
  calledConnectId: 0,
  domainParameters: encodeDomainParameters(SERVER_PARAMETERS, "signed"),
  conference: { nodeId: 31219, tag: 1, result: 0 },
  blocks,
});

const readConnectResponse = (reader: Reader): ConnectResponse => {
  const connectLengthOctets = readBerWhole(reader, BER_TAG.connectResponse, "connectResponse");
  const result = readBerUnsigned(reader, BER_TAG.enumerated, "connectResponse.result");
  const calledConnectId = readBerUnsigned(reader, BER_TAG.integer, "connectResponse.calledConnectId");
  const parameters = "connectResponse.domainParameters";
  const domainParameters = readBerElement(reader, BER_TAG.sequence, parameters);
  const userData = readBerHeader(reader, BER_TAG.octetString, "connectResponse.userData");
  const gccReader = reader.sub(userData.value, "connectResponse.userData");
  const gcc: GccResponse | null = userData.value === 0 ? null : readGccResponse(gccReader);
  const blocks = gcc === null ? [] : readServerBlocks(gcc.blocks);
  for (const part of [gccReader, gcc?.blocks]) if (part?.fault != null) reader.rejectWith(part.fault);
  reader.end("connectResponse");
  return {
    kind: "connect-response",
    result,
    calledConnectId,
    domainParameters,
    conference: gcc?.conference ?? null,
    blocks,
    framing: {
      connectLengthOctets,
      userDataLengthOctets: userData.octets,
      ...(gcc !== null && { gcc: gcc.framing }),
    },
  };
};
