/**
 * The targets of a scan as a sequence that is computed, not held: every pair of host and port once, at an
 * index from 0 to count - 1, in the order typed. What it holds grows with the ranges and names that were
 * typed, never with the addresses in them.
 */
import { exclusionFilter } from "./exclusion-filter.ts";
import { shareNames } from "../order/name-shares.ts";
import { PortShares } from "../order/port-shares.ts";
import { publicIpv4Count, publicIpv6Count } from "./public-addresses.ts";
import { sweepRanges } from "./range-sweep.ts";
import { indexTargets, type TargetSpan } from "./target-index.ts";
import type { TargetList } from "./target-list.ts";
import { hostPieces, ipv4Pieces, ipv6Pieces } from "./target-pieces.ts";
import type { TargetSpec } from "./target-spec.ts";

export interface PlanRequest {
  readonly targets: TargetList;
  readonly exclusions: TargetList;
  /** The ports of targets that name none, each once. */
  readonly ports: readonly number[];
}

/** What there is in a plan, for `--dry-run` and for warnings. */
interface PlanCounts {
  /** Names, each once, whatever they resolve to. */
  readonly names: number;
  /** Addresses, each once, whatever the number of their ports. */
  readonly ipv4: bigint;
  readonly ipv6: bigint;
  /** Those of the addresses that are unicast which the Internet routes. */
  readonly publicAddresses: bigint;
  /** Pairs of host and port that exclusions took. */
  readonly excluded: bigint;
  /** Pairs that were typed more than once, and are probed once. */
  readonly duplicates: bigint;
}

export interface TargetPlan {
  /** Pairs of host and port. */
  readonly count: bigint;
  readonly counts: PlanCounts;
  /** More than 65,536 addresses, those of names aside. */
  readonly isLarge: boolean;
  /** At least one public address; what names resolve to is not known here. */
  readonly hasPublic: boolean;
  /** @throws RangeError where the index is not below `count`. */
  at(index: number | bigint): TargetSpec;
  /** All of it in pieces that are not unfolded, in the order typed. */
  spans(): Iterable<TargetSpan>;
  /** Whether an address that a name resolved to is excluded, at that port. */
  isExcluded(address: string, port: number): boolean;
}

const LARGE = 65_536n;

/** Plans a scan. An empty plan is a plan, with count 0. */
export const planTargets = ({ targets, exclusions, ports }: PlanRequest): TargetPlan => {
  const shares = new PortShares(ports);
  const isExcluded = exclusionFilter(exclusions);
  const covered = { ipv4: 0, ipv6: 0n, public: 0n };
  const ipv4 = sweepRanges(targets.ipv4, exclusions.ipv4, shares, (start, end) => {
    covered.ipv4 += end - start;
    covered.public += BigInt(publicIpv4Count(start, end));
  });
  const ipv6 = sweepRanges(targets.ipv6, exclusions.ipv6, shares, (start, end) => {
    covered.ipv6 += end - start;
    covered.public += publicIpv6Count(start, end);
  });
  const names = shareNames(targets.hosts, exclusions.hosts, shares, isExcluded);
  const { count, at, spans } = indexTargets([
    hostPieces(names.hosts, shares.sets),
    ipv4Pieces(ipv4.pieces, shares.sets, targets.typed),
    ipv6Pieces(ipv6.pieces, shares.sets, targets.typed),
  ]);
  const excluded = ipv4.excluded + ipv6.excluded + names.excluded;
  const counts: PlanCounts = {
    names: names.names,
    ipv4: BigInt(covered.ipv4),
    ipv6: covered.ipv6 + BigInt(names.zoned),
    publicAddresses: covered.public,
    excluded,
    duplicates: typedCount(targets, shares) - count - excluded,
  };
  return {
    count,
    counts,
    isLarge: counts.ipv4 + counts.ipv6 > LARGE,
    hasPublic: covered.public > 0n,
    at,
    spans,
    isExcluded,
  };
};

/** Pairs of host and port before duplicates and exclusions are taken out. */
const typedCount = ({ ipv4, ipv6, hosts }: TargetList, shares: PortShares): bigint => {
  let count = 0n;
  for (const { length, starts, ends, ports } of [ipv4, ipv6]) {
    for (let row = 0; row < length; row += 1) {
      const size = BigInt(ends.at(row) ?? 0) - BigInt(starts.at(row) ?? 0);
      count += size * BigInt(shares.portsOf(ports.at(row) ?? 0).length);
    }
  }
  for (const { port } of hosts) count += BigInt(shares.portsOf(port).length);
  return count;
};
