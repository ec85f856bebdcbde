/** What a server may answer to a Connection Request: each one a function from the request to a TPDU. */
import type { ConnectionConfirm } from "../x224/connection-confirm.ts";
import type { ConnectionRequest } from "../x224/connection-request.ts";
import { PROTOCOL } from "../x224/protocols.ts";
import type { ServerTpdu } from "../x224/server-tpdu.ts";

export type Answer = (request: ConnectionRequest) => ServerTpdu;

/** Windows 10 1607 and later. */
const WINDOWS_FLAGS = 0x1f;
/** Windows sends its source reference as 12 34. */
const SOURCE_REFERENCE = 0x1234;
const SSL_REQUIRED = 1;
const HYBRID_REQUIRED = 5;
const USER_REQUESTED = 3;

export interface ServerPolicy {
  readonly nla: "required" | "optional" | "unsupported";
  readonly flags?: number;
}

/** The strongest of what the client asked for and the policy allows, or the failure that says what is missing. */
export const choose =
  ({ nla, flags = WINDOWS_FLAGS }: ServerPolicy): Answer =>
  ({ negotiation }) => {
    // A client that does not negotiate must not be sent negotiation data: [MS-RDPBCGR] 3.3.5.3.1.
    if (negotiation === null) return disconnect;
    const credssp = nla === "unsupported" ? [] : [PROTOCOL.hybridEx, PROTOCOL.hybrid];
    const allowed = nla === "required" ? credssp : [...credssp, PROTOCOL.ssl];
    const selected = allowed.find((protocol) => (negotiation.requestedProtocols & protocol) !== 0);
    if (selected !== undefined) return response(selected, flags);
    return failure(nla === "required" ? HYBRID_REQUIRED : SSL_REQUIRED);
  };

/** The same answer to everybody. */
export const always =
  (tpdu: ServerTpdu): Answer =>
  () =>
    tpdu;

/** Selects a protocol that this client did not ask for. */
export const chooseUnrequested: Answer = ({ negotiation }) => {
  const requested = negotiation?.requestedProtocols ?? PROTOCOL.rdp;
  return response((requested & PROTOCOL.rdstls) === 0 ? PROTOCOL.rdstls : PROTOCOL.rdsaad, WINDOWS_FLAGS);
};

/** Selects two layers at once, which no client can begin ([MS-RDPBCGR] 2.2.1.2.1). */
export const chooseTwo: Answer = () => response(PROTOCOL.ssl | PROTOCOL.hybrid);

/** Selects a bit that no document defines. */
export const chooseUndefined: Answer = () => response(0x100);

const confirm = (negotiation: ConnectionConfirm["negotiation"]): ConnectionConfirm => ({
  kind: "connection-confirm",
  destinationReference: 0,
  sourceReference: SOURCE_REFERENCE,
  classOptions: 0,
  negotiation,
});

export const response = (selectedProtocol: number, flags = WINDOWS_FLAGS): ConnectionConfirm =>
  confirm({ type: "response", flags, selectedProtocol });

export const failure = (failureCode: number): ConnectionConfirm =>
  confirm({ type: "failure", flags: 0, failureCode });

/** Windows XP and 2003: eleven bytes. */
export const withoutNegotiation = confirm(null);

export const disconnect: ServerTpdu = { kind: "mcs-disconnect", reason: USER_REQUESTED };

/** ITU-T X.224 13.5.3: connection request refused on this network connection. */
export const disconnectRequest: ServerTpdu = {
  kind: "disconnect-request",
  destinationReference: 0,
  sourceReference: SOURCE_REFERENCE,
  reason: 136,
  variablePart: new Uint8Array(0),
};

/** ITU-T X.224 13.12.3: invalid parameter value. */
export const error: ServerTpdu = {
  kind: "error",
  destinationReference: 0,
  cause: 3,
  variablePart: new Uint8Array(0),
};
