import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CAUSE_EXAMPLES, type Example, verdictExample } from "../../../scripts/docs/examples.ts";
import { remedyExample } from "../../../scripts/docs/pages.ts";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { probeAddress } from "../../../src/scan/one/probe-address.ts";
import { CAUSES } from "../../../src/verdict/causes/causes.ts";
import { DEFAULT_EXPIRY } from "../../../src/verdict/findings/certificate-findings.ts";
import { FINDING_NOTES } from "../../../src/verdict/findings/finding-notes.ts";
import { REMEDIES } from "../../../src/verdict/remedies/remedies.ts";
import { EXAMPLE_TARGET, platformOf, remedyFor } from "../../../src/verdict/remedies/remedy.ts";
import { answer } from "../../../src/report/text/answer.ts";
import { isPlatformOf } from "../../../src/verdict/server/fitting.ts";
import type { Cause, Result } from "../../../src/verdict/result/result.ts";
import { VERDICT_CODES } from "../../../src/verdict/verdicts.ts";
import { REFERENCE } from "../../verdict/transcripts.ts";
import { SITUATION_RESULTS } from "./situations.ts";

/** Nothing is wrong with them, and nothing is worth a word but that a lab's certificate has another name. */
const HEALTHY = [
  "nla-required",
  "nla-optional",
  "tls-without-nla",
  "tls13-without-nla",
  "tls13-only",
  "unknown-flag",
  "certificate-ec",
  "certificate-chain",
  "credssp-spnego-only",
  "layers-hybrid-alone",
] as const;

const EXAMPLES: readonly Example[] = [
  ...Object.values(CAUSE_EXAMPLES),
  ...VERDICT_CODES.map(verdictExample),
  ...HEALTHY.map((scenario): Example => ({ kind: "lab", scenario })),
];

const keyOf = (example: Example): string =>
  example.kind === "lab" ? `${example.scenario} ${example.depth ?? "standard"}` : example.situation;

const results = new Map<string, Result>();
let lab: Lab;

const probe = (scenario: string, depth: "standard" | "full"): Promise<Result> => {
  const listener = lab.listeners.find((row) => row.scenario.id === scenario);
  if (listener === undefined) throw new Error(`no scenario ${scenario}`);
  const { host, port } = listener;
  return probeAddress(
    { input: host, host, endpoint: { address: host, port, family: 4 }, resolution: null },
    {
      depth,
      pauseMs: 20,
      timeoutMs: 2000,
      deadlineMs: 20_000,
      routing: { kind: "cookie", identity: "rdprobe" },
      reference: REFERENCE,
      expiry: DEFAULT_EXPIRY,
    },
  );
};

const AT_ONCE = 6;

/** Where nobody watches the ladder has 100 columns, and a why stands behind 12 of them. */
const LADDER_COLUMNS = 100;
const WHY_COLUMN = 12;

beforeAll(async () => {
  const unique = [...new Map(EXAMPLES.map((example) => [keyOf(example), example])).values()];
  const scenarios = unique.flatMap((example) => (example.kind === "lab" ? [example.scenario] : []));
  lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: [...new Set(scenarios)] });
  const queue = [...unique];
  const worker = async (): Promise<void> => {
    for (let example = queue.shift(); example !== undefined; example = queue.shift()) {
      const result =
        example.kind === "lab"
          ? await probe(example.scenario, example.depth ?? "standard")
          : SITUATION_RESULTS[example.situation]();
      results.set(keyOf(example), result);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
});

afterAll(() => lab.close());

const resultOf = (example: Example): Result => {
  const result = results.get(keyOf(example));
  if (result === undefined) throw new Error(`${keyOf(example)} was not probed`);
  return result;
};

/** Those of the verdict and those of the findings. */
const causesIn = ({ verdict, findings }: Result): readonly Cause[] => [
  ...verdict.causes,
  ...findings.flatMap(({ causes = [] }) => causes),
];

describe("the example that a page names", () => {
  it.each(CAUSES.map(({ code }) => code))("shows the cause %s, and not as an unlikely one", (code) => {
    const named = causesIn(resultOf(CAUSE_EXAMPLES[code])).filter((cause) => cause.code === code);
    expect(named.map(({ likelihood }) => likelihood)).not.toEqual([]);
    expect(named.some(({ likelihood }) => likelihood !== "unlikely")).toBe(true);
  });

  it.each(REMEDIES.map(({ id }) => id))("shows the remedy %s", (id) => {
    const { remedies, findings, server } = resultOf(remedyExample(id));
    const ids = [...remedies.map((row) => row.id), ...findings.flatMap((finding) => finding.remedies)];
    const row = REMEDIES.find((remedy) => remedy.id === id);
    const platform = row === undefined ? "any" : platformOf(row);
    // A remedy of another program than the one that answers is left out.
    const isForIt =
      platform === "any" ||
      server === null ||
      server.implementation === "unknown" ||
      server.implementation === "load-balancer" ||
      isPlatformOf(platform, server.implementation);
    if (isForIt) expect(ids).toContain(id);
    else expect(ids).not.toContain(id);
  });

  it.each(VERDICT_CODES)("shows the verdict %s", (code) => {
    expect(resultOf(verdictExample(code)).verdict.code).toBe(code);
  });
});

describe("a failing verdict", () => {
  it.each(VERDICT_CODES.filter((code) => code !== "ok" && code !== "nla-required"))(
    "%s has a cause",
    (code) => {
      expect(resultOf(verdictExample(code)).verdict.causes).not.toEqual([]);
    },
  );

  it("has its causes in the order of their likelihood, each with a line of why and a remedy", () => {
    const order = ["certain", "likely", "possible", "unlikely"];
    const without: string[] = [];
    for (const { verdict } of results.values()) {
      const ranks = verdict.causes.map(({ likelihood }) => order.indexOf(likelihood));
      expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
      for (const { code, why, remedies } of verdict.causes) {
        expect(why).toMatch(/^\S.*[^.]$/);
        if (remedies.length === 0) without.push(code);
      }
    }
    expect(without).toEqual([]);
  });

  it("has a why for each cause that the ladder shows that fits in one line of it", () => {
    const shown = [...results.values()].flatMap(({ verdict }) => verdict.causes.slice(0, 3));
    // A captured reset's clues are as many as there are.
    const whys = shown.filter(({ code }) => !code.startsWith("reset-")).map(({ why }) => why);
    expect(whys.filter((why) => why.length > LADDER_COLUMNS - WHY_COLUMN)).toEqual([]);
  });

  it("names what is risky last", () => {
    for (const { remedies } of results.values()) {
      const risky = remedies.findIndex(({ risk }) => risk === "high");
      expect(risky < 0 || remedies.slice(risky).every(({ risk }) => risk === "high")).toBe(true);
    }
  });
});

/** Of the answer's screen, the lines between two of its labels. */
const between = (lines: readonly string[], from: string, to: RegExp): readonly string[] => {
  const begin = lines.findIndex((line) => line.startsWith(`  ${from}`));
  const end = lines.findIndex((line, index) => index > begin && to.test(line));
  return begin < 0 ? [] : lines.slice(begin, end < 0 ? undefined : end);
};

describe("the answer", () => {
  it("checks first with what only looks, and names the likeliest cause's fix", () => {
    const shared = REMEDIES.map((row) => remedyFor(row, EXAMPLE_TARGET));
    const looks = new Set(
      [...shared, ...[...results.values()].flatMap(({ remedies }) => remedies)].flatMap(({ check }) => check),
    );
    let checked = 0;
    for (const result of results.values()) {
      const lines = answer(result, { color: false, columns: LADDER_COLUMNS }).split("\n");
      const commands = between(lines, "Check first", /^ {2}\S|^$/).filter((line) => /^ {4}(?! )/.test(line));
      const changes = result.remedies.flatMap(({ fix }) => fix);
      expect(commands.filter((line) => changes.includes(line.trim()))).toEqual([]);
      checked += commands.filter((line) => looks.has(line.trim())).length;
      const [likeliest] = result.verdict.causes;
      const fix = /rdprobe explain (\S+)/.exec(between(lines, "Then fix", /^$/).join(" "))?.[1];
      if (fix === undefined || likeliest === undefined) continue;
      const own = result.remedies.filter(({ id }) => likeliest.remedies.some((other) => other === id));
      if (own.length > 0) expect(own.map(({ id }) => id)).toContain(fix);
    }
    expect(checked).toBeGreaterThan(results.size / 2);
  });
});

describe("a finding", () => {
  it("has a note that explain shows", () => {
    const known = new Set(FINDING_NOTES.map(({ code }) => code));
    const seen = [...results.values()].flatMap(({ findings }) => findings.map(({ code }) => code));
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.filter((code) => !known.has(code))).toEqual([]);
  });

  it.each(CAUSES.flatMap(({ findings }) => findings.map(({ code }) => code)))(
    "%s, which a cause explains, is one that explain knows",
    (code) => {
      expect(FINDING_NOTES.map((note) => note.code)).toContain(code);
    },
  );
});

describe("a healthy server", () => {
  it.each(HEALTHY)("%s has no cause, no remedy and no advice to refuse", (scenario) => {
    const result = resultOf({ kind: "lab", scenario });
    expect(result.verdict.severity).toBe("ok");
    expect(causesIn(result)).toEqual([]);
    expect(result.remedies).toEqual([]);
    expect(result.refusedAdvice).toBeUndefined();
  });
});
