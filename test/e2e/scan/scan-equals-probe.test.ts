import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { probeAddress } from "../../../src/scan/one/probe-address.ts";
import { scanAll } from "../../../src/scan/scan-all.ts";
import { DEFAULT_EXPIRY } from "../../../src/verdict/findings/certificate-findings.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { REFERENCE } from "../../verdict/transcripts.ts";

const SCENARIOS = [
  "nla-required",
  "nla-optional",
  "tls-without-nla",
  "tls13-only",
  "certificate-expired",
  "certificate-chain",
  "failure-2",
  "failure-3",
  "reset-after-hello",
  "http",
  "silent",
  "port-closed",
];

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: SCENARIOS });
});

afterAll(() => lab.close());

const OPTIONS = {
  pauseMs: 0,
  timeoutMs: 1500,
  deadlineMs: 15_000,
  routing: { kind: "cookie", identity: "rdprobe" },
  reference: REFERENCE,
  expiry: DEFAULT_EXPIRY,
} as const;

/** What is a time, or counted from one. */
const TIMES = new Set(["startedAt", "durationMs", "daysLeft", "serverTime", "clockSkewMs"]);

const withoutTimes = (result: Result): unknown =>
  JSON.parse(
    JSON.stringify(result, (key, value: unknown) => {
      if (TIMES.has(key)) return undefined;
      return typeof value === "string" ? value.replace(/[+-]?\d+(\.\d+)? m?s\b/g, "some time") : value;
    }),
  );

describe.each(["quick", "standard"] as const)("the rows of a scan at depth %s", (depth) => {
  it("equal single probes of the same hosts, field by field save times", async () => {
    const targets = lab.listeners.map(({ host, port }) => ({
      input: `${host}:${port}`,
      host,
      family: 4 as const,
      port,
    }));
    const rows = await scanAll(targets, {
      ...OPTIONS,
      depth,
      family: 0,
      concurrency: 4,
      ratePerSecond: null,
      retries: 0,
      adaptive: true,
      signal: new AbortController().signal,
    });
    expect(rows).toHaveLength(targets.length);
    for (const [index, { input, host, port }] of targets.entries()) {
      const endpoint = { address: host, port, family: 4 as const };
      const single = await probeAddress({ input, host, endpoint, resolution: null }, { ...OPTIONS, depth });
      const row = rows[index];
      expect(row === undefined ? null : withoutTimes(row)).toEqual(withoutTimes(single));
    }
  }, 60_000);
});
