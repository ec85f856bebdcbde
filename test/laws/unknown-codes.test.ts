/** A number that no table has is said to be unknown, in each way to write it: never is a neighbour's meaning told. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explain } from "../../src/explain/explain.ts";
import { ENTRIES } from "../../src/explain/meanings.ts";

const KNOWN = new Set(ENTRIES.flatMap(({ decimal }) => (decimal === null ? [] : [decimal])));

/** Numbers that rules make of known ones; the lower digits as hexadecimal are known as mstsc's. */
const isKnown = (number: number): boolean =>
  KNOWN.has(number) ||
  KNOWN.has((number - 0x1000_0000) >>> 0) ||
  KNOWN.has(number & 0xffff) ||
  KNOWN.has(Number(`0x${number}`));

const unknownNumber = fc
  .oneof(
    fc.integer({ min: 0x100, max: 0xffff }),
    fc.integer({ min: 0x1_0000, max: 0xffff_ffff }),
    fc.integer({ min: 0x8009_0300, max: 0x8009_03ff }),
    fc.integer({ min: 0xc000_0000, max: 0xc000_04ff }),
    fc.integer({ min: 0x0300_0000, max: 0x0300_00ff }),
  )
  .filter((number) => !isKnown(number));

const WAYS: Readonly<Record<string, (number: number) => string>> = {
  hexadecimal: (number) => `0x${number.toString(16)}`,
  "upper case": (number) => `0X${number.toString(16).toUpperCase()}`,
  decimal: String,
  "in a dialog": (number) => `Fehlercode: 0x${number.toString(16)}`,
};

describe("200 numbers that no table has", () => {
  it.each(Object.keys(WAYS))("%s: no meaning and no neighbour", (way) => {
    const write = WAYS[way] ?? String;
    fc.assert(
      fc.property(unknownNumber, (number) => {
        const { meanings, nearest, unknown } = explain([write(number)]);
        expect({ meanings, nearest }).toEqual({ meanings: [], nearest: [] });
        expect(unknown).toHaveLength(1);
      }),
      { numRuns: 200 },
    );
  });
});
