/** Whether a TCP stream is RDP, by its first bytes and on any port: a Connection Request, or a Confirm. */
import { latin1Text } from "../../bytes/latin1.ts";
import { decodeConnectionRequest } from "../../x224/connection-request.ts";
import { NEGOTIATION_FAILURE_TYPE } from "../../x224/negotiation-failure.ts";
import { NEGOTIATION_REQUEST_TYPE } from "../../x224/negotiation-request.ts";
import { NEGOTIATION_RESPONSE_TYPE } from "../../x224/negotiation-response.ts";
import { TPDU_CODE } from "../../x224/tpdu.ts";
import { readFront, type StreamFront } from "./stream-front.ts";

export type StreamOpening =
  | {
      readonly status: "rdp";
      /** Bytes of each side before its first TPKT. */
      readonly clientStart: number;
      readonly serverStart: number;
      /** What stood before, in its order. */
      readonly fronts: readonly StreamFront[];
    }
  | { readonly status: "undecided" }
  | { readonly status: "other" };

/** The port that RDP listens on unless told otherwise. */
export const RDP_PORT = 3389;

/** What is looked at of each side: a greeting that is longer is none. */
const MAX_OPENING_BYTES = 8192;
const MAX_FRONTS = 4;

/**
 * Looks at the first bytes of both sides. What is decided is not taken back when more of them come.
 * @param port the server's: it decides alone where a Connection Request says nothing and nobody answered it.
 * @param isOver no more bytes will come.
 */
export const recogniseOpening = (
  clientBytes: Uint8Array,
  serverBytes: Uint8Array,
  port: number,
  isOver: boolean,
): StreamOpening => {
  const client = clientBytes.subarray(0, MAX_OPENING_BYTES);
  const server = serverBytes.subarray(0, MAX_OPENING_BYTES);
  const fronts: (() => StreamFront)[] = [];
  let clientStart = 0;
  let serverStart = 0;
  const isLast = isOver || Math.max(client.length, server.length) === MAX_OPENING_BYTES;
  while (fronts.length < MAX_FRONTS) {
    const reading = readFront(client.subarray(clientStart), server.subarray(serverStart), isLast);
    if (reading.status === "need" && !isLast) return UNDECIDED;
    if (reading.status !== "front") break;
    fronts.push(reading.front);
    clientStart += reading.client;
    serverStart += reading.server;
  }
  const status = statusBehind(client.subarray(clientStart), server.subarray(serverStart), port, isLast);
  return status === "rdp"
    ? { status, clientStart, serverStart, fronts: fronts.map((front) => front()) }
    : { status };
};

/** What follows the greetings. */
const statusBehind = (
  client: Uint8Array,
  server: Uint8Array,
  port: number,
  isLast: boolean,
): StreamOpening["status"] => {
  const asked = requestAt(client);
  if (asked === "rdp") return "rdp";
  const answered = confirmAt(server);
  if (answered === "rdp") return "rdp";
  if (asked === "bare") {
    if (answered === "bare") return "rdp";
    if (answered === "need" && !isLast) return "undecided";
    return port === RDP_PORT ? "rdp" : "other";
  }
  if (isLast) {
    const isCut = asked === "need" && isRequestCut(client);
    return isCut || isConfirmCut(server) ? "rdp" : "other";
  }
  // A server that speaks first may still be sent a Connection Request.
  if (asked === "need") return "undecided";
  return answered === "need" ? "undecided" : "other";
};

const UNDECIDED: StreamOpening = { status: "undecided" };

/** `bare`: a TPDU without a variable part, as any user of TPKT may send it. */
type Reading = "rdp" | "bare" | "other" | "need";

/** TPKT, length indicator, code, two references, class ([MS-RDPBCGR] 2.2.1.1). */
const FIXED_BYTES = 11;
const CODE_AT = 5;
const MAX_TPKT_BYTES = 4096;

/** X.224 13.2.3: parameters of the TPDU, which RDP has none of (calling and called selector, TPDU size). */
const PARAMETER_CODES: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2]);

const requestAt = (bytes: Uint8Array): Reading => {
  const frame = frameAt(bytes, TPDU_CODE.connectionRequest);
  if (frame !== "whole") return frame;
  const variablePart = bytes.subarray(FIXED_BYTES);
  const [first, , low, high] = variablePart;
  if (lengthOf(bytes) === FIXED_BYTES) return "bare";
  if (first !== undefined && PARAMETER_CODES.has(first)) return "other";
  if (latin1Text(variablePart.subarray(0, 7)) === "Cookie:") return "rdp";
  if (first === NEGOTIATION_REQUEST_TYPE && low === 8 && high === 0) return "rdp";
  return decodeConnectionRequest(bytes).status === "done" ? "rdp" : "other";
};

const confirmAt = (bytes: Uint8Array): Reading => {
  const frame = frameAt(bytes, TPDU_CODE.connectionConfirm);
  if (frame !== "whole") return frame;
  if (lengthOf(bytes) === FIXED_BYTES) return "bare";
  const type = bytes[FIXED_BYTES];
  return type === NEGOTIATION_RESPONSE_TYPE || type === NEGOTIATION_FAILURE_TYPE ? "rdp" : "other";
};

/** A Connection Request of which a capture kept the start: up to its cookie or its negotiation data. */
const isRequestCut = (bytes: Uint8Array): boolean => {
  const variablePart = bytes.subarray(FIXED_BYTES);
  const isCookie = "Cookie:".startsWith(latin1Text(variablePart.subarray(0, 7)));
  const isNegotiation = variablePart[0] === NEGOTIATION_REQUEST_TYPE;
  return isFrameCut(bytes, TPDU_CODE.connectionRequest) && (isCookie || isNegotiation);
};

/** The same of a Connection Confirm. */
const isConfirmCut = (bytes: Uint8Array): boolean =>
  isFrameCut(bytes, TPDU_CODE.connectionConfirm) &&
  (bytes[FIXED_BYTES] === NEGOTIATION_RESPONSE_TYPE || bytes[FIXED_BYTES] === NEGOTIATION_FAILURE_TYPE);

/** The fixed part is there, and a byte of the variable one; both lengths say the same. */
const isFrameCut = (bytes: Uint8Array, code: number): boolean =>
  bytes.length > FIXED_BYTES && frameAt(bytes, code) === "need" && lengthOf(bytes) === (bytes[4] ?? 0) + 5;

const lengthOf = (bytes: Uint8Array): number => (bytes[2] ?? 0) * 0x100 + (bytes[3] ?? 0);

/** Whether a TPKT with this TPDU stands there whole; what cannot be one is told by its first wrong byte. */
const frameAt = (bytes: Uint8Array, code: number): "whole" | "other" | "need" => {
  if (bytes.length > 0 && bytes[0] !== 3) return "other";
  if (bytes.length > 1 && bytes[1] !== 0) return "other";
  const length = lengthOf(bytes);
  if (bytes.length >= 4 && (length < FIXED_BYTES || length > MAX_TPKT_BYTES)) return "other";
  if (bytes.length > CODE_AT && ((bytes[CODE_AT] ?? 0) & 0xf0) !== code) return "other";
  return bytes.length < Math.max(FIXED_BYTES, length) ? "need" : "whole";
};
