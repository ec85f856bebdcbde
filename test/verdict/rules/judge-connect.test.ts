import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readTranscript } from "../../handshake/read-transcript.ts";
import { judge } from "../../../src/verdict/rules/judge.ts";
import type { Resolution } from "../../../src/verdict/rules/probe-facts.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { probeOf } from "../transcripts.ts";

const RESOLVED: Resolution = { outcome: "resolved", durationMs: 1 };

const silentFor = (waitedMs: number): Result =>
  judge(
    probeOf({
      purpose: "offer-all",
      facts: readTranscript(
        [{ kind: "connect-failed", atMs: waitedMs, reason: "no-answer", detail: "timeout" }],
        0,
      ),
    }),
  );

const unresolvedAfter = (durationMs: number): Result =>
  judge({
    ...probeOf(),
    target: { input: "rdp.example", host: "rdp.example", address: null, port: 3389, family: null },
    resolution: { outcome: "failed", detail: "timeout", durationMs },
  });

describe("a probe that our own time cut short", () => {
  it.each([
    ["a literal address", null],
    ["a name", RESOLVED],
  ])("is inconclusive at tcp where no connection was made to %s", (_, resolution) => {
    const { verdict, stages, connections } = judge({ ...probeOf(), resolution });
    expect(verdict).toMatchObject({ code: "inconclusive", stage: "tcp", severity: "warning", mstsc: null });
    expect(connections).toBe(0);
    expect(stages.filter(({ status }) => status === "failed").map(({ name }) => name)).toEqual([]);
  });

  it("accuses nobody of a silence that was too short, and somebody of one that was not", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 30_000, noNaN: true }), (waitedMs) => {
        const isShort = waitedMs < 50;
        expect(silentFor(waitedMs).verdict).toMatchObject({
          code: isShort ? "inconclusive" : "port-filtered",
          stage: "tcp",
          severity: isShort ? "warning" : "critical",
        });
        expect(unresolvedAfter(waitedMs).verdict).toMatchObject({
          code: isShort ? "inconclusive" : "dns-failure",
          stage: "dns",
        });
      }),
    );
  });
});
