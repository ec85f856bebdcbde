/**
 * Two network namespaces, a client's and a server's, that a test makes and removes: filters and missing
 * routes without touching the machine's own network. Root only.
 */
import { spawnSync } from "node:child_process";
import {
  type Availability,
  allAvailable,
  commandPath,
  commandsAvailable,
  rootAvailable,
} from "../../support/availability.ts";
import {
  type FinishedProcess,
  outputOf,
  type ProcessGroup,
  type ProcessOptions,
  runProcess,
  startProcess,
} from "../servers/programs/processes.ts";

type InsideOptions = Omit<ProcessOptions, "namespace">;

export interface NetworkNamespace {
  readonly name: string;
  readonly interfaceName: string;
  readonly address: string;
  readonly address6: string;
  /** Runs a command inside, to its end. */
  run(
    command: string,
    args: readonly string[],
    options?: InsideOptions & { readonly timeoutMs?: number },
  ): Promise<FinishedProcess>;
  /** Starts a process inside; removing the pair stops it. */
  start(command: string, args: readonly string[], options?: InsideOptions): Promise<ProcessGroup>;
}

export interface NamespacePair {
  readonly client: NetworkNamespace;
  readonly server: NetworkNamespace;
  /** What the server does with TCP to a port from now on, in place of what it did before. */
  filter(action: FilterAction, port: number): Promise<void>;
  remove(): Promise<void>;
}

/** Makes the interface of each namespace, named as they say; addresses are given afterwards. */
export type Connector = (client: NetworkNamespace, server: NetworkNamespace) => Promise<void>;

/** What nftables does with the packets, in its own words. */
const FILTER_ACTIONS = {
  drop: "drop",
  "tcp-reset": "reject with tcp reset",
  "port-unreachable": "reject with icmpx type port-unreachable",
  "host-unreachable": "reject with icmpx type host-unreachable",
  "no-route": "reject with icmpx type no-route",
  "admin-prohibited": "reject with icmpx type admin-prohibited",
} as const;

export type FilterAction = keyof typeof FILTER_ACTIONS;

/** Documentation addresses (RFC 5737) that neither namespace has a route to. */
export const UNROUTED_ADDRESS = "198.51.100.1";

export const namespacesAvailable = (): Availability =>
  allAvailable(commandsAvailable("ip", "nft"), rootAvailable());

/** @throws Error when the kernel refuses; nothing is left behind then. */
export const createNamespacePair = async (connect: Connector = vethPair): Promise<NamespacePair> => {
  pairs += 1;
  const started: ProcessGroup[] = [];
  const name = `rdprobe-${process.pid}-${pairs}`;
  const client = namespaceOf(`${name}-client`, "client0", "192.0.2.1", "2001:db8::1", started);
  const server = namespaceOf(`${name}-server`, "server0", "192.0.2.2", "2001:db8::2", started);
  const remove = async () => {
    for (const group of started.splice(0)) await group.stop();
    for (const namespace of [client, server]) await removeNamespace(namespace.name);
  };
  try {
    await addNamespace(client.name);
    await addNamespace(server.name);
    await connect(client, server);
    for (const namespace of [client, server]) await bringUp(namespace);
    for (const namespace of [client, server]) await addAddresses(namespace);
  } catch (error) {
    await remove();
    throw error;
  }
  return { client, server, filter: (action, port) => setFilter(server.name, action, port), remove };
};

/** The names of the namespaces of this machine. */
export const namespaceNames = async (): Promise<readonly string[]> =>
  (await outputOf("ip", ["netns", "list"]))
    .split("\n")
    .map((line) => line.split(" ")[0] ?? "")
    .filter((name) => name !== "");

let pairs = 0;
const live = new Set<string>();

const namespaceOf = (
  name: string,
  interfaceName: string,
  address: string,
  address6: string,
  started: ProcessGroup[],
): NetworkNamespace => ({
  name,
  interfaceName,
  address,
  address6,
  run: (command, args, options = {}) => runProcess(command, args, { ...options, namespace: name }),
  start: async (command, args, options = {}) => {
    const group = await startProcess(command, args, { ...options, namespace: name });
    started.push(group);
    return group;
  },
});

const vethPair: Connector = async (client, server) => {
  await outputOf("ip", [
    ...["link", "add", client.interfaceName, "netns", client.name, "type", "veth"],
    ...["peer", "name", server.interfaceName, "netns", server.name],
  ]);
};

const addNamespace = async (name: string): Promise<void> => {
  await outputOf("ip", ["netns", "add", name]);
  live.add(name);
  await outputOf("ip", ["-n", name, "link", "set", "lo", "up"]);
};

const bringUp = ({ name, interfaceName }: NetworkNamespace): Promise<string> =>
  outputOf("ip", ["-n", name, "link", "set", interfaceName, "up"]);

const addAddresses = async ({ name, interfaceName, address, address6 }: NetworkNamespace): Promise<void> => {
  const inside = (...args: readonly string[]) => outputOf("ip", ["-n", name, ...args]);
  await inside("addr", "add", `${address}/24`, "dev", interfaceName);
  await inside("addr", "add", `${address6}/64`, "dev", interfaceName, "nodad");
};

const setFilter = async (namespace: string, action: FilterAction, port: number): Promise<void> => {
  const rules =
    "add table inet rdprobe\ndelete table inet rdprobe\n" +
    "table inet rdprobe { chain input { type filter hook input priority 0;\n" +
    `tcp dport ${port} ${FILTER_ACTIONS[action]}\n}\n}\n`;
  await outputOf("nft", ["-f", "-"], { namespace, input: rules });
};

const removeNamespace = async (name: string): Promise<void> => {
  if (!live.delete(name)) return;
  await outputOf("ip", ["netns", "del", name]);
};

process.on("exit", () => {
  for (const name of live) spawnSync(commandPath("ip") ?? "ip", ["netns", "del", name]);
});
