/** A server that goes on with whatever layer it selected: MCS, TLS and MCS, or TLS and CredSSP. */
import { decodeConnectInitial } from "../mcs/connect-initial.ts";
import { type ConnectionRequest, decodeConnectionRequest } from "../x224/connection-request.ts";
import { PROTOCOL } from "../x224/protocols.ts";
import { encodeServerTpdu, type ServerTpdu } from "../x224/server-tpdu.ts";
import { type Answer, failure, response } from "./answers.ts";
import { challenge } from "./credssp-steps.ts";
import { type McsPolicy, mcsAnswer, WINDOWS_MCS } from "./policies/mcs-policy.ts";
import { CLIENT_LIMITS, close, reset, type Step, startTls, stayOpen } from "./steps.ts";

export interface LayersPolicy {
  /** Null: the connection is reset. */
  readonly to: (request: ConnectionRequest) => ServerTpdu | null;
  /** What the Connect-Initial gets: an answer by this policy, or these steps. */
  readonly mcs: Partial<McsPolicy> | Step;
  /** Which of the farm shows itself in TLS; 0 is the scenario's own identity. */
  readonly member: (request: ConnectionRequest) => number;
}

/** Takes the first of `allowed` that is asked for; to anybody else, a failure. */
export const takes =
  (allowed: readonly number[], failureCode: number): Answer =>
  ({ negotiation }) => {
    const asked = negotiation?.requestedProtocols ?? PROTOCOL.rdp;
    const selected = allowed.find((protocol) =>
      protocol === PROTOCOL.rdp ? asked === PROTOCOL.rdp : (asked & protocol) !== 0,
    );
    return selected === undefined ? failure(failureCode) : response(selected);
  };

/** One whole visit: the request, its answer, and what the selected layer leads to. */
export const serveLayers = ({
  to,
  mcs = {},
  member = () => 0,
}: Pick<LayersPolicy, "to"> & Partial<LayersPolicy>): Step => {
  const afterInitial = typeof mcs === "function" ? mcs : null;
  const policy = typeof mcs === "function" ? WINDOWS_MCS : { ...WINDOWS_MCS, ...mcs };
  return async (visit) => {
    const { connection, identity, farm } = visit;
    const request = await connection.receive(decodeConnectionRequest, CLIENT_LIMITS);
    if (request === null) return false;
    const tpdu = to(request);
    if (tpdu === null) return reset(visit);
    if (!(await connection.write(encodeServerTpdu(tpdu)))) return false;
    const selected = selectedBy(tpdu);
    if (selected === null) return close(visit);
    const shown = [identity, ...farm][member(request)] ?? null;
    if (selected !== PROTOCOL.rdp && !(await startTls()({ ...visit, identity: shown }))) return false;
    if ((selected & CREDSSP) !== 0) return (await challenge()(visit)) && stayOpen(visit);
    if ((selected & ~PROTOCOL.ssl) !== 0) return stayOpen(visit);
    const initial = await connection.receive(decodeConnectInitial, CLIENT_LIMITS);
    if (initial === null) return false;
    if (afterInitial !== null) return afterInitial(visit);
    const asked = request.negotiation?.requestedProtocols ?? PROTOCOL.rdp;
    const answer = mcsAnswer(initial, asked, policy, identity?.certificate?.chain ?? []);
    if (answer === null) return close(visit);
    return (await connection.write(answer)) && stayOpen(visit);
  };
};

const CREDSSP = PROTOCOL.hybrid | PROTOCOL.hybridEx;

/** Null where the confirm is a refusal. */
const selectedBy = (tpdu: ServerTpdu): number | null => {
  if (tpdu.kind !== "connection-confirm") return null;
  const { negotiation } = tpdu;
  if (negotiation === null) return PROTOCOL.rdp;
  return negotiation.type === "response" ? negotiation.selectedProtocol : null;
};
