import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, it } from "vitest";
import { createConnectPatience } from "../../../src/scan/one/connect-patience.ts";

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

  it("takes a /64 for one segment, however its addresses are written, and no other", () => {
    const any16 = fc.integer({ min: 0, max: 0xffff });
    const anyHalf = fc.tuple(any16, any16, any16, any16);
    const sparse = fc.constantFrom([0, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 5]);
    fc.assert(
      fc.property(fc.oneof(anyHalf, sparse), anyHalf, anyHalf, (network, a, b) => {
        const textOf = (prefix: readonly number[], host: readonly number[]): string =>
          [...prefix, ...host].map((group) => group.toString(16)).join(":");
        const compressed = (prefix: readonly number[], host: readonly number[]): string =>
          new ipaddr.IPv6([...prefix, ...host]).toString();
        const patience = heard(400, 100, compressed(network, a));
        const near = patience.timeoutMs(textOf(network, b));
        expect(patience.timeoutMs(compressed(network, b))).toBe(near);
        const [first = 0, ...others] = network;
        expect(patience.timeoutMs(compressed([(first + 1) % 0x10000, ...others], b))).not.toBe(near);
      }),
    );
  });

  it("is never longer than the user allows", () => {
    expect(createConnectPatience(700).timeoutMs("10.0.0.1")).toBe(700);
    expect(heard(9000, 10, "10.0.0.1").timeoutMs("10.0.0.2")).toBe(MAX_MS);
  });
});
