/** Two network namespaces that are some milliseconds apart. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Availability, allAvailable, commandsAvailable } from "../../support/availability.ts";
import { eventually } from "../../support/eventually.ts";
import {
  type Connector,
  createNamespacePair,
  type NamespacePair,
  type NetworkNamespace,
  namespacesAvailable,
} from "./namespaces.ts";

export interface DelayLink {
  /** How long a packet is on its way, in each direction: the round trip takes twice that. */
  readonly oneWayMs: number;
  /** Up to so much more for each packet; none overtakes another. Default 0. */
  readonly jitterMs?: number;
  /** The share of packets that is lost, 0 to 1. Default 0. */
  readonly loss?: number;
  /** Which way packets are lost on. Default both. */
  readonly lossTowards?: "both" | "server";
  /** Of the jitter and the losses. Default 1. */
  readonly seed?: number;
}

export const delayLinkAvailable = (): Availability =>
  allAvailable(namespacesAvailable(), commandsAvailable("python3"), {
    available: existsSync("/dev/net/tun"),
    notice: "no /dev/net/tun",
  });

/** @throws Error when the kernel refuses; nothing is left behind then. */
export const createDelayedPair = (link: DelayLink): Promise<NamespacePair> =>
  createNamespacePair(delayedBy(link));

const delayedBy =
  (link: DelayLink): Connector =>
  async (client, server) => {
    const relay = await server.start("python3", linkArguments(link, client, server));
    const settled = () => relay.hasEnded() || relay.stdout().startsWith("ready");
    if (!(await eventually(settled, { timeoutMs: 10_000 })) || relay.hasEnded()) {
      throw new Error(`delay-link.py: ${relay.stderr()}`);
    }
  };

const linkArguments = (
  { oneWayMs, jitterMs = 0, loss = 0, lossTowards = "both", seed = 1 }: DelayLink,
  client: NetworkNamespace,
  server: NetworkNamespace,
): readonly string[] => [
  fileURLToPath(new URL("delay-link.py", import.meta.url)),
  ...["--client", client.name, client.interfaceName, "--server", server.name, server.interfaceName],
  ...["--delay-ms", String(oneWayMs), "--jitter-ms", String(jitterMs)],
  ...["--loss", String(loss), "--loss-towards", lossTowards, "--seed", String(seed)],
];
