import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bigintPermutation, fitsNumbers, numberPermutation } from "../../../src/targets/order/permutation.ts";

const seed = fc.maxSafeNat();

describe("a shuffled order that is computed", () => {
  it.each([1, 2, 3, 4, 5, 7, 8, 9, 16, 100, 255, 256, 257, 1000, 4097])(
    "of %d has each index once, in numbers and in bigints",
    (size) => {
      for (const seed of [0, 1, 3389, Number.MAX_SAFE_INTEGER]) {
        const numbers = numberPermutation(size, seed);
        const bigints = bigintPermutation(BigInt(size), seed);
        const indexes = Array.from({ length: size }, (_, index) => index);
        expect(new Set(indexes.map(numbers)).size).toBe(size);
        expect(Math.max(...indexes.slice(0, 1000).map(numbers))).toBeLessThan(size);
        expect(new Set(indexes.map((index) => bigints(BigInt(index)))).size).toBe(size);
        expect(indexes.every((index) => bigints(BigInt(index)) < BigInt(size))).toBe(true);
      }
    },
  );

  it("has each index once for any size and seed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), seed, (size, seed) => {
        const permuted = Array.from({ length: size }, (_, index) => index).map(numberPermutation(size, seed));
        expect(permuted.toSorted((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, index) => index));
      }),
      { numRuns: 200 },
    );
  });

  it("stays within large sizes, and takes no two indexes to one", () => {
    const numbers = fc.maxSafeNat().map((size) => 1 + (size % 2 ** 52));
    fc.assert(
      fc.property(numbers, seed, fc.uniqueArray(fc.maxSafeNat(), { minLength: 2 }), (size, seed, some) => {
        const indexes = [...new Set(some.map((index) => index % size))];
        const permuted = indexes.map(numberPermutation(size, seed));
        expect(new Set(permuted).size).toBe(indexes.length);
        expect(permuted.every((index) => Number.isInteger(index) && index >= 0 && index < size)).toBe(true);
      }),
    );
    const bigints = fc.bigInt({ min: 2n ** 52n, max: 2n ** 144n });
    fc.assert(
      fc.property(
        bigints,
        seed,
        fc.uniqueArray(fc.bigInt({ min: 0n, max: 2n ** 144n })),
        (size, seed, some) => {
          const indexes = [...new Set(some.map((index) => index % size))];
          const permuted = indexes.map(bigintPermutation(size, seed));
          expect(new Set(permuted).size).toBe(indexes.length);
          expect(permuted.every((index) => index >= 0n && index < size)).toBe(true);
        },
      ),
    );
  });

  it("is made in numbers as far as they reach", () => {
    expect([2n ** 52n, 2n ** 52n + 1n].map(fitsNumbers)).toEqual([true, false]);
  });

  it("spreads neighbours: of the first 256 of a /16 hardly two are in one /24 after another", () => {
    const permuted = numberPermutation(65_536, 1);
    const segments = Array.from({ length: 256 }, (_, index) => permuted(index) >> 8);
    // 256 balls thrown into 256 bins leave 1 - 1/e of them, 162, hit.
    expect(new Set(segments).size).toBeGreaterThan(130);
    expect(segments.filter((segment, at) => segment === segments[at + 1]).length).toBeLessThan(8);
  });
});
