/** The answer to each scenario of the lab, and to hosts of any name, on a screen of any width. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Lab, startLab } from "../../../../src/lab/lab.ts";
import { SCENARIOS } from "../../../../src/lab/scenarios.ts";
import { TLS_SHAPES } from "../../../../src/lab/tls-shapes.ts";
import { answer } from "../../../../src/report/text/answer.ts";
import { findingTitle } from "../../../../src/verdict/findings/finding-titles.ts";
import { REMEDIES, remediesOf } from "../../../../src/verdict/remedies/remedies.ts";
import type { Result } from "../../../../src/verdict/result/result.ts";
import { VERDICT_CODES, VERDICTS } from "../../../../src/verdict/verdicts.ts";
import { programTitle, verdictTitle, verdictTitles } from "../../../../src/verdict/verdict-titles.ts";
import { recordProbe } from "../../../judging/recorded.ts";
import { hostile, RESULTS, UNSAFE, withoutColors } from "../../../report/results.ts";

const LINES = 20;
const COLUMNS = 80;
const IDS = [...SCENARIOS, ...TLS_SHAPES].map(({ id }) => id);
const LABELS = { ok: "OK", warning: "WARNING", critical: "FAILED" } as const;

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: IDS });
});

afterAll(() => lab.close());

const linesOf = (result: Result, columns = COLUMNS): readonly string[] =>
  answer(result, { color: false, columns }).trimEnd().split("\n");

/** Every command that the answer may show, as it stands in a line of its own. */
const commandsFor = ({ target }: Result): ReadonlySet<string> =>
  new Set(
    remediesOf(
      REMEDIES.map(({ id }) => id),
      target,
    )
      .flatMap(({ commands }) => commands)
      .map((command) => `    ${command}`),
  );

const tooLong = (result: Result, columns: number): readonly string[] => {
  const commands = commandsFor(result);
  return linesOf(result, columns).filter((line) => line.length > columns && !commands.has(line));
};

describe("the answer to a scenario of the lab", () => {
  it.concurrent.each(IDS)(
    "%s: on the first line, on 20 lines of 80 columns",
    { timeout: 30_000 },
    async (id) => {
      const port = lab.listeners.find(({ scenario }) => scenario.id === id)?.port ?? expect.unreachable(id);
      const { probe } = await recordProbe(port);
      const lines = linesOf(probe);
      const { code, stage, severity } = probe.verdict;
      const [graver] = probe.findings.filter((finding) => finding.severity === probe.severity);
      const own = programTitle(code, probe.verdict.evidence) ?? verdictTitle(code, stage, severity);
      const works = verdictTitle("ok", "done", "ok");
      const title =
        severity === probe.severity || graver === undefined
          ? own
          : findingTitle(graver, severity === "ok" ? works : own);
      expect(lines[0]).toMatch(new RegExp(`^${LABELS[probe.severity]} {2}127\\.0\\.0\\.1:\\d+ {2}`));
      expect(lines[0]).toContain(title);
      expect(lines.length).toBeLessThanOrEqual(LINES);
      expect(tooLong(probe, COLUMNS)).toEqual([]);
      if (probe.severity === "ok") expect(lines.length).toBeLessThanOrEqual(3);
    },
  );
});

describe("the answer", () => {
  it.each([60, 80, 100, 120, 200])("fits into %d columns", (columns) => {
    for (const result of Object.values(RESULTS)) expect(tooLong(result, columns)).toEqual([]);
  });

  it("keeps both ends of a name that is too long, and the answer beside it", () => {
    const host = `${"a".repeat(40)}.${"b".repeat(60)}.example`;
    const result = { ...RESULTS.silent, target: { ...RESULTS.silent.target, host, input: host } };
    const [first = ""] = linesOf(result);
    expect(first.length).toBeLessThanOrEqual(COLUMNS);
    expect(first).toMatch(/ a+\.\.\.\S*example:3389 {2}/);
    const { code, stage, severity } = result.verdict;
    expect(first).toContain(verdictTitle(code, stage, severity));
  });

  it("says the same with and without colours", () => {
    for (const result of Object.values(RESULTS)) {
      const plain = answer(result, { color: false, columns: COLUMNS });
      expect(withoutColors(answer(result, { color: true, columns: COLUMNS }))).toBe(plain);
    }
  });

  it("keeps a peer's text from acting on the terminal", () => {
    for (const result of Object.values(RESULTS)) {
      expect(answer(hostile(result), { color: false, columns: COLUMNS })).not.toMatch(UNSAFE);
    }
  });
});

describe("the title of a verdict", () => {
  it.each(VERDICT_CODES)("%s is short, and one for each stage", (code) => {
    for (const title of verdictTitles(code)) {
      expect(title.length).toBeLessThanOrEqual(56);
      expect(title).toMatch(/^(RDP|[a-z])/);
      expect(title).not.toMatch(/\.$/);
    }
    const stages = VERDICTS[code].stages.map((stage) => verdictTitle(code, stage, "critical"));
    if (verdictTitles(code).length > 1) expect(new Set(stages).size).toBe(stages.length);
  });
});

describe("a healthy server", () => {
  const ntlm = {
    ...{ targetName: null, netbiosComputer: "HOST", netbiosDomain: null, dnsComputer: null, dnsDomain: null },
    ...{ dnsTree: null, osVersion: "6.1.7601", os: ["Windows 7 SP1", "Windows Server 2008 R2 SP1"] },
    ...{ serverTime: null, clockSkewMs: null },
  };
  const { verdict } = RESULTS.silent;
  const healthy = (implementation: "windows" | "xrdp" | "freerdp" | "virtualbox" | "unknown"): Result => ({
    ...RESULTS.silent,
    ...{ severity: "ok", findings: [], ntlm },
    verdict: {
      ...verdict,
      code: "nla-required",
      stage: "negotiation",
      severity: "ok",
      mstsc: null,
      causes: [],
    },
    server: { implementation, version: null, confidence: "inferred", evidence: [] },
  });

  it.each([
    ["windows", "Windows 7 SP1 or alike"],
    ["unknown", "Windows 7 SP1 or alike"],
    ["xrdp", "xrdp"],
    ["freerdp", "FreeRDP"],
    ["virtualbox", "VirtualBox"],
  ] as const)("%s is called %s", (implementation, name) => {
    const facts = linesOf(healthy(implementation))[1] ?? "";
    expect(facts.split(", ").at(-1)?.trim()).toBe(name);
  });
});
