import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rowOfJson } from "../../../src/audit/row-of-json.ts";
import type { ResultRow } from "../../../src/audit/result-row.ts";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { runInProcess } from "../../cli/in-process.ts";

const SCENARIOS = ["nla-required", "nla-optional", "tls-without-nla", "tls10-only"] as const;

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: SCENARIOS });
});

afterAll(() => lab.close());

const probed = async (scenario: string, ...args: readonly string[]): Promise<ResultRow> => {
  const listener = lab.listeners.find((one) => one.scenario.id === scenario);
  const { stdout } = await runInProcess(["--ndjson", ...args, `127.0.0.1:${listener?.port}`]);
  return rowOfJson(JSON.parse(stdout)) ?? expect.unreachable(stdout);
};

describe("--ask", () => {
  it.each([
    ["nla-required", "unknown", "required", 2],
    ["nla-optional", "unknown", "optional", 2],
    // The choice of TLS where CredSSP was on offer says it already.
    ["tls-without-nla", "unsupported", "unsupported", 1],
  ])("nla at quick depth: %s is %s without, %s with it", async (scenario, without, nla, connections) => {
    expect(await probed(scenario, "--depth", "quick")).toMatchObject({ nla: without, connections: 1 });
    expect(await probed(scenario, "--depth", "quick", "--ask", "nla")).toMatchObject({ nla, connections });
  });

  it.each([
    ["tls-without-nla", ["1.2"]],
    ["nla-required", ["1.2", "1.3"]],
    ["tls10-only", ["1.0"]],
  ])("tls-versions of %s gives %j, with four connections", async (scenario, tlsVersions) => {
    for (const depth of ["quick", "standard"]) {
      const before = await probed(scenario, "--depth", depth);
      expect(before.tlsVersions).toBeNull();
      const after = await probed(scenario, "--depth", depth, "--ask", "tls-versions");
      expect(after).toMatchObject({ tlsVersions, connections: (before.connections ?? 0) + 4 });
      expect({ verdict: after.verdict, severity: after.severity }).toEqual({
        verdict: before.verdict,
        severity: before.severity,
      });
    }
  });

  it("weak asks for weak suites and Standard RDP Security, with two connections", async () => {
    const row = await probed("nla-optional", "--depth", "quick", "--ask", "weak");
    expect(row).toMatchObject({ connections: 3, layers: { rdp: "refused" } });
    expect(row.json).toMatchObject({ weakSuites: { state: "refused", suite: null } });
  });

  it.each([
    ["quick", "nla", "2 to a healthy host, 3 at most", "1 of them for --ask nla"],
    ["quick", "nla,tls-versions,weak", "8 to a healthy host", "7 of them"],
    ["standard", "nla", "2 to a healthy host", "0 of them"],
    ["standard", "tls-versions,nla", "6 to a healthy host", "4 of them"],
    ["full", "tls-versions", "at depth full", "0 of them"],
  ])("at depth %s, %s is said by --dry-run", async (depth, asks, ...said) => {
    const { stdout } = await runInProcess(["--dry-run", "--depth", depth, "--ask", asks, "10.0.0.1"]);
    for (const text of said) expect(stdout).toContain(text);
  });

  it("names the questions that there are", async () => {
    expect(await runInProcess(["--ask", "nla,x", "10.0.0.1"])).toMatchObject({
      code: 2,
      stderr: 'rdprobe: --ask: "x" is none of nla, tls-versions, weak\n',
    });
  });
});
