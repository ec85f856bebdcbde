/** X.224 Connection Confirm inside its TPKT, a server's answer: [MS-RDPBCGR] 2.2.1.2. */
import type { Decoded } from "../bytes/decoded.ts";
import type { Reader } from "../bytes/reader.ts";
import {
  NEGOTIATION_FAILURE_TYPE,
  type NegotiationFailure,
  readNegotiationFailure,
  writeNegotiationFailure,
} from "./negotiation-failure.ts";
import {
  NEGOTIATION_RESPONSE_TYPE,
  type NegotiationResponse,
  readNegotiationResponse,
  writeNegotiationResponse,
} from "./negotiation-response.ts";
import {
  BODY_OFFSET,
  decodeTpduHeader,
  encodeTpdu,
  envelope,
  type InTpkt,
  MAX_TPDU_PACKET_SIZE,
  openTpdu,
  TPDU_CODE,
  type TpduHeader,
} from "./tpdu.ts";
import { areTransportParameters } from "./transport-parameters.ts";

/** Destination reference, source reference, class and options: ITU-T X.224 13.4. */
const FIXED_PART_SIZE = 5;

export interface ConnectionConfirm extends InTpkt {
  readonly kind: "connection-confirm";
  readonly destinationReference: number;
  readonly sourceReference: number;
  readonly classOptions: number;
  /** null: a server older than the negotiation, which speaks Standard RDP Security. */
  readonly negotiation: NegotiationResponse | NegotiationFailure | null;
  /** Bytes after the negotiation structure, which no specification has; absent when there are none. */
  readonly trailing?: Uint8Array;
}

/** The Connection Confirm behind a header whose code says that it is one. [MS-RDPBCGR] 2.2.1.2 */
export const decodeConnectionConfirm = (
  bytes: Uint8Array,
  header: TpduHeader,
): Decoded<ConnectionConfirm> => {
  const opened = openTpdu(bytes, header);
  if (opened.status !== "done") return opened;
  const reader = opened.value;
  const destinationReference = reader.u16("x224.dstRef");
  const sourceReference = reader.u16("x224.srcRef");
  const classOptions = reader.u8("x224.classOptions");
  const negotiation = reader.remaining > 0 ? readNegotiation(reader) : null;
  const trailing = reader.rest();
  return reader.result(
    {
      kind: "connection-confirm",
      ...envelope(header),
      destinationReference,
      sourceReference,
      classOptions,
      negotiation,
      ...(trailing.length > 0 ? { trailing } : {}),
    },
    opened.size,
  );
};

/**
 * Whether a whole Connection Confirm carries an ISO transport service's parameters where RDP has its negotiation:
 * an answer of S7, MMS and the like, on RFC 1006.
 */
export const isTransportConfirm = (bytes: Uint8Array): boolean => {
  const header = decodeTpduHeader(bytes, MAX_TPDU_PACKET_SIZE);
  if (header.status !== "done" || header.value.code !== TPDU_CODE.connectionConfirm) return false;
  const { length } = header.value;
  return (
    openTpdu(bytes, header.value).status === "done" &&
    areTransportParameters(bytes.subarray(BODY_OFFSET + FIXED_PART_SIZE, length))
  );
};

/**
 * The answer as bytes, TPKT header included.
 * @throws RangeError when a number does not fit its field.
 */
export const encodeConnectionConfirm = (confirm: ConnectionConfirm): Uint8Array =>
  encodeTpdu(TPDU_CODE.connectionConfirm, confirm, (writer) => {
    const { negotiation } = confirm;
    writer.u16(confirm.destinationReference).u16(confirm.sourceReference).u8(confirm.classOptions);
    if (negotiation?.type === "response") writeNegotiationResponse(writer, negotiation);
    if (negotiation?.type === "failure") writeNegotiationFailure(writer, negotiation);
    writer.bytes(confirm.trailing ?? []);
  });

const readNegotiation = (reader: Reader): NegotiationResponse | NegotiationFailure | null => {
  const offset = reader.offset;
  const type = reader.u8("rdpNegData.type");
  switch (type) {
    case NEGOTIATION_RESPONSE_TYPE:
      return readNegotiationResponse(reader);
    case NEGOTIATION_FAILURE_TYPE:
      return readNegotiationFailure(reader);
    default:
      reader.reject("rdpNegData.type", `type ${type} is neither a response (2) nor a failure (3)`, offset);
      return null;
  }
};
