import { describe, expect, it } from "vitest";
import { startRepetition } from "../../../src/verdict/repeat/repeat-report.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { answeredBy, connectedIn, EXPIRED, repeated, repeatOf } from "../repeats.ts";

const findingsOf = (letters: string, pausesMs?: readonly number[]): readonly string[] =>
  repeatOf(letters, pausesMs).findings.map(({ code }) => code);

describe("many probes of one place", () => {
  it("are nothing before the first", () => {
    expect(startRepetition().result()).toBeNull();
  });

  it("count their verdicts, connections and what was lost", () => {
    const { repeat } = repeatOf("...................r");
    expect(repeat).toMatchObject({
      count: 20,
      verdicts: { ok: 19, reset: 1 },
      connections: 39,
      lossPercent: 5,
      loss: { repeatedSyns: 0, brokenOff: 1 },
    });
  });

  it("keep each probe with its place in time, the pause before it and its stages", () => {
    const { probes } = repeatOf("..").repeat;
    expect(probes).toMatchObject([
      { code: "ok", stage: "done", pauseMs: null, stageMs: { tcp: 1 } },
      { code: "ok", stage: "done", pauseMs: 1000, stageMs: { tcp: 1 } },
    ]);
  });

  it("are stood for by what fails, and say how often", () => {
    const { verdict } = repeatOf("..r.");
    expect(verdict).toMatchObject({ code: "reset", stage: "tls" });
    expect(verdict.summary).toMatch(/; so in 1 of 4 probes$/);
  });

  it("are stood for by the failure that is seen most often", () => {
    expect(repeatOf("r.ffr.f").verdict.code).toBe("port-filtered");
  });

  it("that all fare alike say nothing more than one", () => {
    for (const letters of ["...", "rrr"]) {
      const { verdict, findings } = repeatOf(letters);
      expect(verdict.summary).not.toContain("probes");
      expect(findings).toEqual([]);
    }
  });
});

describe("what is lost on the way", () => {
  it("shows as a connect that took a second SYN, which is no latency", () => {
    const { repeat, findings } = repeated([80, 90, 1085, 70, 85].map(connectedIn));
    expect(repeat).toMatchObject({
      lossPercent: 20,
      loss: { repeatedSyns: 1, brokenOff: 0 },
      latencyMs: { min: 70, median: 82.5, max: 90 },
    });
    expect(repeat.stages.tcp).toMatchObject({ count: 4 });
    expect(findings.map(({ code }) => code)).toEqual(["packets-lost"]);
  });

  it("has an interval by Wilson's score", () => {
    // 5 of 100: the textbook's 2.2 to 11.2 percent.
    const { loss } = repeatOf(`${".".repeat(95)}fffff`).repeat;
    expect(loss).toMatchObject({ lowPercent: 2.2, highPercent: 11.2 });
  });

  it("is not what a host refuses", () => {
    expect(repeatOf("x...").repeat.lossPercent).toBe(0);
  });

  it("leaves no latency where no connection came to be", () => {
    expect(repeatOf("fff").repeat).toMatchObject({
      latencyMs: null,
      jitterMs: null,
      stages: {},
      lossPercent: 100,
    });
  });
});

describe("the order of failures", () => {
  it.each([
    ["only the first", "r.......", [1000], "fails-at-first"],
    ["all from a moment on", "......rrrr", [0], "fails-under-load"],
    ["every third", "..r..r..r.", [0], "fails-in-turn"],
    ["after each long pause", "..r.r.r.", [0, 60_000], "fails-after-idle-time"],
    ["after each short pause", ".r.r.r.r", [0, 60_000], "fails-under-load"],
  ] as const)("%s", (_, letters, pausesMs, code) => {
    expect(findingsOf(letters, pausesMs)).toEqual(["comes-and-goes", code]);
  });

  it("is not made up where there is none", () => {
    expect(findingsOf("..r.rr....r.")).toEqual(["comes-and-goes"]);
    expect(findingsOf(".r")).toEqual(["comes-and-goes"]);
  });

  it("names the pauses between which it changes", () => {
    const found = repeatOf("..r.r.r.", [500, 60_000]).findings.find(
      ({ code }) => code === "fails-after-idle-time",
    );
    expect(found?.summary).toMatch(/after a pause of 60 s fails, and none after 500 ms or less/);
  });
});

describe("a farm behind one address", () => {
  const farm = (expired: readonly string[]) =>
    repeated(
      ["aa", "bb", "cc", "aa", "bb", "cc"].map((sha256) =>
        answeredBy(sha256, null, expired.includes(sha256) ? EXPIRED : {}),
      ),
    );

  it("with one bad member is said as k of n", () => {
    const { findings, repeat, verdict } = farm(["bb"]);
    expect(repeat.certificates).toEqual(["aa", "bb", "cc"]);
    expect(repeat.members.map(({ bad, count }) => ({ bad, count }))).toEqual([
      { bad: false, count: 2 },
      { bad: true, count: 2 },
      { bad: false, count: 2 },
    ]);
    expect(verdict.summary).toMatch(/; so in 2 of 6 probes$/);
    const bad = findings.find(({ code }) => code === "farm-member-bad");
    expect(bad?.severity).toBe("critical");
    expect(bad?.summary).toMatch(
      /^1 of 3 machines behind this address is bad: CN=HOST \(certificate-expired/,
    );
    // The machine decides, and not the turn.
    expect(findings.map(({ code }) => code)).not.toContain("fails-in-turn");
  });

  it("without a bad member is only noted", () => {
    expect(farm([]).findings.map(({ code, severity }) => [code, severity])).toEqual([
      ["several-machines", "info"],
    ]);
  });

  it("with one certificate for all is told apart by the machines' own names", () => {
    const { members } = repeated([
      answeredBy("aa", "one"),
      answeredBy("aa", "two"),
      answeredBy("aa", "one"),
    ]).repeat;
    expect(members.map(({ computer, count }) => [computer, count])).toEqual([
      ["one", 2],
      ["two", 1],
    ]);
  });

  it("a machine that once did not tell its name is no second machine", () => {
    const { members } = repeated([answeredBy("aa"), answeredBy("aa", "one")]).repeat;
    expect(members).toMatchObject([{ computer: "one", count: 2 }]);
  });
});

it("an issued certificate and a self-signed one in turn: the issued one is not used everywhere", () => {
  const turns = [true, false, true].map((selfSigned): Result => {
    const result = answeredBy(`${selfSigned}`);
    const { certificate } = result;
    return { ...result, certificate: certificate === null ? null : { ...certificate, selfSigned } };
  });
  const { findings, remedies } = repeated(turns);
  expect(findings.map(({ code }) => code)).toContain("certificate-fell-back");
  expect(remedies.map(({ id }) => id)).toContain("check-certificate-template");
});
