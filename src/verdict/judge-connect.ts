/** Rules for what fails before a TCP connection stands: the name and the SYN. */
import type { ConnectFacts } from "../handshake/connection-facts.ts";
import type { Resolution } from "./probe-facts.ts";
import { type Ruling, ruling } from "./ruling.ts";

/** The ruling on a name that gave no address, or null. */
export const judgeResolution = (resolution: Resolution | null, host: string): Ruling | null => {
  switch (resolution?.outcome) {
    case "not-found":
      return ruling("name-not-found", "dns", `the name ${host} has no address`, {
        evidence: { resolver: resolution.detail },
      });
    case "failed":
      return ruling("dns-failure", "dns", `the resolver gave no answer for ${host}`, {
        evidence: { resolver: resolution.detail },
      });
    default:
      return null;
  }
};

/** The ruling on a TCP handshake that failed, or null. `waitedMs`: how long it was tried. */
export const judgeConnect = (connect: ConnectFacts, port: number, waitedMs: number): Ruling | null => {
  switch (connect.outcome) {
    case "open":
      return null;
    case "refused":
      return ruling("port-closed", "tcp", `the host refuses connections to port ${port}`, {
        evidence: { error: connect.detail },
      });
    case "no-answer":
      return ruling(
        "port-filtered",
        "tcp",
        `no answer to the connection attempt within ${seconds(waitedMs)}`,
        {
          evidence: { error: connect.detail },
        },
      );
    case "proxy":
      return ruling(
        "proxy-failed",
        "tcp",
        `the proxy failed, and nothing is known of the host: ${connect.detail}`,
        {
          evidence: { error: connect.detail },
        },
      );
    case "unreachable":
      return ruling(
        "unreachable",
        "tcp",
        `the network says that the host cannot be reached (${connect.detail})`,
        {
          evidence: { error: connect.detail },
        },
      );
  }
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
