/** Pieces of the list behind one index: which host and port stands at a number, found by bisection. */
import { ascending } from "../order/ascending.ts";
import { countUpTo } from "./count-up-to.ts";
import { fitsNumbers } from "../order/permutation.ts";
import type { TargetPieces } from "./target-pieces.ts";
import type { TargetSpec } from "./target-spec.ts";

/** Addresses beside each other with the same ports, or one name. */
export interface TargetSpan {
  /** At its first port. */
  readonly first: TargetSpec;
  readonly addresses: bigint;
  readonly ports: readonly number[];
}

export interface TargetIndex {
  readonly count: bigint;
  /** All of it in pieces that are not unfolded, in the order typed. */
  spans(): Iterable<TargetSpan>;
  /** @throws RangeError where the index is not below `count`. */
  at(index: number | bigint): TargetSpec;
}

/** Puts pieces of all kinds into the order typed, those of one range by address. */
export const indexTargets = (kinds: readonly TargetPieces[]): TargetIndex => {
  const slots = slotsOf(kinds);
  let count = 0n;
  for (let slot = 0; slot < slots.length; slot += 1) count += slots.sizeOf(slot);
  return {
    count,
    at: fitsNumbers(count) ? numberLookup(slots) : bigintLookup(slots),
    spans: () => spansOf(slots),
  };
};

function* spansOf(slots: Slots): Generator<TargetSpan> {
  for (let slot = 0; slot < slots.length; slot += 1) {
    const ports = slots.portsOf(slot);
    const addresses = slots.sizeOf(slot) / BigInt(ports.length);
    yield { first: slots.targetAt(slot, 0, ports[0] ?? 0), addresses, ports };
  }
}

const numberLookup = (slots: Slots): TargetIndex["at"] => {
  const offsets = new Float64Array(slots.length);
  let count = 0;
  for (let slot = 0; slot < slots.length; slot += 1) {
    offsets[slot] = count;
    count += Number(slots.sizeOf(slot));
  }
  return (index) => {
    const at = Number(index);
    if (!(Number.isInteger(at) && at >= 0 && at < count)) throw outside(index, count);
    const slot = countUpTo(offsets, at) - 1;
    const ports = slots.portsOf(slot);
    const rest = at - (offsets[slot] ?? 0);
    const step = ports.length === 1 ? rest : Math.floor(rest / ports.length);
    return slots.targetAt(slot, step, ports[rest - step * ports.length] ?? 0);
  };
};

const bigintLookup = (slots: Slots): TargetIndex["at"] => {
  const offsets: bigint[] = [];
  let count = 0n;
  for (let slot = 0; slot < slots.length; slot += 1) {
    offsets.push(count);
    count += slots.sizeOf(slot);
  }
  return (index) => {
    const at = BigInt(index);
    if (at < 0n || at >= count) throw outside(index, count);
    const slot = countUpTo(offsets, at) - 1;
    const ports = slots.portsOf(slot);
    const rest = at - (offsets[slot] ?? 0n);
    const step = rest / BigInt(ports.length);
    return slots.targetAt(slot, step, ports[Number(rest % BigInt(ports.length))] ?? 0);
  };
};

const outside = (index: number | bigint, count: number | bigint): RangeError =>
  new RangeError(`target ${index} of ${count}`);

/** The pieces of all kinds in the order typed. */
interface Slots {
  readonly length: number;
  /** Pairs of host and port. */
  sizeOf(slot: number): bigint;
  portsOf(slot: number): readonly number[];
  targetAt(slot: number, step: number | bigint, port: number): TargetSpec;
}

const slotsOf = (kinds: readonly TargetPieces[]): Slots => {
  const length = kinds.reduce((total, pieces) => total + pieces.length, 0);
  const kindOf = new Uint8Array(length);
  const pieceOf = new Uint32Array(length);
  const queues = kinds.map((pieces, kind) => ({
    kind,
    pieces,
    order: ascending(pieces.length, pieces.placeOf),
    next: 0,
  }));
  for (let slot = 0; slot < length; slot += 1) {
    let first: (typeof queues)[number] | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const queue of queues) {
      const piece = queue.order[queue.next];
      const place = piece === undefined ? Number.POSITIVE_INFINITY : queue.pieces.placeOf(piece);
      if (place < least) [first, least] = [queue, place];
    }
    if (first === undefined) break;
    kindOf[slot] = first.kind;
    pieceOf[slot] = first.order[first.next] ?? 0;
    first.next += 1;
  }
  const piecesAt = (slot: number): TargetPieces => {
    const pieces = kinds[kindOf[slot] ?? 0];
    if (pieces === undefined) throw new RangeError(`slot ${slot} of ${length}`);
    return pieces;
  };
  const portsOf = (slot: number): readonly number[] => piecesAt(slot).portsOf(pieceOf[slot] ?? 0);
  return {
    length,
    sizeOf: (slot) => piecesAt(slot).addressesOf(pieceOf[slot] ?? 0) * BigInt(portsOf(slot).length),
    portsOf,
    targetAt: (slot, step, port) => piecesAt(slot).targetAt(pieceOf[slot] ?? 0, step, port),
  };
};
