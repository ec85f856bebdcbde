import { describe, expect, it } from "vitest";
import { createFailedProbes } from "../../src/exporter/failed-probes.ts";

const startedAt = "2026-11-20T10:00:00.000Z";
const BOUNDS = { probes: 4, ofOneTarget: 2, bytes: 1000 } as const;
const probe = (place: string, text = "text", module = "quick") => ({ startedAt, place, module, text });

describe("what is kept of failed probes", () => {
  it("is found by its id, which says when it was", () => {
    const failed = createFailedProbes(BOUNDS);
    const id = failed.add(probe("one:3389", "reset"));
    expect(id).toBe("20261120T100000-1");
    expect(failed.byId(id)).toMatchObject({ place: "one:3389", module: "quick", text: "reset" });
    expect(failed.byId("20261120T100000-2")).toBeNull();
    expect(failed.byId("__proto__")).toBeNull();
  });

  it("is the newest of a place, of a module where one is named", () => {
    const failed = createFailedProbes(BOUNDS);
    failed.add(probe("one:3389", "a"));
    failed.add(probe("one:3389", "b", "full"));
    failed.add(probe("two:3389", "c"));
    expect(failed.latestOf("one:3389", null)?.text).toBe("b");
    expect(failed.latestOf("one:3389", "quick")?.text).toBe("a");
    expect(failed.latestOf("three:3389", null)).toBeNull();
  });

  it("is bounded: one target that always fails pushes no other out", () => {
    const failed = createFailedProbes(BOUNDS);
    const other = failed.add(probe("other:3389"));
    const ids = Array.from({ length: 50 }, () => failed.add(probe("one:3389")));
    expect(ids.filter((id) => failed.byId(id) !== null)).toEqual(ids.slice(-2));
    expect(failed.byId(other)).not.toBeNull();
  });

  it("is bounded in number: the oldest goes first", () => {
    const failed = createFailedProbes(BOUNDS);
    const ids = ["a", "b", "c", "d", "e", "f"].map((host) => failed.add(probe(`${host}:3389`)));
    expect(ids.map((id) => failed.byId(id) !== null)).toEqual([false, false, true, true, true, true]);
  });

  it("is bounded in bytes, and a text that alone is more is cut", () => {
    const failed = createFailedProbes(BOUNDS);
    const first = failed.add(probe("a:3389", "x".repeat(600)));
    const second = failed.add(probe("b:3389", "é".repeat(250)));
    expect([failed.byId(first), failed.byId(second)?.text.length]).toEqual([null, 250]);
    const third = failed.add(probe("c:3389", "€".repeat(5000)));
    const kept = failed.byId(third)?.text ?? "";
    expect(kept).toMatch(/^€{100,}\n\(cut: .*\)\n$/);
    expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(BOUNDS.bytes);
    expect(failed.byId(second)).toBeNull();
  });
});
