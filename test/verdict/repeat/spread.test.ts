import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jitterOf, spreadOf } from "../../../src/verdict/repeat/spread.ts";

describe("the spread of times", () => {
  it("is min, median, p95 by the nearest rank, and max", () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(spreadOf(values)).toEqual({ min: 1, median: 50.5, p95: 95, max: 100 });
  });

  it("of one value is that value", () => {
    expect(spreadOf([80.04])).toEqual({ min: 80, median: 80, p95: 80, max: 80 });
  });

  it("of none is null", () => {
    expect(spreadOf([])).toBeNull();
  });

  it("is in order, and within the values, whatever they are", () => {
    const times = fc.array(fc.double({ min: 0, max: 1e5, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(times, (values) => {
        const { min, median, p95, max } = spreadOf(values) ?? { min: 1, median: 0, p95: 0, max: 0 };
        expect(min <= median && median <= p95 && p95 <= max).toBe(true);
        expect(Math.abs(max - Math.max(...values))).toBeLessThan(0.1);
      }),
    );
  });
});

describe("jitter", () => {
  it("is the mean step from one value to the next", () => {
    expect(jitterOf([80, 90, 80, 100])).toBe(13.3);
  });

  it("of a steady time is 0, and of one value unknown", () => {
    expect(jitterOf([80, 80, 80])).toBe(0);
    expect(jitterOf([80])).toBeNull();
  });
});
