/** X.224 Connection Request inside its TPKT, the first packet of a client: [MS-RDPBCGR] 2.2.1.1. */
import { bad, type Decoded } from "../bytes/decoded.ts";
import { Reader } from "../bytes/reader.ts";
import { type CorrelationInfo, readCorrelationInfo, writeCorrelationInfo } from "./correlation-info.ts";
import {
  NEGOTIATION_REQUEST_TYPE,
  type NegotiationRequest,
  REQUEST_FLAG,
  readNegotiationRequest,
  writeNegotiationRequest,
} from "./negotiation-request.ts";
import { type Routing, readRouting, writeRouting } from "./routing.ts";
import {
  CODE_OFFSET,
  decodeTpduHeader,
  encodeTpdu,
  envelope,
  hexByte,
  type InTpkt,
  MAX_TPDU_PACKET_SIZE,
  openTpdu,
  TPDU_CODE,
} from "./tpdu.ts";

export type { Routing } from "./routing.ts";

export interface ConnectionRequest extends InTpkt {
  readonly kind: "connection-request";
  readonly destinationReference: number;
  readonly sourceReference: number;
  readonly classOptions: number;
  readonly routing: Routing | null;
  readonly negotiation: NegotiationRequest | null;
  /** There if and only if the negotiation's flags say CORRELATION_INFO_PRESENT. */
  readonly correlation: CorrelationInfo | null;
}

/** A Connection Request with its TPKT header; `size` is the TPKT's. [MS-RDPBCGR] 2.2.1.1 */
export const decodeConnectionRequest = (bytes: Uint8Array): Decoded<ConnectionRequest> => {
  const header = decodeTpduHeader(bytes, MAX_TPDU_PACKET_SIZE);
  if (header.status !== "done") return header;
  const { code } = header.value;
  if (code !== TPDU_CODE.connectionRequest) {
    return bad("x224.code", CODE_OFFSET, `${hexByte(code)} is not a Connection Request (0xe0)`);
  }
  const opened = openTpdu(bytes, header.value);
  if (opened.status !== "done") return opened;

  const reader = opened.value;
  const destinationReference = reader.u16("x224.dstRef");
  const sourceReference = reader.u16("x224.srcRef");
  const classOptions = reader.u8("x224.classOptions");
  const offset = reader.offset;
  const variablePart = reader.rest();
  const part = new Reader(variablePart, offset);
  const routing = readRouting(part, variablePart, NEGOTIATION_REQUEST_TYPE);
  const negotiation = part.remaining > 0 ? readNegotiationRequest(part) : null;
  const correlation = saysCorrelation(negotiation) ? readCorrelationInfo(part) : null;
  part.end("x224.variablePart");
  if (part.fault !== null) reader.rejectWith(part.fault);
  return reader.result(
    {
      kind: "connection-request",
      ...envelope(header.value),
      destinationReference,
      sourceReference,
      classOptions,
      routing,
      negotiation,
      correlation,
    },
    opened.size,
  );
};

/**
 * The request as bytes, TPKT header included.
 * @throws RangeError for what no packet can say: more than 254 bytes, correlation info without its flag or
 * the flag without it, routing text that is not latin1.
 */
export const encodeConnectionRequest = (request: ConnectionRequest): Uint8Array => {
  const { routing, negotiation, correlation } = request;
  if (saysCorrelation(negotiation) !== (correlation !== null)) {
    throw new RangeError("connection request: correlation info and its flag go together");
  }
  return encodeTpdu(TPDU_CODE.connectionRequest, request, (writer) => {
    writer.u16(request.destinationReference).u16(request.sourceReference).u8(request.classOptions);
    if (routing !== null) writeRouting(writer, routing, NEGOTIATION_REQUEST_TYPE);
    if (negotiation !== null) writeNegotiationRequest(writer, negotiation);
    if (correlation !== null) writeCorrelationInfo(writer, correlation);
  });
};

const saysCorrelation = (negotiation: NegotiationRequest | null): boolean =>
  negotiation !== null && (negotiation.flags & REQUEST_FLAG.correlationInfoPresent) !== 0;
