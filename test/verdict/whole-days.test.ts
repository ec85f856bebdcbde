import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { daysBetween, daysLeftText, wholeDays } from "../../src/verdict/judge-certificate.ts";

const NOW = new Date("2026-11-27T12:00:00Z");
const DAY_MS = 86_400_000;
const after = (days: number): Date => new Date(NOW.getTime() + days * DAY_MS);

describe("whole days", () => {
  it.each([
    [30.04, 30, "30 days left"],
    [1.99, 1, "1 day left"],
    [0.5, 0, "0 days left"],
    [-0.01, 0, "expired less than a day ago"],
    [-1.5, -1, "expired 1 day ago"],
    [-27.04, -27, "expired 27 days ago"],
    [-27.99, -27, "expired 27 days ago"],
  ])("%f days to the end are %i: %s", (days, whole, text) => {
    const daysLeft = daysBetween(NOW, after(days));
    expect(wholeDays(daysLeft)).toBe(whole);
    expect(daysLeftText(daysLeft)).toBe(text);
  });

  it("are those that are full, before the end and after it", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), (minutes) => {
        const full = Math.floor(Math.abs(minutes) / 1440);
        const exact = Math.abs(minutes) % 144 === 0;
        const whole = Math.abs(wholeDays(daysBetween(NOW, after(minutes / 1440))));
        // What ended to the tenth of a day is the one case in which the tenths do not say on which side it was.
        if (!(minutes < 0 && exact)) expect(whole).toBe(full);
        else expect([full, full - 1]).toContain(whole);
      }),
    );
  });
});
