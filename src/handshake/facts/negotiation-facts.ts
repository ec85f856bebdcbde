/** What the X.224 exchange of one connection says, read from what each side sent. */
import type { DecodeFault } from "../../bytes/decoded.ts";
import { isTransportConfirm } from "../../x224/connection-confirm.ts";
import { type ConnectionRequest, decodeConnectionRequest } from "../../x224/connection-request.ts";
import { PROTOCOL, selectedProtocolId } from "../../x224/protocols.ts";
import { decodeServerTpdu, type ServerTpdu } from "../../x224/server-tpdu.ts";
import { FOREIGN_SAMPLE_BYTES, type ForeignProtocol, recogniseForeign } from "./foreign-protocol.ts";

/** The server's first answer, by how far it can be read. */
type NegotiationAnswer =
  | { readonly kind: "none" }
  /** The answer began and did not end: `missingBytes` more were announced. */
  | { readonly kind: "partial"; readonly receivedBytes: number; readonly missingBytes: number }
  | { readonly kind: "tpdu"; readonly tpdu: ServerTpdu; readonly raw: Uint8Array }
  /** Something else than TPKT answers. */
  | { readonly kind: "foreign"; readonly protocol: ForeignProtocol | null; readonly sample: Uint8Array }
  | { readonly kind: "malformed"; readonly fault: DecodeFault; readonly sample: Uint8Array };

export interface NegotiationFacts {
  /** The Connection Request that was sent, or null where none can be read. */
  readonly request: ConnectionRequest | null;
  readonly answer: NegotiationAnswer;
  /** The request began and did not end. */
  readonly isRequestPartial: boolean;
  /**
   * A Disconnect Provider Ultimatum right after the Connection Confirm: the server takes its answer back. After a
   * Connect-Initial of the client it is the answer to that.
   */
  readonly takenBack: boolean;
  /** The first bytes of another TPKT that came where TLS was due; null where none did. */
  readonly trailing: Uint8Array | null;
  /** Bytes of each side that the negotiation took; TLS starts behind them. */
  readonly clientSizeBytes: number;
  readonly serverSizeBytes: number;
}

/** Reads the negotiation from the first bytes that the client and the server sent. */
export const readNegotiation = (client: Uint8Array, server: Uint8Array): NegotiationFacts => {
  const request = decodeConnectionRequest(client);
  const answer = readAnswer(server);
  const clientSizeBytes = request.status === "done" ? request.size : 0;
  return {
    request: request.status === "done" ? request.value : null,
    answer,
    isRequestPartial: request.status === "need" && client[0] === TPKT_VERSION,
    takenBack: false,
    trailing: null,
    clientSizeBytes,
    serverSizeBytes: answer.kind === "tpdu" ? answer.raw.length : 0,
  };
};

/**
 * The selected protocol where a TLS handshake follows this answer ([MS-RDPBCGR] 5.4.5: every one but
 * PROTOCOL_RDP), else null. One that was not asked for ends the conversation: no client goes on with it.
 * @param request null where a capture does not show it: then all may have been asked for.
 */
export const tlsProtocol = (tpdu: ServerTpdu, request: ConnectionRequest | null): number | null => {
  if (tpdu.kind !== "connection-confirm" || tpdu.negotiation?.type !== "response") return null;
  const { selectedProtocol } = tpdu.negotiation;
  const asked =
    request === null ? selectedProtocol : (request.negotiation?.requestedProtocols ?? PROTOCOL.rdp);
  return isOneLayer(selectedProtocol) && (selectedProtocol & ~asked) === 0 ? selectedProtocol : null;
};

/** A selectedProtocol is one of a list of values, and no combination of them ([MS-RDPBCGR] 2.2.1.2.1). */
const isOneLayer = (selected: number): boolean =>
  selected !== PROTOCOL.rdp && selectedProtocolId(selected) !== null;

/** Whether Standard RDP Security follows: PROTOCOL_RDP, or no negotiation data ([MS-RDPBCGR] 3.2.5.3.2). */
export const isStandardSecurity = (tpdu: ServerTpdu): boolean =>
  tpdu.kind === "connection-confirm" &&
  (tpdu.negotiation === null ||
    (tpdu.negotiation.type === "response" && tpdu.negotiation.selectedProtocol === PROTOCOL.rdp));

/** Whether CredSSP runs inside TLS with this selectedProtocol. */
export const isCredSsp = (selected: number | null): boolean =>
  selected === PROTOCOL.hybrid || selected === PROTOCOL.hybridEx;

/** Whether these bytes begin with a Disconnect Provider Ultimatum. */
export const isMcsDisconnect = (bytes: Uint8Array): boolean => {
  const next = decodeServerTpdu(bytes);
  return next.status === "done" && next.value.kind === "mcs-disconnect";
};

const TPKT_VERSION = 3;

const readAnswer = (server: Uint8Array): NegotiationAnswer => {
  if (server.length === 0) return { kind: "none" };
  const sample = server.slice(0, FOREIGN_SAMPLE_BYTES);
  if (server[0] !== TPKT_VERSION) return { kind: "foreign", protocol: recogniseForeign(sample), sample };
  const decoded = decodeServerTpdu(server);
  switch (decoded.status) {
    case "done":
      return { kind: "tpdu", tpdu: decoded.value, raw: server.slice(0, decoded.size) };
    case "need":
      return { kind: "partial", receivedBytes: server.length, missingBytes: decoded.bytes };
    case "bad":
      if (isTransportConfirm(server)) return { kind: "foreign", protocol: "iso-tsap", sample };
      return { kind: "malformed", fault: decoded.fault, sample };
  }
};
