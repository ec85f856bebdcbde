import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { spanText } from "../../../src/verdict/result/span-text.ts";

const MS: Readonly<Record<string, number>> = {
  s: 1000,
  seconds: 1000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
  years: 31_556_952_000,
};

const read = (text: string): { readonly count: number; readonly unit: string } => {
  const [, count = "", unit = ""] = /^([\d,.]+) ([a-z]+)$/.exec(text) ?? [];
  return { count: Number(count.replaceAll(",", "")), unit };
};

describe("a span of time in words", () => {
  it.each([
    [0, "0.0 s"],
    [1234, "1.2 s"],
    [-30 * 60_000, "30 minutes"],
    [90 * 60_000, "90 minutes"],
    [4320 * 60_000, "3 days"],
    [13_440_233_760_000, "426 years"],
  ])("of %d ms is %s", (ms, text) => {
    expect(spanText(ms)).toBe(text);
  });

  it("is the span to within a quarter, in a unit of which a person can picture the number", () => {
    fc.assert(
      fc.property(fc.double({ min: 2000, max: 1e15, noNaN: true }), (ms) => {
        const { count, unit } = read(spanText(ms));
        const size = MS[unit] ?? Number.NaN;
        expect(Math.abs(count * size - ms)).toBeLessThanOrEqual(ms / 4);
        expect(count).toBeGreaterThanOrEqual(2);
        if (unit !== "years") expect(count).toBeLessThan(731);
        expect(spanText(-ms)).toBe(spanText(ms));
      }),
    );
  });
});
