import { describe, expect, it } from "vitest";
import { watchLine, watchSummary } from "../../../src/report/text/watch-text.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { verdictTitle } from "../../../src/verdict/verdict-titles.ts";
import { UNWATCHED, type WatchStep, watchStep } from "../../../src/verdict/repeat/watch.ts";
import { hostile, RESULTS, UNSAFE } from "../results.ts";

const OPTIONS = { color: false, columns: 80, namesAddress: false };
const { portClosed, portFiltered } = RESULTS;

const TITLE = verdictTitle("port-closed", "tcp", "critical");

const stepAt = (startedAt: string, result: Result, from: WatchStep | null = null): WatchStep => {
  const step = watchStep(from?.watch ?? UNWATCHED, [{ ...result, startedAt }], "ok");
  if (step === null) throw new Error("a result gives a step");
  return step;
};

const first = stepAt("2026-11-20T09:59:00.000Z", portFiltered);
const changed = stepAt("2026-11-20T10:01:05.000Z", portClosed, first);

describe("the lines of a watch", () => {
  it("a probe is one line: the time in UTC, how it is, the verdict's title", () => {
    expect(watchLine(stepAt("2026-11-20T10:00:05.500Z", portClosed), OPTIONS)).toBe(
      `10:00:05Z  FAILED   ${TITLE}\n`,
    );
  });

  it("a change says what it was and for how long", () => {
    expect(watchLine(changed, { ...OPTIONS, columns: 120 })).toBe(
      `10:01:05Z  FAILED   ${TITLE}  (was port-filtered at tcp for 2 minutes)\n`,
    );
  });

  it("what does not fit beside the title stands below it", () => {
    const lines = watchLine(changed, { ...OPTIONS, columns: 60 })
      .trimEnd()
      .split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[1]).toBe(`${" ".repeat(20)}(was port-filtered at tcp for 2 minutes)`);
  });

  it("says which address it is about where there are several", () => {
    const result = { ...portClosed, target: { ...portClosed.target, address: "192.0.2.9" } };
    const line = watchLine(stepAt("2026-11-20T10:00:05.500Z", result), { ...OPTIONS, namesAddress: true });
    expect(line).toContain("  192.0.2.9  ");
  });

  it("prints nothing that a terminal acts on, whatever a peer sent", () => {
    const step = stepAt("2026-11-20T10:00:05.500Z", hostile(portClosed), changed);
    expect(watchLine(step, OPTIONS)).not.toMatch(UNSAFE);
    expect(watchSummary(step.watch, 1000)).not.toMatch(UNSAFE);
  });

  it("the end is one line: probes, time, verdicts, and the last of them", () => {
    const { watch } = stepAt("2026-11-20T10:01:10.000Z", portClosed, changed);
    expect(watchSummary(watch, 130_000)).toBe(
      `3 probes in 2 minutes: port-filtered 1, port-closed 2; last: ${TITLE}\n`,
    );
    expect(watchSummary(UNWATCHED, 500)).toMatch(/^[^\n]+\n$/);
  });
});
