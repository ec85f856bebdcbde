import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AlertRange,
  alertsOn,
  parseRange,
  printedRange,
  scaledRange,
} from "../../../src/targets/grammar/range.ts";

const rangeOf = (text: string): AlertRange => {
  const range = parseRange(text);
  if (!range.ok) throw new Error(range.problem);
  return range.value;
};

describe("a range of the Monitoring Plugins guidelines", () => {
  it.each<[text: string, alerts: readonly number[], quiet: readonly number[]]>([
    ["10", [-1, 10.5, 11], [0, 5, 10]],
    ["10:", [9.9, -5], [10, 1e6]],
    ["~:10", [10.1, 11], [-1e6, 0, 10]],
    ["10:20", [9, 21], [10, 15, 20]],
    ["@10:20", [10, 15, 20], [9, 21]],
    ["@10", [0, 10], [-1, 11]],
    ["@~:0", [-1, 0], [1]],
    ["-5:5", [-6, 6], [-5, 0, 5]],
    [":10", [-1, 11], [0, 10]],
    ["~:", [], [-1e9, 0, 1e9]],
    ["1.5:2.5", [1.4, 2.6], [1.5, 2.5]],
  ])("%s alerts on %j and not on %j", (text, alerts, quiet) => {
    const range = rangeOf(text);
    expect(alerts.filter((value) => !alertsOn(range, value))).toEqual([]);
    expect(quiet.filter((value) => alertsOn(range, value))).toEqual([]);
  });

  it.each([
    "",
    " ",
    ":",
    "@",
    "~",
    "@:",
    "foo",
    "10:5",
    "1e3",
    "0x10",
    "10::20",
    "--5",
    "1,5",
    "10:20:30",
    "∞",
  ])("%j is none, and the answer says what would be one", (text) => {
    const range = parseRange(text);
    expect(range.ok ? range.value : range.problem).toContain(`${JSON.stringify(text)} is no range`);
  });

  const number = fc.integer({ min: -1e9 + 1, max: 1e9 - 1 }).map((value) => value / 100 + 0);
  const range = fc
    .tuple(
      fc.oneof(number, fc.constant(Number.NEGATIVE_INFINITY)),
      fc.oneof(number, fc.constant(Number.POSITIVE_INFINITY)),
      fc.boolean(),
    )
    .map(([a, b, alertsInside]) => ({ start: Math.min(a, b), end: Math.max(a, b), alertsInside }));

  it("is read back as it was printed", () => {
    fc.assert(
      fc.property(range, (value) => {
        expect(rangeOf(printedRange(value))).toEqual(value);
      }),
    );
  });

  it("alerts on the same values in another unit", () => {
    fc.assert(
      fc.property(range, fc.integer({ min: -1e6, max: 1e6 }), (value, ms) => {
        expect(alertsOn(scaledRange(value, 1 / 1000), ms / 1000)).toBe(alertsOn(value, ms));
      }),
    );
  });
});
