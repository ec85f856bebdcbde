/** A suite that is broken or withdrawn is told, whatever else the handshake says. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Lab, startLab } from "../../src/lab/lab.ts";
import { clientProfile } from "../../src/tls/profiles/client-profiles.ts";
import { recordProbe } from "../judging/recorded.ts";

const SERVERS = ["3des-only", "rc4-only", "tls13-only", "nla-required"] as const;

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: SERVERS });
});

afterAll(() => lab.close());

const weaknessOf = async (scenario: string, client: string): Promise<unknown> => {
  const port = lab.listeners.find((listener) => listener.scenario.id === scenario)?.port;
  const reference = clientProfile(client) ?? expect.unreachable(client);
  const { probe } = await recordProbe(port ?? expect.unreachable(scenario), { reference });
  return probe.findings.find(({ code }) => code === "cipher-suite-weak")?.evidence["weakness"] ?? null;
};

describe("the suite that a server chooses", () => {
  it.each([
    ["3des-only", "win7-sp1", "3des"],
    ["rc4-only", "win7-sp1", "rc4"],
    ["nla-required", "win7-sp1", null],
    ["tls13-only", "win11-mstsc-nla", null],
  ])("of %s, for %s: %s", async (scenario, client, weakness) => {
    expect(await weaknessOf(scenario, client)).toBe(weakness);
  });
});
