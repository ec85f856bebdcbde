/** Rules for what fails before a TCP connection stands: the name and the SYN. */
import type { ConnectFacts } from "../../handshake/facts/connection-facts.ts";
import type { Resolution } from "./probe-facts.ts";
import type { Evidence } from "../result/result.ts";
import { type Ruling, ruling } from "./ruling.ts";

/**
 * A wait that was shorter says nothing of the other side: the time for the probe was up almost when it began.
 */
const LEAST_WAIT_MS = 50;

/** The ruling on a name that gave no address, or null. */
export const judgeResolution = (resolution: Resolution | null, host: string): Ruling | null => {
  switch (resolution?.outcome) {
    case "not-found":
      return ruling("name-not-found", "dns", `the name ${host} has no address`, {
        evidence: { resolver: resolution.detail },
      });
    case "failed":
      if (resolution.detail === "timeout" && resolution.durationMs < LEAST_WAIT_MS)
        return cutShort("dns", "name's resolution", resolution.durationMs, { resolver: resolution.detail });
      return ruling("dns-failure", "dns", `the resolver gave no answer for ${host}`, {
        evidence: { resolver: resolution.detail },
      });
    default:
      return null;
  }
};

/** The ruling on a probe that had an address and made no connection, or null where it made one. */
export const judgeNoConnection = (connections: number): Ruling | null =>
  connections > 0
    ? null
    : ruling("inconclusive", "tcp", "the time for the probe was up before a connection was tried", {
        mstsc: null,
      });

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
      // A proxy's own word on it comes as soon as it likes.
      if (waitedMs < LEAST_WAIT_MS && !connect.detail.startsWith("SOCKS reply"))
        return cutShort("tcp", "connection attempt", waitedMs, { error: connect.detail });
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
    case "local":
      return ruling(
        "inconclusive",
        "tcp",
        `this machine refused to connect, and nothing is known of the host: ${refusalText(connect.detail)}`,
        { mstsc: null, evidence: { error: connect.detail } },
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

/** What connect() refuses with where it sends nothing (POSIX.1-2017, Linux ip(7) and ipv6(7)). */
const REFUSED_HERE: Readonly<Record<string, string>> = {
  EACCES: "a local firewall or route forbids it, or it is a broadcast address",
  EPERM: "a local firewall forbids it",
  EINVAL: "the address is none to connect to, or lacks its zone (fe80::7%eth0)",
  EADDRNOTAVAIL: "it has no address of this family, or no port left",
  EAFNOSUPPORT: "it does not speak this address family",
  ENETDOWN: "its network interface is down",
};

const refusalText = (error: string): string => {
  const text = REFUSED_HERE[error];
  return text === undefined ? error : `${text} (${error})`;
};

const cutShort = (stage: "dns" | "tcp", what: string, waitedMs: number, evidence: Evidence): Ruling =>
  ruling(
    "inconclusive",
    stage,
    `the ${what} was given up after ${waitedMs.toFixed(1)} ms, which is too early to say anything`,
    { mstsc: null, evidence },
  );

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
