import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RepeatedResult } from "../../../src/verdict/repeat/repeat-report.ts";
import type { LoopbackListener } from "../../support/loopback-listener.ts";
import { startRoundRobinFront } from "../servers/fronts/round-robin-front.ts";
import { useLab } from "./lab.ts";
import { rdprobe, rdprobeUntil } from "./rdprobe.ts";
import { resultShape } from "./result-shape.ts";

const MEMBERS = ["tls-without-nla", "certificate-expired", "certificate-ec"] as const;
const lab = useLab("127.0.0.1", [...MEMBERS, "nla-required", "failure-3", "farm"]);

const json = async (...args: readonly string[]): Promise<RepeatedResult> => {
  const { stdout, stderr } = await rdprobe(["--json", ...args]);
  expect(stderr).toBe("");
  return JSON.parse(stdout);
};

describe("rdprobe --count", () => {
  it("gives one result with all that the probes show together", async () => {
    const result = await json("--count", "3", "--interval", "0", lab.target("nla-required"));
    expect(resultShape(result, "result")).toEqual([]);
    expect(result.verdict.code).toBe("nla-required");
    expect(result.repeat).toMatchObject({
      count: 3,
      connections: 6,
      verdicts: { "nla-required": 3 },
      lossPercent: 0,
      certificates: [result.certificate?.sha256],
    });
    expect(Object.keys(result.repeat.stages)).toEqual(["tcp", "negotiation", "tls", "credssp"]);
    expect(result.repeat.probes.map(({ pauseMs }) => pauseMs)).toEqual([null, 0, 0]);
  });

  it("waits the interval between two probes, and several in turn", async () => {
    const { repeat } = await json("--count", "3", "--interval", "300ms,0", lab.target("failure-3"));
    const [first, second, third] = repeat.probes;
    expect(repeat.probes.map(({ pauseMs }) => pauseMs)).toEqual([null, 300, 0]);
    // The clock of the results has whole milliseconds.
    expect((second?.atMs ?? 0) - (first?.durationMs ?? 0)).toBeGreaterThanOrEqual(298);
    expect(third?.atMs).toBeGreaterThan(second?.atMs ?? 0);
  });

  it("draws it in the ladder", async () => {
    const { stdout } = await rdprobe(["--count", "4", "--interval", "0", lab.target("failure-3")]);
    expect(stdout).toMatch(/^4 probes in \d+\.\d s\n {2}!!!!\n/m);
    expect(stdout).toMatch(/^ {2}! no-server-certificate 4 {3}of 4$/m);
  });

  it.each([
    ["C", /^\p{ASCII}+$/u],
    ["C.UTF-8", /[\u2581-\u2588].* \u00d7 /s],
  ])("draws it with what the locale %s has", async (locale, drawn) => {
    const args = ["--count", "3", "--interval", "0", lab.target("farm")];
    const { stdout } = await rdprobe(args, { env: { LC_ALL: locale } });
    expect(stdout).toMatch(drawn);
  });

  it("SIGINT gives the summary so far", async () => {
    const before = lab.listener("failure-3").connections().total;
    const twice = () => lab.listener("failure-3").connections().total >= before + 2;
    const args = ["--json", "--count", "50", "--interval", "200ms", lab.target("failure-3")];
    const { code, stdout } = await rdprobeUntil(twice, "SIGINT", args);
    expect(code).toBe(130);
    const { repeat }: RepeatedResult = JSON.parse(stdout);
    expect(repeat.count).toBeGreaterThanOrEqual(2);
    expect(repeat.count).toBeLessThan(50);
  });

  it("SIGINT in the long pause between two does as well", async () => {
    const before = lab.listener("failure-3").connections().total;
    const once = () => lab.listener("failure-3").connections().total > before;
    const args = ["--json", "--count", "2", "--interval", "1m", lab.target("failure-3")];
    const { code, stdout, endedAfterMs } = await rdprobeUntil(once, "SIGINT", args);
    expect(code).toBe(130);
    expect(JSON.parse(stdout).repeat.count).toBe(1);
    expect(endedAfterMs).toBeLessThan(1000);
  });

  it.each([
    ["--count", ["--count", "0"]],
    ["--count", ["--count", "many"]],
    ["--interval", ["--count", "2", "--interval", "soon"]],
    ["--interval", ["--interval", "1s"]],
  ])("%s that cannot be is one line that names it: %j", async (name, args) => {
    const { code, stdout, stderr } = await rdprobe([...args, "127.0.0.1"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^rdprobe: ${name}: [^\\n]+\\n$`));
  });
});

describe("two machines that take turns, at one connection a probe", () => {
  it("are both seen", async () => {
    const args = ["--depth", "quick", "--count", "6", "--interval", "0", lab.target("farm")];
    const { repeat, findings } = await json(...args);
    expect(repeat.connections).toBe(6);
    expect(repeat.members).toHaveLength(2);
    expect(findings.map(({ code }) => code)).toContain("several-machines");
  });
});

describe("three machines behind one address, one of them with an expired certificate", () => {
  let front: LoopbackListener;

  beforeAll(async () => {
    front = await startRoundRobinFront(MEMBERS.map((id) => lab.listener(id)));
  });

  afterAll(() => front.stop());

  it("are told apart, and the bad one is named", async () => {
    const { repeat, verdict, findings } = await json(
      ...["--count", "9", "--interval", "0", `${front.host}:${front.port}`],
    );
    expect(verdict.code).toBe("certificate-expired");
    expect(repeat.members).toHaveLength(3);
    expect(repeat.members.filter(({ bad }) => bad)).toMatchObject([
      { verdicts: { "certificate-expired": expect.any(Number) } },
    ]);
    expect(findings.find(({ code }) => code === "farm-member-bad")?.summary).toMatch(
      /^1 of 3 machines behind this address is bad: /,
    );
  });
});
