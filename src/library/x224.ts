/** `rdprobe/x224`: TPKT, X.224 and the RDP negotiation as codecs ([MS-RDPBCGR] 2.2.1.1, 2.2.1.2). Re-exports only. */
export type { Decoded, DecodeFault } from "../bytes/decoded.ts";
export { fromHex, toHex } from "../bytes/hex.ts";
export {
  type ConnectionConfirm,
  decodeConnectionConfirm,
  encodeConnectionConfirm,
} from "../x224/connection-confirm.ts";
export {
  type ConnectionRequest,
  decodeConnectionRequest,
  encodeConnectionRequest,
  type Routing,
} from "../x224/connection-request.ts";
export { FAILURE_CODES, failureName, type NegotiationFailure } from "../x224/negotiation-failure.ts";
export { type NegotiationRequest, REQUEST_FLAG } from "../x224/negotiation-request.ts";
export { type NegotiationResponse, RESPONSE_FLAGS, responseFlagIds } from "../x224/negotiation-response.ts";
export { PROTOCOL, PROTOCOLS, type ProtocolId, protocolIds, selectedProtocolId } from "../x224/protocols.ts";
export { decodeServerTpdu, encodeServerTpdu, type ServerTpdu } from "../x224/server-tpdu.ts";
export { decodeTpkt, encodeTpkt, type Tpkt } from "../x224/tpkt.ts";
