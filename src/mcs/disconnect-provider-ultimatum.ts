/** [T.125] 7 DisconnectProviderUltimatum: how either side ends an MCS connection, or refuses one. */
import type { Decoded } from "../bytes/decoded.ts";
import { Reader } from "../bytes/reader.ts";
import { DATA_TPDU_HEADER_BYTES, decodeDataTpdu, encodeDataTpdu } from "./data-tpdu.ts";

/** [T.125] 7 Reason. */
const DISCONNECT_REASONS = [
  "rn-domain-disconnected",
  "rn-provider-initiated",
  "rn-token-purged",
  "rn-user-requested",
  "rn-channel-purged",
] as const;

/** Position of the PDU in the CHOICE DomainMCSPDU. */
const CHOICE = 8;

export interface DisconnectProviderUltimatum {
  readonly kind: "disconnect-provider-ultimatum";
  /** `name` null where T.125 has none. */
  readonly reason: { readonly code: number; readonly name: string | null };
}

/** Whether the payload of a Data TPDU is this PDU. */
export const isDisconnectProviderUltimatum = (payload: Uint8Array): boolean =>
  payload[0] !== undefined && payload[0] >> 2 === CHOICE;

/** Decodes a whole packet, from its TPKT header on. */
export const decodeDisconnectProviderUltimatum = (
  bytes: Uint8Array,
): Decoded<DisconnectProviderUltimatum> => {
  const packet = decodeDataTpdu(bytes);
  if (packet.status !== "done") return packet;
  const field = "disconnectProviderUltimatum";
  const reader = new Reader(packet.value, DATA_TPDU_HEADER_BYTES);
  if (!isDisconnectProviderUltimatum(packet.value)) reader.reject(field, "another PDU of DomainMCSPDU");
  const bits = reader.u16(`${field}.reason`);
  if (bits % 0x80 !== 0)
    reader.reject(`${field}.reason`, "padding that is not zero", DATA_TPDU_HEADER_BYTES + 1);
  reader.end(field);
  const code = (bits >> 7) & 0x07;
  const reason = { code, name: DISCONNECT_REASONS[code] ?? null };
  return reader.result({ kind: "disconnect-provider-ultimatum", reason }, packet.size);
};

/** The whole packet of 9 bytes. @param code 0 to 7; 3 is the polite end by a client. */
export const encodeDisconnectProviderUltimatum = (code = 3): Uint8Array => {
  const bits = (CHOICE << 10) | ((code & 0x07) << 7);
  return encodeDataTpdu(Uint8Array.of(bits >> 8, bits & 0xff));
};
