/** Names, and addresses with a zone: each with each of its ports once, less what is excluded. */
import type { PortShares } from "./port-shares.ts";
import { type ListedHost, NO_PORT } from "../plan/target-list.ts";

/** A host with the ports that are left to it. */
export interface HostPiece {
  readonly place: number;
  readonly listed: ListedHost;
  /** Index of the set of ports, in PortShares. */
  readonly set: number;
}

export interface NameShares {
  readonly hosts: readonly HostPiece[];
  /** Different names of which at least one port is to be probed. */
  readonly names: number;
  /** The same for addresses with a zone. */
  readonly zoned: number;
  /** Pairs of host and port that an exclusion took. */
  readonly excluded: bigint;
}

/** @param isExcluded of an address as text and a port, by the exclusions that are addresses. */
export const shareNames = (
  listed: readonly ListedHost[],
  exclusions: readonly ListedHost[],
  shares: PortShares,
  isExcluded: (address: string, port: number) => boolean,
): NameShares => {
  const bars = barsOf(exclusions);
  const taken = new Map<string, readonly number[] | Set<number>>();
  const probed = { names: new Set<string>(), zoned: new Set<string>() };
  const hosts: HostPiece[] = [];
  let excluded = 0n;
  for (const entry of listed) {
    const key = keyOf(entry.host);
    const untaken = take(taken, key, shares.portsOf(entry.port));
    const left = leftOf(untaken, bars.get(key), entry.address === null ? null : entry.host, isExcluded);
    excluded += BigInt(untaken.length - left.length);
    if (left.length === 0) continue;
    hosts.push({ place: entry.place, listed: entry, set: shares.indexOf(left, entry.port) });
    (entry.address === null ? probed.names : probed.zoned).add(key);
  }
  return { hosts, names: probed.names.size, zoned: probed.zoned.size, excluded };
};

/** @param address null for a name, which only exclusions of that name exclude before it is resolved. */
const leftOf = (
  ports: readonly number[],
  barred: ReadonlySet<number> | undefined,
  address: string | null,
  isExcluded: (address: string, port: number) => boolean,
): readonly number[] => {
  if (barred === undefined && address === null) return ports;
  if (barred?.has(NO_PORT) === true) return [];
  return ports.filter(
    (port) => !(barred?.has(port) === true || (address !== null && isExcluded(address, port))),
  );
};

/** Names are the same whatever their case. A dot at the end makes another name: no domain is appended to it. */
const keyOf = (host: string): string => host.toLowerCase();

const barsOf = (exclusions: readonly ListedHost[]): ReadonlyMap<string, Set<number>> => {
  const bars = new Map<string, Set<number>>();
  for (const { host, port } of exclusions) {
    const own = bars.get(keyOf(host));
    if (own === undefined) bars.set(keyOf(host), new Set([port]));
    else own.add(port);
  }
  return bars;
};

/** Those of the ports that nobody took before. A set is made for the second taker alone: most names have one. */
const take = (
  taken: Map<string, readonly number[] | Set<number>>,
  key: string,
  wanted: readonly number[],
): readonly number[] => {
  const before = taken.get(key);
  if (before === undefined) {
    taken.set(key, wanted);
    return wanted;
  }
  const all = before instanceof Set ? before : new Set(before);
  const untaken = wanted.filter((port) => !all.has(port));
  for (const port of untaken) all.add(port);
  taken.set(key, all);
  return untaken;
};
