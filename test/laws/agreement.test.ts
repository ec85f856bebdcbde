/**
 * The law of agreement: `check` and the exporter say the same of every requirement. Each probes every scenario of
 * the lab for itself, `check` as its command does and the exporter over HTTP.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkAddresses } from "../../src/cli/commands/check-command.ts";
import { readCheckArguments } from "../../src/cli/options/check-options.ts";
import { type CheckRequest, checkRequest } from "../../src/cli/options/check-policy.ts";
import { parseModules } from "../../src/exporter/module.ts";
import { type Lab, type LabListener, startLab } from "../../src/lab/lab.ts";
import type { Scenario } from "../../src/lab/scenario.ts";
import { SCENARIOS } from "../../src/lab/scenarios.ts";
import { type CheckState, checkOutcome } from "../../src/verdict/check/check-state.ts";
import { type Demands, PROHIBITIONS, REQUIREMENTS } from "../../src/verdict/check/requirements.ts";
import { VERDICT_CODES } from "../../src/verdict/verdicts.ts";
import { samplesOf, soleValueOf } from "../exporter/exposition-format.ts";
import { type RunningExporter, runExporter } from "../e2e/exporter/running-exporter.ts";

/** What keeps silent is not waited for long; what is slow is let to its end. */
const STAGE_TIMEOUTS = { hasty: "700ms", patient: "15s" } as const;
const BUDGET_MS = 60_000;
const AT_ONCE = 8;

/** Scenarios whose second client meets another server than their first: nothing that two probes must agree on. */
const CHANGING: ReadonlySet<string> = new Set(["farm", "first-hello-reset"]);

type Patience = keyof typeof STAGE_TIMEOUTS;

const patienceFor = ({ id, verdict }: Scenario): Patience =>
  verdict === "timeout" || id.includes("silent") ? "hasty" : "patient";

const MODULES = JSON.stringify({
  modules: Object.fromEntries(
    Object.entries(STAGE_TIMEOUTS).map(([name, timeout]) => [
      name,
      { timeout, deadline: "1m", require: REQUIREMENTS, forbid: PROHIBITIONS, fail_on_expired: true },
    ]),
  ),
});

const NOTHING: Demands = { required: [], forbidden: [], inDate: false };

/** Each demand alone, by the name that its series has. */
const DEMANDS: readonly (readonly [series: string, demand: Demands])[] = [
  ...REQUIREMENTS.map((id) => [id, { ...NOTHING, required: [id] }] as const),
  ...PROHIBITIONS.map((id) => [`no-${id}`, { ...NOTHING, forbidden: [id] }] as const),
  ["certificate-in-date", { ...NOTHING, inDate: true }],
];

/** What the exporter says of a demand, as the state that `check` has for it. */
const SERIES_STATES: Readonly<Record<string, CheckState>> = { "1": "ok", "0": "critical", absent: "unknown" };

const NEVER = { warning: null, critical: null };

type Words = Readonly<Record<string, CheckState | undefined>>;

let lab: Lab;
let exporter: RunningExporter;
beforeAll(async () => {
  lab = await startLab({ host: "127.0.0.1", basePort: 0 });
  exporter = await runExporter({ modules: parseModules(MODULES) });
});
afterAll(async () => {
  await exporter[Symbol.asyncDispose]();
  await lab.close();
});

const requestFor = ({ port, scenario }: LabListener): CheckRequest => {
  const argv = ["-H", `127.0.0.1:${port}`, "--stage-timeout", STAGE_TIMEOUTS[patienceFor(scenario)]];
  const lists = ["--require", REQUIREMENTS.join(","), "--forbid", PROHIBITIONS.join(",")];
  return checkRequest(readCheckArguments([...argv, ...lists]), () => "");
};

/** The state that each demand alone gives, and that of all together with the verdict. */
const checkWords = async (
  listener: LabListener,
): Promise<{ readonly words: Words; readonly all: CheckState }> => {
  const request = requestFor(listener);
  const [only] = await checkAddresses(request, { budgetMs: BUDGET_MS, onWait: () => {} });
  if (only === undefined) throw new Error("nothing was checked");
  const { policy } = request;
  // Whatever the verdict and the findings are: the demand alone is to speak.
  const silent = { ...only, result: { ...only.result, findings: [] } };
  const alone = { ...policy, expected: VERDICT_CODES, daysLeft: NEVER, latencyMs: NEVER };
  return {
    words: Object.fromEntries(
      DEMANDS.map(([series, demand]) => [series, checkOutcome(silent, { ...alone, ...demand }).state]),
    ),
    all: checkOutcome(only, { ...policy, inDate: true }).state,
  };
};

const exporterWords = async ({
  port,
  scenario,
}: LabListener): Promise<{ readonly words: Words; readonly isSuccess: boolean }> => {
  const { text } = await exporter.probe(`127.0.0.1:${port}`, { module: patienceFor(scenario) });
  const values = new Map(
    samplesOf(text, "rdp_requirement_met").map(({ labels, value }) => [labels["requirement"], String(value)]),
  );
  return {
    words: Object.fromEntries(
      DEMANDS.map(([series]) => [series, SERIES_STATES[values.get(series) ?? "absent"]]),
    ),
    isSuccess: soleValueOf(text, "probe_success") === 1,
  };
};

describe("the law of agreement", () => {
  it("holds for every requirement at every scenario of the lab", async () => {
    const left = lab.listeners.filter(({ scenario }) => !CHANGING.has(scenario.id));
    const told: CheckState[] = [];
    const broken: unknown[] = [];
    const worker = async (): Promise<void> => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) {
        const { scenario } = next;
        const checked = await checkWords(next);
        const exported = await exporterWords(next);
        for (const [series] of DEMANDS) {
          const [one, other] = [checked.words[series], exported.words[series]];
          if (one !== undefined) told.push(one);
          if (one !== other) broken.push({ scenario: scenario.id, series, check: one, exporter: other });
        }
        const isMet = DEMANDS.every(([series]) => exported.words[series] === "ok");
        if (checked.all === "ok" && !exported.isSuccess) broken.push({ scenario: scenario.id, all: "ok" });
        if (exported.isSuccess && !isMet) broken.push({ scenario: scenario.id, success: "unmet" });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    expect(broken).toEqual([]);
    expect(told).toHaveLength((SCENARIOS.length - CHANGING.size) * DEMANDS.length);
    expect(new Set(told)).toEqual(new Set(["ok", "critical", "unknown"]));
  }, 240_000);
});
