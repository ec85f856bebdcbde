/** X.224 Disconnect Request, how a gateway or broker refuses a connection: ITU-T X.224 13.5. */
import type { Decoded } from "../bytes/decoded.ts";
import { encodeTpdu, envelope, type InTpkt, openTpdu, TPDU_CODE, type TpduHeader } from "./tpdu.ts";

/** ITU-T X.224 13.5.3 d). */
export const DISCONNECT_REASONS = [
  { reason: 0, name: "reason not specified" },
  { reason: 1, name: "congestion at TSAP" },
  { reason: 2, name: "session entity not attached to TSAP" },
  { reason: 3, name: "address unknown" },
  { reason: 128, name: "normal disconnect" },
  { reason: 129, name: "remote transport entity congestion" },
  { reason: 130, name: "connection negotiation failed" },
  { reason: 131, name: "duplicate source reference" },
  { reason: 132, name: "mismatched references" },
  { reason: 133, name: "protocol error" },
  { reason: 135, name: "reference overflow" },
  { reason: 136, name: "connection request refused on this network connection" },
  { reason: 138, name: "header or parameter length invalid" },
] as const;

export interface DisconnectRequest extends InTpkt {
  readonly kind: "disconnect-request";
  readonly destinationReference: number;
  readonly sourceReference: number;
  /** One of {@link DISCONNECT_REASONS}, or a number without a name. */
  readonly reason: number;
  readonly variablePart: Uint8Array;
}

/** The specification's words for a reason, or null. */
export const disconnectReasonName = (reason: number): string | null =>
  DISCONNECT_REASONS.find((entry) => entry.reason === reason)?.name ?? null;

/** The Disconnect Request behind a header whose code says that it is one. ITU-T X.224 13.5 */
export const decodeDisconnectRequest = (
  bytes: Uint8Array,
  header: TpduHeader,
): Decoded<DisconnectRequest> => {
  const opened = openTpdu(bytes, header);
  if (opened.status !== "done") return opened;
  const reader = opened.value;
  return reader.result(
    {
      kind: "disconnect-request",
      ...envelope(header),
      destinationReference: reader.u16("x224.dstRef"),
      sourceReference: reader.u16("x224.srcRef"),
      reason: reader.u8("x224.reason"),
      variablePart: reader.rest(),
    },
    opened.size,
  );
};

/** @throws RangeError when a number does not fit its field. */
export const encodeDisconnectRequest = (request: DisconnectRequest): Uint8Array =>
  encodeTpdu(TPDU_CODE.disconnectRequest, request, (writer) => {
    writer.u16(request.destinationReference).u16(request.sourceReference);
    writer.u8(request.reason).bytes(request.variablePart);
  });
