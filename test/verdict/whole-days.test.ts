import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { daysBetween, daysLeftText, wholeDays } from "../../src/verdict/days-left.ts";

const NOW = new Date("2026-11-27T12:00:00Z");
const DAY_MS = 86_400_000;
const dateAfter = (days: number): Date => new Date(NOW.getTime() + days * DAY_MS);

describe("whole days", () => {
  it.each([
    [30.04, 30, "30 days left"],
    [1.99, 1, "1 day left"],
    [0.5, 0, "0 days left"],
    [-0.01, -1, "expired less than a day ago"],
    [-1.5, -1, "expired 1 day ago"],
    [-27.04, -27, "expired 27 days ago"],
    [-27.5, -27, "expired 27 days ago"],
  ])("%f days to the end are %i: %s", (days, whole, text) => {
    const daysLeft = daysBetween(NOW, dateAfter(days));
    expect(wholeDays(daysLeft)).toBe(whole);
    expect(daysLeftText(daysLeft)).toBe(text);
  });

  it("are as many in a number as in a text, before the end and after it", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), (minutes) => {
        const daysLeft = daysBetween(NOW, dateAfter(minutes / 1440));
        const text = daysLeftText(daysLeft);
        const said = /^(?:expired )?(\d+) days? /.exec(text)?.[1];
        expect(said === undefined ? "1" : said).toBe(String(Math.abs(wholeDays(daysLeft))));
        expect(text.startsWith("expired")).toBe(minutes < 0);
      }),
    );
  });
});
