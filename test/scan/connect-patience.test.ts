import { describe, expect, it } from "vitest";
import { createConnectPatience } from "../../src/scan/connect-patience.ts";

const MAX_MS = 5000;

const heard = (roundTripMs: number, times: number, address: string) => {
  const patience = createConnectPatience(MAX_MS);
  for (let time = 0; time < times; time += 1) patience.answered(address, roundTripMs);
  return patience;
};

describe("how long a SYN is waited for", () => {
  it("is long enough for one that was sent twice, before anything is known", () => {
    expect(createConnectPatience(MAX_MS).timeoutMs("10.0.0.1")).toBe(2500);
  });

  it.each([
    [1, 1250],
    [100, 1100],
    [800, 1800],
  ])("settles by a segment that answers in %d ms", (roundTripMs, atLeast) => {
    const waitMs = heard(roundTripMs, 200, "10.0.0.1").timeoutMs("10.0.0.200");
    expect(waitMs).toBeGreaterThanOrEqual(atLeast);
    expect(waitMs).toBeLessThan(1000 + 2 * roundTripMs + 250);
  });

  it("is longer where another segment answered", () => {
    const patience = heard(300, 100, "10.0.0.1");
    expect(patience.timeoutMs("10.9.0.1")).toBeGreaterThan(patience.timeoutMs("10.0.0.9"));
    expect(patience.timeoutMs("2001:db8::1")).toBe(patience.timeoutMs("10.9.0.1"));
  });

  it("is never longer than the user allows", () => {
    expect(createConnectPatience(700).timeoutMs("10.0.0.1")).toBe(700);
    expect(heard(9000, 10, "10.0.0.1").timeoutMs("10.0.0.2")).toBe(MAX_MS);
  });
});
