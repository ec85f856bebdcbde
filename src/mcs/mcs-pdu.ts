/** Any MCS PDU of the basic settings exchange ([MS-RDPBCGR] 1.3.1.1), told apart by its first bytes. */
import { type Decoded, done } from "../bytes/decoded.ts";
import { type ConnectInitial, decodeConnectInitial } from "./connect-initial.ts";
import { type ConnectResponse, decodeConnectResponse } from "./connect-response.ts";
import { decodeDataTpdu } from "./data-tpdu.ts";
import {
  type DisconnectProviderUltimatum,
  decodeDisconnectProviderUltimatum,
  isDisconnectProviderUltimatum,
} from "./disconnect-provider-ultimatum.ts";

/** A PDU that is not taken apart: the payload of its Data TPDU. */
interface OtherMcsPdu {
  readonly kind: "other";
  readonly payload: Uint8Array;
}

export type McsPdu = ConnectInitial | ConnectResponse | DisconnectProviderUltimatum | OtherMcsPdu;

/** Decodes one packet from the front of `bytes`: what a server may answer to a Connect-Initial, and that itself. */
export const decodeMcsPdu = (bytes: Uint8Array): Decoded<McsPdu> => {
  const packet = decodeDataTpdu(bytes);
  if (packet.status !== "done") return packet;
  const payload = packet.value;
  const tag = (payload[0] ?? 0) * 0x100 + (payload[1] ?? 0);
  if (tag === 0x7f65) return decodeConnectInitial(bytes);
  if (tag === 0x7f66) return decodeConnectResponse(bytes);
  if (isDisconnectProviderUltimatum(payload)) return decodeDisconnectProviderUltimatum(bytes);
  return done({ kind: "other", payload }, packet.size);
};
