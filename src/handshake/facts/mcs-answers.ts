/** The Connect-Responses among a probe's connections, with what each of them answers. */
import type { RdpFacts } from "../../mcs/rdp-facts.ts";
import { PROTOCOL } from "../../x224/protocols.ts";
import { requestedProtocols } from "./layer-states.ts";
import type { ProbeConnection } from "../plan/probe-plan.ts";

export interface McsExchange {
  readonly rdp: RdpFacts;
  /** requestedProtocols of the Connection Request before it. */
  readonly requestedProtocols: number;
  /** What the client told the server that it had selected; null where that cannot be read. */
  readonly serverSelectedProtocol: number | null;
  readonly offeredMethods: number | null;
}

/** In the order of the connections. */
export const mcsExchanges = (connections: readonly ProbeConnection[]): readonly McsExchange[] =>
  connections.flatMap(({ facts }) => {
    const { mcs } = facts;
    if (mcs?.answer.kind !== "response") return [];
    const { serverSelectedProtocol, offeredMethods } = mcs;
    return [
      {
        rdp: mcs.answer.rdp,
        requestedProtocols: requestedProtocols(facts),
        serverSelectedProtocol,
        offeredMethods,
      },
    ];
  });

/** Those within Standard RDP Security that let the client in. */
export const standardSecurityExchanges = (connections: readonly ProbeConnection[]): readonly McsExchange[] =>
  mcsExchanges(connections).filter(
    ({ rdp, serverSelectedProtocol }) =>
      rdp.result.code === SUCCESSFUL && (serverSelectedProtocol ?? PROTOCOL.rdp) === PROTOCOL.rdp,
  );

/** Whether the server chose a method that the client had not offered, against [MS-RDPBCGR] 2.2.1.3.3. */
export const isUnoffered = ({ rdp, offeredMethods }: McsExchange): boolean =>
  offeredMethods !== null && ((rdp.encryptionMethod ?? 0) & ~offeredMethods) !== 0;

/** [T.125] 7 Result, rt-successful. */
const SUCCESSFUL = 0;
