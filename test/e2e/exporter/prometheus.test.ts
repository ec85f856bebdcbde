import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { parseModules } from "../../../src/exporter/module.ts";
import { parseWebConfig } from "../../../src/exporter/web-config.ts";
import { mintCertificate } from "../../../src/lab/certificates/certificates.ts";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { ensureBuilt } from "../cli/executable.ts";
import { rdprobe } from "../cli/rdprobe.ts";
import { commandsAvailable, describeWhere } from "../../support/availability.ts";
import { eventually } from "../../support/eventually.ts";
import { type PrometheusServer, promtool, startPrometheus } from "./prometheus-server.ts";
import { type RunningExporter, runExporter } from "./running-exporter.ts";

const CONTRIB = fileURLToPath(new URL("../../../contrib/prometheus/", import.meta.url));

/** Ten lab targets, and the alerts that each one deserves. */
const TARGETS: Readonly<Record<string, readonly string[]>> = {
  "nla-required": [],
  "credssp-version-2": ["RdpProbeFailed"],
  "clock-ahead": ["RdpClockSkew"],
  "nla-optional": ["RdpNlaOff"],
  "tls-without-nla": ["RdpNlaOff"],
  "certificate-expires-soon": ["RdpCertificateExpiresSoon", "RdpNlaOff"],
  "certificate-expired": ["RdpCertificateExpired", "RdpNlaOff"],
  "reset-after-request": ["RdpHandshakeReset"],
  "failure-3": ["RdpProbeFailed"],
  "port-closed": ["RdpProbeFailed"],
};

const contrib = (name: string): Promise<string> => readFile(join(CONTRIB, name), "utf8");

describeWhere(commandsAvailable("prometheus", "promtool"))("the real Prometheus", () => {
  let lab: Lab;
  let exporter: RunningExporter;
  let textfile: Server;
  let folder: string;
  let text: string;
  let prometheus: PrometheusServer;

  beforeAll(async () => {
    await ensureBuilt();
    lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: Object.keys(TARGETS) });
    exporter = await runExporter();
    folder = await mkdtemp(join(tmpdir(), "rdprobe-textfile-"));
    const path = join(folder, "rdp.prom");
    const targets = [targetOf("nla-required"), targetOf("certificate-expired")];
    await rdprobe(["--format", "prometheus", "-o", path, ...targets]);
    text = await readFile(path, "utf8");
    textfile = createServer((_request, response) => response.end(text)).listen(0, "127.0.0.1");
    await once(textfile, "listening");
    prometheus = await startPrometheus({
      "prometheus.yml": await scrapeConfig(),
      "rdp-rules.yml": await shortenedRules(),
    });
  }, 120_000);
  afterAll(async () => {
    await prometheus[Symbol.asyncDispose]();
    textfile.close();
    await exporter[Symbol.asyncDispose]();
    await lab.close();
    await rm(folder, { recursive: true, force: true });
  });

  const targetOf = (id: string): string =>
    `127.0.0.1:${lab.listeners.find(({ scenario }) => scenario.id === id)?.port ?? 0}`;
  const idOf = (instance: string): string =>
    Object.keys(TARGETS).find((id) => targetOf(id) === instance) ?? instance;
  const textfileAddress = (): string => {
    const address = textfile.address();
    return `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  };

  /** contrib/prometheus/prometheus.yml with the lab's targets, and a faster clock. */
  const scrapeConfig = async (): Promise<string> => {
    const config = parse(await contrib("prometheus.yml"));
    const [probes, self] = config.scrape_configs;
    probes.scrape_interval = "2s";
    probes.scrape_timeout = "2s";
    probes.static_configs = [{ targets: Object.keys(TARGETS).map(targetOf) }];
    probes.relabel_configs.at(-1).replacement = `127.0.0.1:${exporter.port}`;
    self.static_configs = [{ targets: [`127.0.0.1:${exporter.port}`] }];
    const node = { job_name: "node", static_configs: [{ targets: [textfileAddress()] }] };
    return stringify({
      ...config,
      global: { evaluation_interval: "500ms", scrape_interval: "2s", scrape_timeout: "2s" },
      scrape_configs: [probes, self, node],
    });
  };

  /** The alert rules as they are, but for how long a thing must last. */
  const shortenedRules = async (): Promise<string> => {
    const rules = parse(await contrib("rdp-rules.yml"));
    for (const rule of rules.groups[0].rules) {
      if (rule.for !== undefined) rule.for = "1s";
      rule.expr = rule.expr.replace(/(last_run_timestamp_seconds) > 3600$/, "$1 > 3");
    }
    return stringify(rules);
  };

  it("scrapes ten targets through the exporter, and none of the scrapes fails", async () => {
    // Ten by the exporter, the exporter itself, and the textfile.
    const isScraped = async () => (await prometheus.query("up")).length === 12;
    expect(await eventually(isScraped, { timeoutMs: 30_000, everyMs: 200 })).toBe(true);
    const up = await prometheus.query("up");
    expect(up.filter(({ value }) => value[1] !== "1")).toEqual([]);
  });

  it("holds the verdict of each target under its instance", async () => {
    const verdicts = await prometheus.query('rdp_probe_verdict{job="rdp"} == 1');
    const seen = Object.fromEntries(
      verdicts.map(({ metric }) => [idOf(metric["instance"] ?? ""), metric["verdict"]]),
    );
    const expected = lab.listeners.map(({ scenario }) => [scenario.id, scenario.verdict]);
    expect(seen).toEqual(Object.fromEntries(expected));
  });

  it("fires each alert for the lab scenario that deserves it, and for no other", async () => {
    const firing = async () =>
      (await prometheus.alerts())
        .filter(({ state, labels }) => state === "firing" && labels["job"] === "rdp")
        .map(({ labels }) => `${idOf(labels["instance"] ?? "")}: ${labels["alertname"]}`)
        .toSorted();
    const expected = Object.entries(TARGETS)
      .flatMap(([id, alerts]) => alerts.map((alert) => `${id}: ${alert}`))
      .toSorted();
    await eventually(async () => (await firing()).length >= expected.length, {
      timeoutMs: 30_000,
      everyMs: 200,
    });
    expect(await firing()).toEqual(expected);
  }, 40_000);

  it("reads the textfile as well, and says when nobody writes it any more", async () => {
    const stale = async () =>
      (await prometheus.alerts())
        .filter(({ labels, state }) => labels["alertname"] === "RdpTextfileStale" && state === "firing")
        .map(({ labels }) => idOf(labels["target"] ?? ""));
    await eventually(async () => (await stale()).length === 2, { timeoutMs: 20_000, everyMs: 200 });
    expect((await stale()).toSorted()).toEqual(["certificate-expired", "nla-required"]);
  }, 30_000);

  it("finds nothing to say of /probe, /metrics and the textfile: promtool check metrics", async () => {
    const probes = await Promise.all(Object.keys(TARGETS).map((id) => exporter.probe(targetOf(id))));
    const own = await (await fetch(`${exporter.url}/metrics`)).text();
    for (const metrics of [...probes.map((answer) => answer.text), own, text]) {
      expect(await promtool(["check", "metrics"], metrics)).toEqual({ code: 0, stdout: "", stderr: "" });
    }
  });
});

describeWhere(commandsAvailable("promtool"))("contrib/prometheus", () => {
  it("has rules and a configuration that promtool takes", async () => {
    expect((await promtool(["check", "rules", "rdp-rules.yml"], "", CONTRIB)).code).toBe(0);
    expect((await promtool(["check", "config", "prometheus.yml"], "", CONTRIB)).code).toBe(0);
  });

  it("has a web configuration that Prometheus' own reader takes, and ours", async () => {
    const folder = await mkdtemp(join(tmpdir(), "rdprobe-web-"));
    try {
      const text = await contrib("web.yml");
      const now = Date.now();
      const { keyPem, chainPem } = mintCertificate({
        commonName: "exporter",
        notBefore: new Date(now),
        notAfter: new Date(now + 86_400_000),
      });
      await writeFile(join(folder, "web.yml"), text);
      await writeFile(join(folder, "exporter.crt"), chainPem);
      await writeFile(join(folder, "exporter.key"), keyPem);
      const { code, stderr } = await promtool(["check", "web-config", "web.yml"], "", folder);
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("SUCCESS") });
      expect([...(parseWebConfig(text).users ?? [])]).toHaveLength(1);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("has modules that the exporter takes", async () => {
    expect([...parseModules(await contrib("modules.yml")).keys()]).toContain("rdp_strict");
  });

  it("has rules that fire as its tests say", async () => {
    const { code, stdout } = await promtool(["test", "rules", "rdp-rules.test.yml"], "", CONTRIB);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("SUCCESS") });
  });

  it("tests every rule that it has", async () => {
    const rules: { groups: { rules: { alert: string }[] }[] } = parse(await contrib("rdp-rules.yml"));
    const tests: { tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[] } = parse(
      await contrib("rdp-rules.test.yml"),
    );
    const fired = tests.tests
      .flatMap((test) => test.alert_rule_test)
      .filter((test) => test.exp_alerts.length > 0)
      .map(({ alertname }) => alertname);
    expect([...new Set(fired)].toSorted()).toEqual(
      rules.groups.flatMap((group) => group.rules.map(({ alert }) => alert)).toSorted(),
    );
  });
});
