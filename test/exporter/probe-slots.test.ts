import { describe, expect, it } from "vitest";
import { createProbeSlots } from "../../src/exporter/probe-slots.ts";

const LONG_MS = 60_000;

describe("slots for probes", () => {
  it("are given in the order of arrival", async () => {
    const slots = createProbeSlots(1);
    const order: string[] = [];
    const first = await slots.take(LONG_MS);
    const waiting = ["second", "third"].map(async (name) => {
      const release = await slots.take(LONG_MS);
      order.push(name);
      release?.();
    });
    expect({ inUse: slots.inUse(), waiting: slots.waiting() }).toEqual({ inUse: 1, waiting: 2 });
    first?.();
    await Promise.all(waiting);
    expect(order).toEqual(["second", "third"]);
    expect({ inUse: slots.inUse(), waiting: slots.waiting() }).toEqual({ inUse: 0, waiting: 0 });
  });

  it("are not waited for longer than said; who gave up takes none", async () => {
    const slots = createProbeSlots(1);
    const first = await slots.take(LONG_MS);
    expect(await slots.take(0)).toBeNull();
    expect(await slots.take(5)).toBeNull();
    expect(slots.waiting()).toBe(0);
    first?.();
    expect(slots.inUse()).toBe(0);
    expect(await slots.take(0)).not.toBeNull();
  });

  it("that are given back twice are one", async () => {
    const slots = createProbeSlots(2);
    const release = await slots.take(0);
    await slots.take(0);
    release?.();
    release?.();
    expect(slots.inUse()).toBe(1);
  });
});
