import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DEFAULT_SEED,
  orderTargets,
  parseSeed,
  parseShard,
} from "../../../src/targets/order/target-order.ts";
import { keyOf, planOf } from "../plans.ts";

const SUBNET = planOf("10.0.0.0/24");
const shuffled = (seed: number | null, plan = SUBNET): string[] =>
  Array.from(orderTargets(plan, { seed, shard: null }), keyOf);

describe("the order of targets", () => {
  it("is the same for the same seed and another for another", () => {
    expect(shuffled(1)).toEqual(shuffled(1));
    expect(shuffled(1)).not.toEqual(shuffled(2));
    expect(shuffled(1)).not.toEqual(shuffled(2 ** 32 + 1));
    expect(shuffled(1)).not.toEqual(shuffled(null));
    expect(shuffled(1).toSorted()).toEqual(shuffled(null).toSorted());
  });

  it("is the same on every machine and in every version, since shards and --seed rest on it", () => {
    expect(shuffled(DEFAULT_SEED).slice(0, 6)).toEqual([
      "10.0.0.43 3389",
      "10.0.0.135 3389",
      "10.0.0.213 3389",
      "10.0.0.110 3389",
      "10.0.0.23 3389",
      "10.0.0.102 3389",
    ]);
    const wide = orderTargets(planOf("2001:db8::/64"), { seed: DEFAULT_SEED, shard: null });
    expect([0, 1, 2].map((position) => wide.at(position).host)).toEqual([
      "2001:db8::763a:ccf7:22b1:53af",
      "2001:db8::7756:9c3a:add6:8f6a",
      "2001:db8::51e8:b916:ea21:6ce0",
    ]);
  });

  it.each([0, 1, 2, 3, 5, 256])("of %d targets falls into shards that are apart and complete", (size) => {
    const plan = planOf(size === 0 ? "" : `10.0.0.0-10.0.0.${size - 1}`);
    for (const seed of [null, 7]) {
      for (const of of [1, 2, 3, 5, 7]) {
        const shards = Array.from({ length: of }, (_, nth) => {
          const order = orderTargets(plan, { seed, shard: { index: nth + 1, of } });
          const keys = Array.from(order, keyOf);
          expect(order.count).toBe(BigInt(keys.length));
          return keys;
        });
        const whole = shuffled(seed, plan);
        expect(shards.flat().toSorted()).toEqual(whole.toSorted());
        expect(shards[0]).toEqual(whole.filter((_, position) => position % of === 0));
      }
    }
  });

  it("is reached at any position, by numbers and by bigints", () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(4), fc.option(fc.nat()), fc.nat(45), (last, nth, seed, skip) => {
        const plan = planOf(`10.0.0.0-10.0.0.${last}`);
        const order = orderTargets(plan, { seed, shard: { index: nth + 1, of: 5 } });
        const all = [...order];
        expect(all.map((_, position) => order.at(position))).toEqual(all);
        expect(all.map((_, position) => order.at(BigInt(position)))).toEqual(all);
        expect([...order.from(skip)]).toEqual(all.slice(skip));
        expect(() => order.at(all.length)).toThrow(RangeError);
      }),
    );
  });

  it("of more targets than numbers count goes to the last of a shard", () => {
    const plan = planOf("2001:db8::/64 10.0.0.0/24");
    for (const seed of [null, 1]) {
      const order = orderTargets(plan, { seed, shard: { index: 256, of: 257 } });
      expect(order.count).toBe((plan.count - 255n - 1n) / 257n + 1n);
      expect([...order.from(order.count - 2n)]).toEqual([
        order.at(order.count - 2n),
        order.at(order.count - 1n),
      ]);
      expect(() => order.at(order.count)).toThrow(RangeError);
    }
  });
});

describe("a shard and a seed as typed", () => {
  it("are read", () => {
    expect(parseShard(" 2/5 ")).toEqual({ ok: true, value: { index: 2, of: 5 } });
    expect(parseSeed("0")).toEqual({ ok: true, value: 0 });
    expect(parseSeed(String(Number.MAX_SAFE_INTEGER))).toEqual({ ok: true, value: Number.MAX_SAFE_INTEGER });
  });

  it.each(["", "2", "0/5", "6/5", "1/0", "-1/5", "1/5/2", "a/b", "1/65537"])("%j is no shard", (text) => {
    expect(parseShard(text)).toEqual({
      ok: false,
      problem: `${JSON.stringify(text)} is no shard: write 2/5 for the second of five`,
    });
  });

  it.each(["", "-1", "1.5", "x", "9007199254740992"])("%j is no seed", (text) => {
    const seed = parseSeed(text);
    expect(seed.ok ? "" : seed.problem).toContain(
      "is no seed: write a whole number from 0 to 9007199254740991",
    );
  });
});
