/** The RD Gateway that an .rdp file names: reached, asked what it is, and never logged on to. */
import { resolveName } from "../../transport/dns/resolve.ts";
import type { GatewayReport } from "../../verdict/result/gateway-report.ts";
import { probeGatewayListener } from "./probe-listeners.ts";
import { type TargetOptions, viaOf } from "./probe-target.ts";
import { parseTarget } from "../../targets/plan/target.ts";

export type AskedGateway = Pick<GatewayReport, "host" | "port" | "usage">;

/**
 * Asks the first address of the gateway, over as many as two TCP connections.
 * @throws LocalResourceError when this machine cannot open a connection.
 */
export const probeGateway = async (gateway: AskedGateway, options: TargetOptions): Promise<GatewayReport> => {
  const { host, port } = gateway;
  const endpoint = await addressOf(host, options);
  if (endpoint === null) return { ...gateway, address: null, listener: null };
  const { timeoutMs, deadlineMs, signal } = options;
  const listener = await probeGatewayListener(
    { host, ...endpoint, ...viaOf(options) },
    { timeoutMs, deadlineMs, ports: { gateway443: port }, ...(signal === undefined ? {} : { signal }) },
  );
  return { ...gateway, address: endpoint.address, listener };
};

const addressOf = async (host: string, { family, timeoutMs }: TargetOptions) => {
  const literal = parseTarget(host);
  if (literal.ok && literal.value.family !== null) return { address: host, family: literal.value.family };
  const found = await resolveName(host, family, timeoutMs);
  return found.outcome === "resolved" ? (found.addresses[0] ?? null) : null;
};
