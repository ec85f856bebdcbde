import { describe, expect, it } from "vitest";
import { startLab } from "../../../src/lab/lab.ts";
import { SCENARIOS } from "../../../src/lab/scenarios.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { severityOf } from "../../../src/verdict/severity.ts";
import { useLab } from "./lab.ts";
import { rdprobe } from "./rdprobe.ts";
import { resultShape } from "./result-shape.ts";
import { listOf } from "./shape.ts";

const lab = useLab("127.0.0.1", [
  "nla-required",
  "nla-optional",
  "port-closed",
  "failure-3",
  "reset-after-hello",
  "certificate-hostile-name",
]);

/** All scenarios on several addresses, which are probed side by side. */
const SHARES = Array.from({ length: 8 }, (_, share) => ({
  host: `127.0.6.${share + 1}`,
  scenarios: SCENARIOS.filter((_scenario, index) => index % 8 === share).map(({ id }) => id),
}));

describe("rdprobe --json", () => {
  it("is one document for one result, with every field of the contract", async () => {
    const { code, stdout, stderr } = await rdprobe(["--json", lab.target("nla-required")]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const result: unknown = JSON.parse(stdout);
    expect(resultShape(result, "result")).toEqual([]);
    expect(result).toMatchObject({
      target: { input: lab.target("nla-required"), address: "127.0.0.1", family: 4 },
      connections: 2,
      verdict: { code: "nla-required", stage: "negotiation", severity: "ok" },
      negotiation: { requested: ["ssl", "hybrid", "hybrid-ex"], selected: "hybrid-ex" },
      security: { ssl: "refused", "hybrid-ex": "accepted", nla: "required" },
      credssp: { version: 6 },
      ntlm: { dnsComputer: "rdplab.lab.test" },
      rdp: null,
      error: null,
    });
  });

  it("is an array for several results, in the targets' order", async () => {
    const ids = ["port-closed", "nla-optional", "failure-3"] as const;
    const { code, stdout } = await rdprobe(["--json", ...ids.map((id) => lab.target(id))]);
    expect(code).toBe(0);
    const results: readonly Result[] = JSON.parse(stdout);
    expect(listOf(resultShape)(results, "results")).toEqual([]);
    expect(results.map(({ target }) => target.input)).toEqual(ids.map((id) => lab.target(id)));
    expect(results.map(({ verdict }) => verdict.code)).toEqual([
      "port-closed",
      "ok",
      "no-server-certificate",
    ]);
  });

  it("has the same fields whatever the server does: every scenario of the lab", async () => {
    const labs = await Promise.all(
      SHARES.map(({ host, scenarios }) => startLab({ host, basePort: 0, scenarios })),
    );
    const targets = labs.flatMap(({ listeners }) => listeners.map(({ host, port }) => `${host}:${port}`));
    const { stdout } = await rdprobe(["--json", "--timeout", "300ms", ...targets]);
    for (const share of labs) await share.close();
    const results: readonly Result[] = JSON.parse(stdout);
    expect(results).toHaveLength(SCENARIOS.length);
    expect(listOf(resultShape)(results, "results")).toEqual([]);
    const severities = results.map(({ severity }) => severity);
    expect(severities).toEqual(results.map(({ verdict, findings }) => severityOf(verdict, findings)));
    expect(new Set(severities)).toEqual(new Set(["ok", "warning", "critical"]));
  }, 60_000);

  it("is what --format json prints as well", async () => {
    const { stdout } = await rdprobe(["--format", "json", lab.target("port-closed")]);
    expect(resultShape(JSON.parse(stdout), "result")).toEqual([]);
  });

  it("keeps the stages in the order of the handshake, and says which one failed", async () => {
    const { stdout } = await rdprobe(["--json", lab.target("reset-after-hello")]);
    const { stages, tls }: Result = JSON.parse(stdout);
    expect(stages.map(({ name, status }) => `${name} ${status}`)).toEqual([
      "dns skipped",
      "tcp ok",
      "negotiation ok",
      "tls failed",
      "certificate skipped",
      "credssp skipped",
      "mcs skipped",
    ]);
    expect(tls).toMatchObject({ version: null, cipher: null, alert: null });
  });

  it("says of a name without an address that there is none", async () => {
    const { stdout } = await rdprobe(["--json", "no-such-host.invalid"]);
    const result: Result = JSON.parse(stdout);
    expect(resultShape(result, "result")).toEqual([]);
    expect(result).toMatchObject({
      target: { host: "no-such-host.invalid", address: null, family: null },
      connections: 0,
      negotiation: null,
      tls: null,
    });
  });

  it("keeps a hostile name as it came, escaped by JSON alone", async () => {
    const { stdout } = await rdprobe(["--json", lab.target("certificate-hostile-name")]);
    expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
    const { certificate }: Result = JSON.parse(stdout);
    expect(certificate?.commonName).toContain("\u001b[31mLAB\u001b]0;owned\u0007\u202e\u2066gnitteg\r\n");
  });
});
