import { describe, expect, it } from "vitest";
import { parseCount } from "../../../src/targets/plan/count.ts";
import { parsePauses } from "../../../src/targets/order/pauses.ts";

describe("pauses", () => {
  it.each([
    ["1s", [1000]],
    ["0", [0]],
    ["0s", [0]],
    ["100ms,60s", [100, 60_000]],
    ["0, 2m", [0, 120_000]],
  ])("%s", (text, value) => {
    expect(parsePauses(text)).toEqual({ ok: true, value });
  });

  it.each(["", "1s,", "-1s", "soon", Array(17).fill("1s").join(",")])(
    "%j is rejected with what is right",
    (text) => {
      expect(parsePauses(text)).toMatchObject({
        ok: false,
        problem: expect.stringMatching(/100ms,60s|up to 16/),
      });
    },
  );
});

describe("a count", () => {
  it("is a whole number up to its limit", () => {
    expect(parseCount("20", 100)).toEqual({ ok: true, value: 20 });
  });

  it.each(["0", "101", "1.5", "-1", "many", "1e3", "99999999999999999999"])("%j is rejected", (text) => {
    expect(parseCount(text, 100)).toMatchObject({
      ok: false,
      problem: expect.stringContaining("from 1 to 100"),
    });
  });
});
