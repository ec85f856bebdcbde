/** The extensions that say little more than that they are there (RFC 5746, 6066, 7627, 5077, 8446). */
import type { Decoded } from "../../bytes/decoded.ts";
import { Writer } from "../../bytes/writer.ts";
import { EXTENSION, type Extension } from "../wire/extension.ts";
import { decodeWhole, readOpaque, writeOpaque } from "../wire/vector.ts";

/** `renegotiated_connection`: empty in a first handshake (RFC 5746 3.2). */
export const decodeRenegotiationInfo = (data: Uint8Array): Decoded<Uint8Array> =>
  decodeWhole(data, "renegotiation_info", (reader) => readOpaque(reader, 1, "renegotiation_info"));

export const renegotiationInfo = (renegotiatedConnection: Uint8Array = EMPTY): Extension => ({
  type: EXTENSION.renegotiationInfo,
  data: writeOpaque(new Writer(), 1, renegotiatedConnection).finish(),
});

/** RFC 7627 5.1: no data. */
export const extendedMasterSecret = (): Extension => ({ type: EXTENSION.extendedMasterSecret, data: EMPTY });

/** RFC 7366 2: no data. */
export const encryptThenMac = (): Extension => ({ type: EXTENSION.encryptThenMac, data: EMPTY });

/** RFC 8446 4.2.6: no data. */
export const postHandshakeAuth = (): Extension => ({ type: EXTENSION.postHandshakeAuth, data: EMPTY });

/** RFC 5077 3.2: the ticket of an earlier session, or nothing from a client that would like one. */
export const sessionTicket = (ticket: Uint8Array = EMPTY): Extension => ({
  type: EXTENSION.sessionTicket,
  data: ticket,
});

/** A `CertificateStatusRequest` (RFC 6066 8); a server's has no data at all. */
export interface StatusRequest {
  /** 1 is ocsp. */
  readonly statusType: number;
  /** The list of responders as it stands, without its length. */
  readonly responderIds: Uint8Array;
  readonly requestExtensions: Uint8Array;
}

export const decodeStatusRequest = (data: Uint8Array): Decoded<StatusRequest> =>
  decodeWhole(data, "status_request", (reader) => ({
    statusType: reader.u8("status_request.status_type"),
    responderIds: readOpaque(reader, 2, "status_request.responder_id_list"),
    requestExtensions: readOpaque(reader, 2, "status_request.request_extensions"),
  }));

/** By default what every client sends: OCSP, any responder, no extensions. */
export const statusRequest = (
  request: StatusRequest = { statusType: 1, responderIds: EMPTY, requestExtensions: EMPTY },
): Extension => {
  const writer = new Writer().u8(request.statusType);
  writeOpaque(writer, 2, request.responderIds);
  writeOpaque(writer, 2, request.requestExtensions);
  return { type: EXTENSION.statusRequest, data: writer.finish() };
};

const EMPTY = new Uint8Array(0);
