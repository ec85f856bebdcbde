/** Every stage with every behaviour, and healthy neighbours beside them, in one scan. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Lab, startLab } from "../../src/lab/lab.ts";
import type { HostTarget } from "../../src/scan/one/probe-target.ts";
import { scan } from "../../src/scan/scan.ts";
import { DEFAULT_EXPIRY } from "../../src/verdict/findings/certificate-findings.ts";
import type { Result } from "../../src/verdict/result/result.ts";
import { VERDICTS } from "../../src/verdict/verdicts.ts";
import { eventually } from "../support/eventually.ts";
import { REFERENCE } from "../verdict/transcripts.ts";
import { BEHAVIOURS } from "../../src/lab/hostile/behaviours.ts";
import { HOSTILE_SCENARIOS } from "../../src/lab/hostile/hostile-scenarios.ts";
import { SCENARIOS } from "../../src/lab/scenarios.ts";
import { HOSTILE_STAGES } from "../../src/lab/hostile/stages.ts";
import { type HostileLab, startHostileLab } from "./hostile-lab.ts";

const TIMEOUT_MS = 500;
const DEADLINE_MS = 2500;
/** For a machine that does something else as well: what is not held takes for ever. */
const SLACK_MS = 5000;
const HEALTHY = ["nla-optional", "tls-without-nla", "tls13-only", "nla-required"] as const;

let hostile: HostileLab;
let lab: Lab;

beforeAll(async () => {
  hostile = await startHostileLab("127.99");
  lab = await startLab({ host: "127.98.0.1", basePort: 0, scenarios: [...HEALTHY] });
});

afterAll(async () => {
  await hostile[Symbol.asyncDispose]();
  await lab.close();
});

const targetOf = ({ host, port }: { readonly host: string; readonly port: number }): HostTarget => ({
  ...{ input: `${host}:${port}`, host, family: 4, port },
});

const scanned = async (
  targets: readonly HostTarget[],
  onResult: (result: Result) => void = () => {},
  depth: "quick" | "standard" = "standard",
): Promise<ReadonlyMap<string, Result>> => {
  const results = new Map<string, Result>();
  await scan(targets, {
    ...{
      timeoutMs: TIMEOUT_MS,
      deadlineMs: DEADLINE_MS,
      depth,
      pauseMs: 0,
      family: 0,
      routing: null,
    },
    ...{ reference: REFERENCE, expiry: DEFAULT_EXPIRY, concurrency: 64, ratePerSecond: null, retries: 0 },
    ...{ adaptive: false, signal: new AbortController().signal },
    onRow: ({ result }) => {
      results.set(result.target.input, result);
      onResult(result);
    },
  });
  return results;
};

/** Sockets and timers of this process. */
const resources = (): number =>
  process.getActiveResourcesInfo().filter((kind) => /^(?:TCPSocketWrap|TLSWrap|Timeout)$/.test(kind)).length;

const healthOf = ({ verdict, tls, security, certificate }: Result) => ({
  ...{
    code: verdict.code,
    stage: verdict.stage,
    severity: verdict.severity,
    version: tls?.version,
    nla: security.nla,
  },
  sha256: certificate?.sha256,
});

describe("every other server of the lab", () => {
  it("lets go of a client that has gone", async () => {
    const ids = SCENARIOS.map(({ id }) => id);
    await using all = await startHostileLab("127.87", ids);
    await scanned(all.cells.map(targetOf), () => {}, "quick");
    const held = (): readonly string[] =>
      all.cells.filter(({ connections }) => connections().open > 0).map(({ scenario }) => scenario.id);
    // Some have words for a client that are minutes long, and see that it has gone at the next one.
    await eventually(() => held().length === 0, { timeoutMs: 10_000 });
    expect(held()).toEqual([]);
  });
});

describe("the matrix of stages and behaviours", () => {
  it("has a verdict in time for each, harms no neighbour, and leaves nothing behind", async () => {
    const healthy = lab.listeners.map(targetOf);
    const alone = await scanned(healthy);
    const before = resources();
    const buffersBefore = process.memoryUsage().arrayBuffers;
    let mostBuffers = 0;
    const targets = hostile.cells.map(targetOf);
    const results = await scanned([...targets.slice(0, 90), ...healthy, ...targets.slice(90)], () => {
      mostBuffers = Math.max(mostBuffers, process.memoryUsage().arrayBuffers - buffersBefore);
    });
    for (const { scenario, host, port } of hostile.cells) {
      const result = results.get(`${host}:${port}`);
      const cell = scenario.id;
      expect([cell, Object.hasOwn(VERDICTS, result?.verdict.code ?? "")]).toEqual([cell, true]);
      expect([cell, (result?.durationMs ?? Number.NaN) < DEADLINE_MS + SLACK_MS]).toEqual([cell, true]);
      // None of them ends a handshake as it should be, but those that say all that is right behind TLS.
      const isEarned = scenario.stage === "credssp" || cell.startsWith("hostile-mcs");
      if (!isEarned) expect([cell, result?.verdict.severity]).not.toEqual([cell, "ok"]);
    }
    for (const { input } of healthy) {
      const [beside, by] = [results.get(input), alone.get(input)];
      expect(beside === undefined ? null : healthOf(beside)).toEqual(by === undefined ? null : healthOf(by));
    }
    // 64 connections at a time, each of which may hold 192 KiB and what TLS makes of it.
    expect(mostBuffers).toBeLessThan(64 * 1024 * 1024);
    await hostile[Symbol.asyncDispose]();
    await eventually(() => resources() <= before, { timeoutMs: 10_000 });
    expect(resources()).toBeLessThanOrEqual(before);
  });

  it("is every stage with every behaviour", () => {
    const behaviours = BEHAVIOURS.map(({ id }) => id);
    const stages = HOSTILE_STAGES.map(({ behaviours: own = behaviours }) => own);
    for (const own of stages) expect(behaviours).toEqual(expect.arrayContaining([...own]));
    const apart = ["hello-retries", "tickets", "key-updates", "key-updates-asked"].map(
      (id) => `hostile-${id}`,
    );
    expect(HOSTILE_SCENARIOS.map(({ id }) => id)).toEqual(expect.arrayContaining(apart));
    expect(HOSTILE_SCENARIOS).toHaveLength(apart.length + stages.flat().length);
    expect(new Set(HOSTILE_SCENARIOS.map(({ id }) => id)).size).toBe(HOSTILE_SCENARIOS.length);
  });
});
