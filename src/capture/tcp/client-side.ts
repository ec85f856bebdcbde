/** Which side of a TCP stream is the client, when no SYN was captured that would tell. */
import type { ClientBasis } from "./tcp-event.ts";

const CERTAINTY = {
  syn: "certain",
  "syn-ack": "certain",
  "service-port": "likely",
  "first-data": "guess",
  "lower-port": "guess",
  "first-packet": "guess",
} as const satisfies Record<ClientBasis, "certain" | "likely" | "guess">;

/** IANA's system ports end there; operating systems take none of them for a client. */
const SYSTEM_PORTS = 1024;
/** The lowest port that Linux takes for a client by itself; others start higher. */
const EPHEMERAL_PORTS = 32_768;

/** How sure a basis is. */
export const certaintyOf = (basis: ClientBasis): "certain" | "likely" | "guess" => CERTAINTY[basis];

/**
 * Decides from the ports of the first packet and from who sent the first data; `way` 0 is the first packet's
 * sender, 1 the other side, null when no data was sent.
 */
export const guessClient = (
  sourcePort: number,
  destinationPort: number,
  firstDataWay: 0 | 1 | null,
): { readonly way: 0 | 1; readonly basis: ClientBasis } => {
  const byPort = sourcePort > destinationPort ? 0 : 1;
  if (isServiceBeside(sourcePort, destinationPort)) return { way: byPort, basis: "service-port" };
  if (firstDataWay !== null) return { way: firstDataWay, basis: "first-data" };
  if (sourcePort !== destinationPort) return { way: byPort, basis: "lower-port" };
  return { way: 0, basis: "first-packet" };
};

const isServiceBeside = (a: number, b: number): boolean => {
  const lower = Math.min(a, b);
  const higher = Math.max(a, b);
  return (
    (lower < SYSTEM_PORTS && higher >= SYSTEM_PORTS) || (lower < EPHEMERAL_PORTS && higher >= EPHEMERAL_PORTS)
  );
};
