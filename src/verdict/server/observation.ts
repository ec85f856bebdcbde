/** What an observation on a server is, and the looks that the tables of observations are written with. */
import type { ConnectionFacts } from "../../handshake/facts/connection-facts.ts";
import type { CertificateFacts } from "../../x509/certificate-facts.ts";
import type { ConnectionConfirm } from "../../x224/connection-confirm.ts";
import type { ServerImplementation } from "./implementations.ts";

/** One connection, as far as it tells who answers. */
export interface Answer {
  readonly confirm: ConnectionConfirm;
  /** Protocols that the request asked for; null where it had no negotiation data or was not seen. */
  readonly requested: number | null;
  /** The port that was probed. */
  readonly port: number;
  /** The server's certificate; null where none was seen. */
  readonly leaf: CertificateFacts | null;
  readonly facts: ConnectionFacts;
}

export interface Observation {
  readonly implementation: ServerImplementation;
  /** As it is told; lower case, no full stop. */
  readonly what: string;
  /** Where it was measured, or who says so. */
  readonly source: string;
  /** @param all the answers of all connections */
  readonly seen: (answer: Answer, all: readonly Answer[]) => boolean;
}

/** [MS-RDPBCGR] 2.2.1.2.1. */
export const FLAG = {
  extendedClientData: 0x01,
  graphicsPipeline: 0x02,
  restrictedAdmin: 0x08,
  redirectedAuthentication: 0x10,
} as const;

export const responseOf = ({ confirm: { negotiation } }: Answer) =>
  negotiation?.type === "response" ? negotiation : null;

export const hasReference =
  (sourceReference: number) =>
  ({ confirm }: Answer): boolean =>
    confirm.sourceReference === sourceReference;
