import { describe, expect, it } from "vitest";
import type { Result } from "../../../src/verdict/result/result.ts";
import type { VerdictCode, VerdictStage } from "../../../src/verdict/verdicts.ts";
import {
  type Awaited,
  UNWATCHED,
  type Watch,
  type WatchStep,
  watchStep,
} from "../../../src/verdict/repeat/watch.ts";
import { RESULTS } from "../../report/results.ts";

const { portClosed, portFiltered, silent, standardSecurity } = RESULTS;

const FIRST_AT_MS = Date.parse("2026-11-20T10:00:00.000Z");

/** The result of the probe that started so many seconds after the first. */
const at = (seconds: number, result: Result): Result => ({
  ...result,
  startedAt: new Date(FIRST_AT_MS + seconds * 1000).toISOString(),
});

const verdict = (
  code: VerdictCode,
  stage: VerdictStage,
  severity: Result["verdict"]["severity"],
): Result => ({ ...silent, severity, verdict: { ...silent.verdict, code, stage, severity } });

const works = verdict("ok", "done", "ok");
const needsNla = verdict("nla-required", "negotiation", "ok");

/** The steps of probes with one result each, five seconds apart. */
const stepsOf = (results: readonly Result[], awaited: Awaited = "change"): readonly WatchStep[] => {
  const steps: WatchStep[] = [];
  let watch: Watch = UNWATCHED;
  for (const [index, result] of results.entries()) {
    const step = watchStep(watch, [at(index * 5, result)], awaited);
    if (step === null) throw new Error("a result gives a step");
    steps.push(step);
    watch = step.watch;
  }
  return steps;
};

const endsOf = (results: readonly Result[], awaited: Awaited = "change") =>
  stepsOf(results, awaited).map(({ isOver }) => isOver);

describe("what a further probe means for a watch", () => {
  it("the first has changed nothing, whatever it says", () => {
    const [step] = stepsOf([portClosed]);
    expect(step).toMatchObject({ before: null, changes: [], isOver: false, watch: { probes: 1 } });
  });

  it("the same verdict is no change, another code is one", () => {
    expect(endsOf([portClosed, portClosed, portFiltered])).toEqual([false, false, true]);
  });

  it("the same code in another stage is one", () => {
    const reset = verdict("reset", "tls", "critical");
    expect(endsOf([reset, verdict("reset", "negotiation", "critical")])).toEqual([false, true]);
  });

  it("a change says what was before, and since when", () => {
    const step = stepsOf([portFiltered, portClosed, portClosed, works], "ok").at(-1);
    expect(step?.before?.result.verdict.code).toBe("port-closed");
    expect(step?.before?.since).toBe(at(5, works).startedAt);
    expect(step?.watch.since).toBe(at(15, works).startedAt);
  });

  it.each([
    ["ok", works, true],
    ["ok", needsNla, true],
    ["ok", standardSecurity, false],
    ["ok", portClosed, false],
    ["nla-required", works, false],
    ["nla-required", needsNla, true],
    ["port-closed", portClosed, true],
    ["port-closed", portFiltered, false],
  ] as const)("until %s: by the first probe already (case %#)", (awaited, result, isOver) => {
    expect(endsOf([result], awaited)).toEqual([isOver]);
  });

  it("a change to what is not waited for is told, and the watch goes on", () => {
    const step = stepsOf([portFiltered, portClosed], "ok").at(-1);
    expect(step).toMatchObject({ isOver: false, before: { result: { verdict: { code: "port-filtered" } } } });
  });

  it("what else differs is named, also under the same verdict", () => {
    const withOs = (osVersion: string): Result => ({
      ...works,
      security: { ...works.security, nla: osVersion === "1" ? "optional" : "unsupported" },
    });
    const step = stepsOf([withOs("1"), withOs("2")]).at(-1);
    expect(step).toMatchObject({ before: null, changes: ["nla"], isOver: false });
  });

  it("counts the verdicts in the order of first sight", () => {
    const step = stepsOf([portClosed, portFiltered, portClosed], "ok").at(-1);
    expect([...(step?.watch.verdicts ?? [])]).toEqual([
      ["port-closed", 2],
      ["port-filtered", 1],
    ]);
  });

  it("a name is as well as the worst of its addresses, the first of equals", () => {
    const worst = (...results: readonly Result[]) =>
      watchStep(UNWATCHED, results, "change")?.result.verdict.code;
    expect(worst(works, portClosed)).toBe("port-closed");
    expect(worst(portFiltered, works, portClosed)).toBe("port-filtered");
  });

  it("a probe without a result is none", () => {
    expect(watchStep(UNWATCHED, [], "change")).toBeNull();
  });
});
