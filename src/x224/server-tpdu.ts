/** Whatever a server may answer to a Connection Request, inside its TPKT. */
import { type Decoded, done, need } from "../bytes/decoded.ts";
import {
  type ConnectionConfirm,
  decodeConnectionConfirm,
  encodeConnectionConfirm,
} from "./connection-confirm.ts";
import {
  type DisconnectRequest,
  decodeDisconnectRequest,
  encodeDisconnectRequest,
} from "./disconnect-request.ts";
import { decodeErrorTpdu, type ErrorTpdu, encodeErrorTpdu } from "./error-tpdu.ts";
import { decodeTpduHeader, envelope, type InTpkt, TPDU_CODE, type TpduHeader } from "./tpdu.ts";
import { encodeTpkt, TPKT_HEADER_SIZE } from "./tpkt.ts";

/** Far more than any answer to a Connection Request; a longer one is not worth waiting for. */
const MAX_ANSWER_SIZE = 4096;

/** X.224 Data with EOT, then choice 8 (disconnectProviderUltimatum) of an aligned PER DomainMCSPDU. */
const DATA_LENGTH_INDICATOR = 2;
const EOT = 0x80;
const ULTIMATUM_CHOICE = 0x20;

/** MCS Disconnect Provider Ultimatum: [MS-RDPBCGR] 2.2.2.3, ITU-T T.125 7. As a first answer it is a refusal. */
interface McsDisconnect extends InTpkt {
  readonly kind: "mcs-disconnect";
  /** T.125 Reason, 0 to 7: 0 domain-disconnected, 1 provider-initiated, 3 user-requested. */
  readonly reason: number;
}

interface UnknownTpdu extends InTpkt {
  readonly kind: "unknown";
  readonly code: number;
  /** All that the TPKT holds, length indicator and code included. */
  readonly body: Uint8Array;
}

export type ServerTpdu = ConnectionConfirm | DisconnectRequest | ErrorTpdu | McsDisconnect | UnknownTpdu;

/**
 * One TPKT with the TPDU in it. `size` is the TPKT's: more may follow in the same segment, as xrdp's
 * Disconnect Provider Ultimatum does after a Connection Confirm.
 */
export const decodeServerTpdu = (bytes: Uint8Array): Decoded<ServerTpdu> => {
  const header = decodeTpduHeader(bytes, MAX_ANSWER_SIZE);
  if (header.status !== "done") return header;
  switch (header.value.code) {
    case TPDU_CODE.connectionConfirm:
      return decodeConnectionConfirm(bytes, header.value);
    case TPDU_CODE.disconnectRequest:
      return decodeDisconnectRequest(bytes, header.value);
    case TPDU_CODE.error:
      return decodeErrorTpdu(bytes, header.value);
    default:
      return decodeOther(bytes, header.value);
  }
};

/**
 * The TPDU as bytes, TPKT header included.
 * @throws RangeError when a number does not fit its field.
 */
export const encodeServerTpdu = (tpdu: ServerTpdu): Uint8Array => {
  switch (tpdu.kind) {
    case "connection-confirm":
      return encodeConnectionConfirm(tpdu);
    case "disconnect-request":
      return encodeDisconnectRequest(tpdu);
    case "error":
      return encodeErrorTpdu(tpdu);
    case "mcs-disconnect":
      return encodeTpkt({ reserved: tpdu.tpktReserved ?? 0, body: ultimatum(tpdu.reason) });
    case "unknown":
      return encodeTpkt({ reserved: tpdu.tpktReserved ?? 0, body: tpdu.body });
  }
};

const decodeOther = (bytes: Uint8Array, header: TpduHeader): Decoded<McsDisconnect | UnknownTpdu> => {
  const { length, code } = header;
  if (bytes.length < length) return need(length - bytes.length);
  const body = bytes.subarray(TPKT_HEADER_SIZE, length);
  const reason = ultimatumReason(body);
  return reason === null
    ? done({ kind: "unknown", ...envelope(header), code, body }, length)
    : done({ kind: "mcs-disconnect", ...envelope(header), reason }, length);
};

/** The reason's three bits stand across two bytes, after the six of the choice. */
const ultimatum = (reason: number): Uint8Array => {
  if (!Number.isInteger(reason) || reason < 0 || reason > 7) throw new RangeError(`mcs: no reason ${reason}`);
  const choice = ULTIMATUM_CHOICE | (reason >> 1);
  return Uint8Array.of(DATA_LENGTH_INDICATOR, TPDU_CODE.data, EOT, choice, (reason & 1) << 7);
};

const ultimatumReason = (body: Uint8Array): number | null => {
  const [lengthIndicator, code, eot, choice = 0, low = 0] = body;
  const isUltimatum =
    body.length === 5 &&
    lengthIndicator === DATA_LENGTH_INDICATOR &&
    code === TPDU_CODE.data &&
    eot === EOT &&
    (choice & 0xfc) === ULTIMATUM_CHOICE &&
    (low & 0x7f) === 0;
  return isUltimatum ? ((choice & 0x03) << 1) | (low >> 7) : null;
};
