/**
 * Targets in the order of their addresses: whatever was typed, each address stands in one run with all its ports, so
 * that no two blocks share an address. Nothing is unfolded.
 */
import { ipv4Number, ipv4Text, ipv6Number, ipv6Text } from "../../targets/grammar/ip-number.ts";
import type { TargetSpan } from "../../targets/plan/target-index.ts";

export interface AddressRun {
  readonly family: 4 | 6;
  readonly start: bigint;
  /** Exclusive. */
  readonly end: bigint;
  /** Ascending. */
  readonly ports: readonly number[];
}

/** A name, or an address with its zone. */
export interface HostRun {
  readonly host: string;
  readonly ports: readonly number[];
}

export interface Runs {
  /** Apart from each other: IPv4, then IPv6, ascending. */
  readonly addresses: readonly AddressRun[];
  readonly hosts: readonly HostRun[];
}

/** The runs of a plan's pieces. */
export const runsOf = (spans: Iterable<TargetSpan>): Runs => {
  const pieces: AddressRun[] = [];
  const hosts = new Map<string, { readonly host: string; readonly ports: Set<number> }>();
  for (const { first, addresses, ports } of spans) {
    const start = first.host.includes("%") ? null : numberOf(first.host);
    if (first.family === null || start === null) {
      const key = first.host.toLowerCase();
      const known = hosts.get(key) ?? { host: first.host, ports: new Set<number>() };
      for (const port of ports) known.ports.add(port);
      hosts.set(key, known);
    } else pieces.push({ family: first.family, start, end: start + addresses, ports });
  }
  return {
    addresses: swept(pieces),
    hosts: [...hosts.values()].map(({ host, ports }) => ({ host, ports: ascending(ports) })),
  };
};

/** How many pairs of host and port. */
export const countOf = ({ addresses, hosts }: Runs): bigint =>
  addresses.reduce((sum, { start, end, ports }) => sum + (end - start) * BigInt(ports.length), 0n) +
  hosts.reduce((sum, { ports }) => sum + BigInt(ports.length), 0n);

/** An address as one types it. */
export const addressText = (family: 4 | 6, value: bigint): string =>
  family === 4 ? ipv4Text(Number(value)) : ipv6Text(value);

const numberOf = (host: string): bigint | null => {
  const ipv4 = ipv4Number(host);
  return ipv4 === null ? ipv6Number(host) : BigInt(ipv4);
};

const ascending = (ports: Iterable<number>): readonly number[] => [...ports].toSorted((a, b) => a - b);

interface Edge {
  readonly family: 4 | 6;
  readonly at: bigint;
  readonly ports: readonly number[];
  readonly step: 1 | -1;
}

/** One sweep over the ends of the pieces. */
const swept = (pieces: readonly AddressRun[]): readonly AddressRun[] => {
  const edges = pieces.flatMap(({ family, start, end, ports }): readonly Edge[] => [
    { family, at: start, ports, step: 1 },
    { family, at: end, ports, step: -1 },
  ]);
  edges.sort((a, b) => a.family - b.family || (a.at < b.at ? -1 : Number(a.at > b.at)));
  const runs: AddressRun[] = [];
  const active = new Map<number, number>();
  for (const [index, { family, at, ports, step }] of edges.entries()) {
    for (const port of ports) {
      const count = (active.get(port) ?? 0) + step;
      if (count === 0) active.delete(port);
      else active.set(port, count);
    }
    const next = edges[index + 1];
    if (active.size > 0 && next !== undefined && next.at > at) {
      addRun(runs, { family, start: at, end: next.at, ports: ascending(active.keys()) });
    }
  }
  return runs;
};

/** What goes on where the last run of the same ports ended makes no new one. */
const addRun = (runs: AddressRun[], run: AddressRun): void => {
  const last = runs.at(-1);
  const goesOn =
    last !== undefined &&
    last.family === run.family &&
    last.end === run.start &&
    last.ports.join() === run.ports.join();
  if (goesOn) runs[runs.length - 1] = { ...last, end: run.end };
  else runs.push(run);
};
