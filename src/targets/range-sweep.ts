/**
 * Overlapping ranges made disjoint: each pair of address and port goes to the entry typed first, and to
 * none that is excluded. One sweep over the ends of the ranges; addresses in between are never visited.
 */
import { ascending } from "./ascending.ts";
import { MinHeap } from "./min-heap.ts";
import { exclusionClass, type PortShares } from "./port-shares.ts";
import type { RangeColumns } from "./target-list.ts";

/** Disjoint pieces as columns, ascending by address. */
export interface Pieces<A extends number | bigint> {
  readonly starts: A[];
  /** Exclusive. */
  readonly ends: A[];
  /** Index of the set of ports, in PortShares. */
  readonly sets: number[];
  /** The place in the list of the range that a piece is from. */
  readonly places: number[];
}

export interface Sweep<A extends number | bigint> {
  readonly pieces: Pieces<A>;
  /** Pairs of address and port that an exclusion took. */
  readonly excluded: bigint;
}

/** @param covered told of each stretch of addresses of which at least one port is to be probed, ascending. */
export const sweepRanges = <A extends number | bigint>(
  listed: RangeColumns<A>,
  exclusions: RangeColumns<A>,
  shares: PortShares,
  covered: (start: A, end: A) => void,
): Sweep<A> => {
  // Exclusions take the lowest numbers and are served first by that, then entries in the order typed.
  const bars = exclusions.length;
  const starts = exclusions.starts.concat(listed.starts);
  const ends = exclusions.ends.concat(listed.ends);
  const classes = exclusions.ports.map(exclusionClass).concat(listed.ports);

  const pieces: Pieces<A> = { starts: [], ends: [], sets: [], places: [] };
  const lastPieces = new Map<number, number>();
  let excluded = 0n;
  for (const { start, end, ranges } of stretches(starts, ends, classes)) {
    const { gets, excluded: ports } = shares.of(ranges.map((range) => classes[range] ?? 0));
    if (ports > 0) excluded += (BigInt(end) - BigInt(start)) * BigInt(ports);
    if (gets.some((set) => set !== null)) covered(start, end);
    for (const [nth, range] of ranges.entries()) {
      const set = gets[nth] ?? null;
      if (set !== null) addPiece(start, end, set, range);
    }
  }
  return { pieces, excluded };

  /** A stretch that goes on where the last one of the same range ended makes no new piece. */
  function addPiece(start: A, end: A, set: number, range: number): void {
    const place = listed.places[range - bars] ?? 0;
    const last = lastPieces.get(set) ?? -1;
    if (pieces.places[last] === place && pieces.ends[last] === start) {
      pieces.ends[last] = end;
      return;
    }
    lastPieces.set(set, pieces.starts.length);
    pieces.starts.push(start);
    pieces.ends.push(end);
    pieces.sets.push(set);
    pieces.places.push(place);
  }
};

interface Stretch<A extends number | bigint> {
  readonly start: A;
  readonly end: A;
  /** Of each class the range with the lowest number that covers the stretch, ascending. */
  readonly ranges: readonly number[];
}

/** The stretches over which the same ranges have the say, ascending; where there is none, no stretch. */
function* stretches<A extends number | bigint>(
  starts: readonly A[],
  ends: readonly A[],
  classes: readonly number[],
): Generator<Stretch<A>> {
  const order = ascending(starts);
  const active = new Map<number, MinHeap>();
  let next = 0;
  let position = starts[order[0] ?? -1];
  while (position !== undefined) {
    let upcoming = starts[order[next] ?? -1];
    while (upcoming !== undefined && upcoming <= position) {
      const range = order[next] ?? 0;
      heapOf(active, classes[range] ?? 0).push(range);
      next += 1;
      upcoming = starts[order[next] ?? -1];
    }
    const ranges = leaders(active, ends, position);
    let end = upcoming;
    for (const range of ranges) {
      const stop = ends[range];
      if (stop !== undefined && (end === undefined || stop < end)) end = stop;
    }
    if (ranges.length > 0 && end !== undefined) yield { start: position, end, ranges };
    position = end;
  }
}

const heapOf = (active: Map<number, MinHeap>, portClass: number): MinHeap => {
  const known = active.get(portClass);
  if (known !== undefined) return known;
  const heap = new MinHeap();
  active.set(portClass, heap);
  return heap;
};

/** Of each class the range with the lowest number that reaches beyond the position. */
const leaders = <A extends number | bigint>(
  active: Map<number, MinHeap>,
  ends: readonly A[],
  position: A,
): number[] => {
  const ranges: number[] = [];
  for (const [portClass, heap] of active) {
    let least = heap.least;
    while (least !== undefined && (ends[least] ?? position) <= position) {
      heap.pop();
      least = heap.least;
    }
    if (least === undefined) active.delete(portClass);
    else ranges.push(least);
  }
  return ranges.sort((a, b) => a - b);
};
