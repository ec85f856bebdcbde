/** What MCS said: the client's Connect-Initial and the server's answer to it, in the clear or opened by TLS. */
import type { DecodeFault } from "../../bytes/decoded.ts";
import { decodeMcsPdu, type McsPdu } from "../../mcs/mcs-pdu.ts";
import { type RdpFacts, rdpFacts } from "../../mcs/rdp-facts.ts";

export type McsAnswer =
  | { readonly kind: "none" }
  /** The answer began and did not end. */
  | { readonly kind: "partial"; readonly receivedBytes: number; readonly missingBytes: number }
  | { readonly kind: "response"; readonly rdp: RdpFacts }
  /** A Disconnect Provider Ultimatum: the server does not take the Connect-Initial. */
  | { readonly kind: "disconnect"; readonly reason: { readonly code: number; readonly name: string | null } }
  /** Another PDU than those that may come here. */
  | { readonly kind: "other" }
  | { readonly kind: "malformed"; readonly fault: DecodeFault };

export interface McsFacts {
  /** Bits that the Connect-Initial offered; null where it cannot be read or does not say. */
  readonly offeredMethods: number | null;
  /** What the client told the server that it had selected; null likewise. */
  readonly serverSelectedProtocol: number | null;
  readonly answer: McsAnswer;
  readonly sentAtMs: number;
  /** When the answer was whole; null where it never was. */
  readonly answeredAtMs: number | null;
}

/** The bytes of both sides from the Connect-Initial on, and when each side's were on the wire. */
export interface McsEvidence {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  readonly sentAtMs: number;
  /** When the answer was whole; null where it never was. */
  readonly answeredAtMs: number | null;
}

/** Reads the exchange; null where what the client sent is no MCS. */
export const readMcs = ({ client, server, sentAtMs, answeredAtMs }: McsEvidence): McsFacts | null => {
  if (!isMcsPacket(client)) return null;
  const initial = decodeMcsPdu(client);
  const answer = decodeMcsPdu(server);
  return {
    ...offerOf(initial.status === "done" ? initial.value : null),
    answer: server.length === 0 ? { kind: "none" } : answerOf(answer, server.length),
    sentAtMs,
    answeredAtMs: answer.status === "done" ? answeredAtMs : null,
  };
};

/** A TPKT header with an X.224 Data TPDU behind it ([MS-RDPBCGR] 2.2.1.3). */
const isMcsPacket = (bytes: Uint8Array): boolean =>
  bytes[0] === TPKT_VERSION && bytes[DATA_CODE_OFFSET] === DATA_TPDU;

const TPKT_VERSION = 3;
const DATA_CODE_OFFSET = 5;
const DATA_TPDU = 0xf0;

const offerOf = (pdu: McsPdu | null): Pick<McsFacts, "offeredMethods" | "serverSelectedProtocol"> => {
  const blocks = pdu?.kind === "connect-initial" ? pdu.blocks : [];
  const security = blocks.find((block) => block.kind === "security");
  const core = blocks.find((block) => block.kind === "core");
  return {
    // Clients in a French locale offer in the second field and leave the first empty.
    offeredMethods:
      security === undefined ? null : security.encryptionMethods | security.extEncryptionMethods,
    serverSelectedProtocol: core?.serverSelectedProtocol ?? null,
  };
};

const answerOf = (decoded: ReturnType<typeof decodeMcsPdu>, receivedBytes: number): McsAnswer => {
  switch (decoded.status) {
    case "need":
      return { kind: "partial", receivedBytes, missingBytes: decoded.bytes };
    case "bad":
      return { kind: "malformed", fault: decoded.fault };
    case "done":
      switch (decoded.value.kind) {
        case "connect-response":
          return { kind: "response", rdp: rdpFacts(decoded.value) };
        case "disconnect-provider-ultimatum":
          return { kind: "disconnect", reason: decoded.value.reason };
        case "connect-initial":
        case "other":
          return { kind: "other" };
      }
  }
};
