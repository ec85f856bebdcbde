/**
 * Overlapping ranges made disjoint: each pair of address and port goes to the entry typed first, and to
 * none that is excluded. One sweep over the ends of the ranges; addresses in between are never visited.
 */
import { ascending } from "../order/ascending.ts";
import { type Column, NumberColumn } from "../grammar/column.ts";
import { MinHeap } from "../order/min-heap.ts";
import { exclusionClass, type PortShares } from "../order/port-shares.ts";
import type { RangeColumns } from "./target-list.ts";

/** Disjoint pieces as columns, ascending by address. */
export interface Pieces<A extends number | bigint> {
  readonly starts: Column<A>;
  /** Exclusive. */
  readonly ends: Column<A>;
  /** Index of the set of ports, in PortShares. */
  readonly sets: Column<number>;
  /** The place in the list of the range that a piece is from. */
  readonly places: Column<number>;
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
  const ranges: Ranges<A> = {
    count: bars + listed.length,
    startOf: (range) => (range < bars ? exclusions.starts.at(range) : listed.starts.at(range - bars)),
    endOf: (range) => (range < bars ? exclusions.ends.at(range) : listed.ends.at(range - bars)),
    classOf: (range) =>
      range < bars ? exclusionClass(exclusions.ports.at(range) ?? 0) : (listed.ports.at(range - bars) ?? 0),
  };

  const pieces: Pieces<A> = {
    starts: listed.column(),
    ends: listed.column(),
    sets: new NumberColumn(),
    places: new NumberColumn(),
  };
  const lastPieces = new Map<number, number>();
  let excluded = 0n;
  for (const { start, end, leaders } of stretches(ranges)) {
    const { gets, excluded: ports } = shares.of(leaders.map(ranges.classOf));
    if (ports > 0) excluded += (BigInt(end) - BigInt(start)) * BigInt(ports);
    if (gets.some((set) => set !== null)) covered(start, end);
    for (const [nth, range] of leaders.entries()) {
      const set = gets[nth] ?? null;
      if (set !== null) addPiece(start, end, set, listed.places.at(range - bars) ?? 0);
    }
  }
  return { pieces, excluded };

  /** A stretch that goes on where the last one of the same range ended makes no new piece. */
  function addPiece(start: A, end: A, set: number, place: number): void {
    const last = lastPieces.get(set);
    if (last !== undefined && pieces.places.at(last) === place && pieces.ends.at(last) === start) {
      pieces.ends.replace(last, end);
      return;
    }
    lastPieces.set(set, pieces.starts.length);
    pieces.starts.push(start);
    pieces.ends.push(end);
    pieces.sets.push(set);
    pieces.places.push(place);
  }
};

/** Exclusions and entries, numbered from 0 to `count`; a lower number is served first. */
interface Ranges<A extends number | bigint> {
  readonly count: number;
  startOf(range: number): A | undefined;
  endOf(range: number): A | undefined;
  classOf(range: number): number;
}

interface Stretch<A extends number | bigint> {
  readonly start: A;
  readonly end: A;
  /** Of each class the range with the lowest number that covers the stretch, ascending. */
  readonly leaders: readonly number[];
}

/** The stretches over which the same ranges lead, ascending; where there is no range, there is no stretch. */
function* stretches<A extends number | bigint>(ranges: Ranges<A>): Generator<Stretch<A>> {
  const order = ascending(ranges.count, ranges.startOf);
  const startOfNth = (nth: number): A | undefined => {
    const range = order[nth];
    return range === undefined ? undefined : ranges.startOf(range);
  };
  const active = new Map<number, MinHeap>();
  let next = 0;
  let position = startOfNth(0);
  while (position !== undefined) {
    let upcoming = startOfNth(next);
    while (upcoming !== undefined && upcoming <= position) {
      const range = order[next] ?? 0;
      heapOf(active, ranges.classOf(range)).push(range);
      next += 1;
      upcoming = startOfNth(next);
    }
    const leaders = leadersAt(position, active, ranges);
    let end = upcoming;
    for (const range of leaders) {
      const stop = ranges.endOf(range);
      if (stop !== undefined && (end === undefined || stop < end)) end = stop;
    }
    if (leaders.length > 0 && end !== undefined) yield { start: position, end, leaders };
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
const leadersAt = <A extends number | bigint>(
  position: A,
  active: Map<number, MinHeap>,
  { endOf }: Ranges<A>,
): number[] => {
  const leaders: number[] = [];
  for (const [portClass, heap] of active) {
    let least = heap.least;
    while (least !== undefined && (endOf(least) ?? position) <= position) {
      heap.pop();
      least = heap.least;
    }
    if (least === undefined) active.delete(portClass);
    else leaders.push(least);
  }
  return leaders.sort((a, b) => a - b);
};
