/** What stands in front of a server: several machines behind one address, or a listener that speaks no RDP of its own. */
import type { ListenerReports } from "../../handshake/listeners/listener-report.ts";
import { LISTENERS } from "../../handshake/listeners/listener-report.ts";
import { LAYER_PURPOSES } from "../../handshake/plan/layer-questions.ts";
import type { ProbeConnection } from "../../handshake/plan/probe-plan.ts";
import { SERVER_NAMES } from "./implementations.ts";
import type { ServerReport } from "./who-answers.ts";

/** Connections that send one and the same ClientHello: a server chooses its certificate by the hello. */
const ALIKE: ReadonlySet<string> = new Set(["offer-all", "spnego", "ssl-only", ...LAYER_PURPOSES]);

/** The balancer, where the connections of one probe were answered with different certificates of one kind. */
export const behindOneAddress = (
  server: ServerReport | null,
  connections: readonly ProbeConnection[],
): ServerReport | null => {
  const leaves = connections
    .filter(({ purpose }) => ALIKE.has(purpose))
    .flatMap(({ facts }) => facts.tls?.chain.slice(0, 1) ?? []);
  const [first] = leaves;
  const others = leaves.filter(
    ({ key, sha256 }) => key?.type === first?.key?.type && sha256 !== first?.sha256,
  );
  return others.length === 0
    ? server
    : balancer(server, "one and the same request was answered with different certificates");
};

/** The balancer in front of several machines that many probes of one address have met. */
export const balancer = (server: ServerReport | null, what: string): ServerReport => ({
  implementation: "load-balancer",
  version: null,
  confidence: "observed",
  evidence: [
    `${what} (rdprobe's own connections)`,
    ...(server === null || server.implementation === "unknown"
      ? []
      : [`behind it: ${SERVER_NAMES[server.implementation]}`, ...server.evidence]),
  ],
});

/** Listeners of Windows that a probe of their own port meets; only full depth asks them. */
const OWN_PORT = { gateway443: "rd-gateway", hyperv2179: "hyper-v" } as const;

/** Who answers at the port of an RD Gateway or of VMConnect, where nothing spoke RDP. */
export const withListeners = (
  server: ServerReport | null,
  port: number,
  listeners: ListenerReports | undefined,
): ServerReport | null => {
  if (server !== null || listeners === undefined) return server;
  for (const id of ["gateway443", "hyperv2179"] as const) {
    const report = listeners[id];
    if (report === null || report.state !== "open" || LISTENERS[id].port !== port) continue;
    return {
      implementation: OWN_PORT[id],
      version: null,
      confidence: report.confidence ?? "inferred",
      evidence: [`${report.summary} (the listener's own answer, --depth full)`],
    };
  }
  return null;
};
