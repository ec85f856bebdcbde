/** The X.224 Connection Requests that rdprobe sends, by what each of them asks. */
import type { ConnectionRequest, Routing } from "../../x224/connection-request.ts";
import { PROTOCOL } from "../../x224/protocols.ts";

/** What a Connection Request asks for: the offer that mstsc makes, or TLS alone. */
export type Request = "offer-all" | "ssl-only";

/** requestedProtocols: facts 2.2, probes C and B. */
const REQUESTED: Readonly<Record<Request, number>> = {
  "offer-all": PROTOCOL.ssl | PROTOCOL.hybrid | PROTOCOL.hybridEx,
  "ssl-only": PROTOCOL.ssl,
};

/** Who rdprobe says it is where the user gives neither cookie nor token. */
export const PROBE_IDENTITY = "rdprobe";

/** @param routing cookie or routing token, never both ([MS-RDPBCGR] 2.2.1.1). */
export const connectionRequestFor = (request: Request, routing: Routing | null): ConnectionRequest =>
  connectionRequestAsking(REQUESTED[request], routing);

/**
 * A Connection Request, always with RDP_NEG_REQ: recent Windows expects it.
 * @param requestedProtocols bits of `PROTOCOL`; 0 asks for Standard RDP Security.
 */
export const connectionRequestAsking = (
  requestedProtocols: number,
  routing: Routing | null,
): ConnectionRequest => ({
  kind: "connection-request",
  destinationReference: 0,
  sourceReference: 0,
  classOptions: 0,
  routing,
  negotiation: { flags: 0, requestedProtocols },
  correlation: null,
});
