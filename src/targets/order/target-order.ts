/** The order in which targets are probed: shuffled by a seed, or as typed; all of them, or one shard. */
import { type Parsed, parsed, rejected } from "../plan/parsed.ts";
import { bigintPermutation, fitsNumbers, numberPermutation } from "./permutation.ts";
import { quoted } from "../grammar/quoted.ts";
import type { TargetPlan } from "../plan/target-plan.ts";
import type { TargetSpec } from "../plan/target-spec.ts";

/** The seed where none is given. It is fixed, so that machines that share a scan agree without a word. */
export const DEFAULT_SEED = 3389;

/** The `index`-th of `of` shards, from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

export interface OrderOptions {
  /** A whole number from 0 to 2^53 - 1; null keeps the order typed. */
  readonly seed: number | null;
  /** Null is all of it. */
  readonly shard: Shard | null;
}

export interface TargetOrder extends Iterable<TargetSpec> {
  /** How many targets this shard has. */
  readonly count: bigint;
  /** @throws RangeError where the position is not below `count`. */
  at(position: number | bigint): TargetSpec;
  /** The targets from a position on. */
  from(position: number | bigint): Iterable<TargetSpec>;
}

/**
 * The targets of a plan in the order of the seed. Shard i of n has the positions i-1, i-1+n, ... of that
 * order, so that the shards together are the whole and no two share a target.
 */
export const orderTargets = (
  plan: Pick<TargetPlan, "count" | "at">,
  { seed, shard }: OrderOptions,
): TargetOrder => {
  const { index, of } = shard ?? { index: 1, of: 1 };
  const first = BigInt(index - 1);
  const count = plan.count <= first ? 0n : (plan.count - first - 1n) / BigInt(of) + 1n;
  return fitsNumbers(plan.count)
    ? numberOrder(plan, seed, index - 1, of, Number(count))
    : bigintOrder(plan, seed, first, BigInt(of), count);
};

type Indexed = Pick<TargetPlan, "count" | "at">;

const numberOrder = (
  plan: Indexed,
  seed: number | null,
  first: number,
  step: number,
  count: number,
): TargetOrder => {
  const permuted = seed === null ? (index: number) => index : numberPermutation(Number(plan.count), seed);
  function* from(position: number | bigint): Generator<TargetSpec> {
    for (let at = Number(position); at < count; at += 1) yield plan.at(permuted(first + at * step));
  }
  return {
    count: BigInt(count),
    at: (position) => plan.at(permuted(first + checked(Number(position), count) * step)),
    from,
    [Symbol.iterator]: () => from(0),
  };
};

const bigintOrder = (
  plan: Indexed,
  seed: number | null,
  first: bigint,
  step: bigint,
  count: bigint,
): TargetOrder => {
  const permuted = seed === null ? (index: bigint) => index : bigintPermutation(plan.count, seed);
  function* from(position: number | bigint): Generator<TargetSpec> {
    for (let at = BigInt(position); at < count; at += 1n) yield plan.at(permuted(first + at * step));
  }
  return {
    count,
    at: (position) => plan.at(permuted(first + checked(BigInt(position), count) * step)),
    from,
    [Symbol.iterator]: () => from(0),
  };
};

const checked = <N extends number | bigint>(position: N, count: N): N => {
  if (position >= 0 && position < count) return position;
  throw new RangeError(`position ${position} of ${count}`);
};

const MAX_SHARDS = 65_536;

/** `2/5`: the second of five shards. */
export const parseShard = (text: string): Parsed<Shard> => {
  const [, index = "0", of = "0"] = /^(\d{1,5})\/(\d{1,5})$/.exec(text.trim()) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  return shard.index >= 1 && shard.index <= shard.of && shard.of <= MAX_SHARDS
    ? parsed(shard)
    : rejected(`${quoted(text)} is no shard: write 2/5 for the second of five`);
};

/** A seed: a whole number from 0 to 2^53 - 1. */
export const parseSeed = (text: string): Parsed<number> => {
  const seed = /^\d{1,16}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(seed)
    ? parsed(seed)
    : rejected(`${quoted(text)} is no seed: write a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`);
};
