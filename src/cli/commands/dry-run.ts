/** `--dry-run`: what a run would send. */
import { type Asks, askedConnections } from "../../handshake/plan/asks.ts";
import { LAYER_PURPOSES } from "../../handshake/plan/layer-questions.ts";
import type { Depth } from "../../handshake/plan/probe-plan.ts";
import { MAX_LISTENER_CONNECTIONS } from "../../scan/one/probe-listeners.ts";
import { CLIENT_PROFILES } from "../../tls/profiles/client-profiles.ts";
import { EVERYTHING_PROFILE } from "../../tls/profiles/probe-profiles.ts";
import { TLS_VERSION } from "../../tls/tables/versions.ts";
import type { RunTargets } from "../options/probe-targets.ts";

/** Connections to a target where nothing answers, to a healthy one, and at most. */
interface Cost {
  readonly silent: number;
  readonly healthy: number;
  readonly most: number;
}

const MOST_STANDARD = 8;

/** Each version's suites one by one, its groups, and one question more of each; then every client's hello. */
const MOST_HELLOS =
  Object.keys(TLS_VERSION).length *
    (EVERYTHING_PROFILE.cipherSuites.length + EVERYTHING_PROFILE.groups.length + 2) +
  CLIENT_PROFILES.length;

const MOST_FULL = MOST_STANDARD + LAYER_PURPOSES.length + MOST_HELLOS + MAX_LISTENER_CONNECTIONS;

const COSTS: Readonly<Record<Depth, Cost>> = {
  quick: { silent: 1, healthy: 1, most: 2 },
  standard: { silent: 1, healthy: 2, most: MOST_STANDARD },
  full: { silent: 1, healthy: 2 + LAYER_PURPOSES.length, most: MOST_FULL },
};

/** Lines for stdout, with the final newline. */
export const dryRun = (
  { plan, count, ports, done, warning }: RunTargets,
  depth: Depth,
  asks: Asks,
): string => {
  const { names, ipv4, ipv6, publicAddresses, excluded, duplicates } = plan.counts;
  const { silent } = COSTS[depth];
  const asked = askedConnections(asks, depth);
  const [healthy, most] = [COSTS[depth].healthy + asked, COSTS[depth].most + asked];
  const left = count - BigInt(done.size);
  return [
    `${number(left)} targets: a host and a port each`,
    `  ${number(ipv4)} IPv4 and ${number(ipv6)} IPv6 addresses (${number(publicAddresses)} public), ${number(names)} names, ports: ${number(ports)}`,
    `  left out: ${number(excluded)} excluded, ${number(duplicates)} named twice, ${number(done.size)} with a row already`,
    `connections at depth ${depth}: ${silent} where nothing answers, ${depth === "full" ? `${healthy} and more` : healthy} to a healthy host, ${most} at most`,
    ...(asks.size === 0 ? [] : [`  ${asked} of them for --ask ${[...asks].join(",")}`]),
    `  ${number(left * BigInt(silent))} to ${number(left * BigInt(most))} in all, to every address that a name has; nothing was sent`,
    ...(warning === null ? [] : [`add --yes to scan: ${warning}`]),
    "",
  ].join("\n");
};

const number = (value: number | bigint): string => value.toLocaleString("en-US");
