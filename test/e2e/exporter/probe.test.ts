import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseModules } from "../../../src/exporter/module.ts";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { readExposition, samplesOf, soleValueOf } from "../../exporter/exposition-format.ts";
import { type RunningExporter, runExporter } from "./running-exporter.ts";

const EXPECTED = [
  { id: "nla-required", success: 1, verdict: "nla-required", stage: "negotiation", nla: 1 },
  { id: "nla-optional", success: 1, verdict: "ok", stage: "done", nla: 0 },
  { id: "tls13-only", success: 1, verdict: "ok", stage: "done", nla: 0 },
  { id: "certificate-expired", success: 1, verdict: "certificate-expired", stage: "certificate", nla: 0 },
  { id: "reset-after-hello", success: 0, verdict: "reset", stage: "tls", nla: 0 },
  { id: "port-closed", success: 0, verdict: "port-closed", stage: "tcp", nla: null },
  { id: "ssh", success: 0, verdict: "not-rdp", stage: "negotiation", nla: null },
  { id: "certificate-hostile-name", success: 1, verdict: "ok", stage: "done", nla: 0 },
] as const;

const MODULES = `
modules:
  strict:
    require: [nla, tls1.2]
    forbid: [self-signed, sha1]
    fail_on_expired: true
  hasty:
    timeout: 300ms
    cookie: ""
  modern:
    forbid: [standard-security, tls1.0, sha1]
  patient:
    timeout: 1m
    deadline: 2m
`;

let lab: Lab;
let exporter: RunningExporter;

beforeAll(async () => {
  const scenarios = [
    ...EXPECTED.map(({ id }) => id),
    "silent",
    "clock-ahead",
    "layers-negotiate",
    "certificate-md5",
  ];
  lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios });
  exporter = await runExporter({ modules: parseModules(MODULES) });
});
afterAll(async () => {
  await exporter[Symbol.asyncDispose]();
  await lab.close();
});

const targetOf = (id: string): string => {
  const listener = lab.listeners.find(({ scenario }) => scenario.id === id);
  return `127.0.0.1:${listener?.port ?? 0}`;
};

describe("/probe of a lab scenario", () => {
  it.each(EXPECTED)("$id: $verdict at $stage", async ({ id, success, verdict, stage, nla }) => {
    const { status, text } = await exporter.probe(targetOf(id));
    expect(status).toBe(200);
    expect(soleValueOf(text, "probe_success")).toBe(success);
    expect(samplesOf(text, "rdp_probe_verdict")).toEqual([{ labels: { verdict, stage }, value: 1 }]);
    expect(soleValueOf(text, "rdp_nla_required")).toBe(nla);
    expect(soleValueOf(text, "probe_ip_protocol")).toBe(4);
    expect(soleValueOf(text, "probe_duration_seconds")).toBeGreaterThan(0);
  });

  it("has the type that Prometheus reads, and nothing of it is kept in a cache", async () => {
    const { headers } = await fetch(`${exporter.url}/probe?target=${targetOf("port-closed")}`);
    expect(headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(headers.get("cache-control")).toBe("no-store");
  });

  it("names the phases, the protocol and TLS as the blackbox exporter does", async () => {
    const { text } = await exporter.probe(targetOf("nla-required"));
    const phases = samplesOf(text, "rdp_phase_duration_seconds").map(({ labels }) => labels["phase"]);
    expect(phases).toEqual(["tcp", "negotiation", "tls", "credssp"]);
    expect(samplesOf(text, "rdp_negotiated_protocol")[0]?.labels).toEqual({ protocol: "hybrid-ex" });
    expect(samplesOf(text, "probe_tls_version_info")[0]?.labels).toEqual({ version: "TLS 1.3" });
  });

  it("says how far the server's clock is off", async () => {
    const { text } = await exporter.probe(targetOf("clock-ahead"));
    expect(soleValueOf(text, "rdp_clock_skew_seconds")).toBeCloseTo(1800, -1);
  });

  it("resolves a name, and says how long that took", async () => {
    const port = targetOf("nla-optional").split(":")[1];
    const { text } = await exporter.probe(`localhost:${port}`, { module: "quick" });
    expect(soleValueOf(text, "probe_dns_lookup_time_seconds")).toBeGreaterThan(0);
  });

  it("is a failed probe, and no error, where the name has no address", async () => {
    const { status, text } = await exporter.probe("no-such-host.invalid");
    expect(status).toBe(200);
    expect(soleValueOf(text, "probe_success")).toBe(0);
    expect(soleValueOf(text, "probe_ip_protocol")).toBe(0);
    expect(samplesOf(text, "rdp_probe_verdict")[0]?.labels["stage"]).toBe("dns");
  });

  it("with debug=true says in words what it saw, and the metrics", async () => {
    const { status, text } = await exporter.probe(targetOf("reset-after-hello"), { debug: "true" });
    expect(status).toBe(200);
    expect(text).toMatch(/CRITICAL {2}reset at tls\n/);
    expect(text).toMatch(/\nprobe_success 0\n/);
  });
});

describe("a module's demands", () => {
  const metOf = (text: string): Readonly<Record<string, number>> =>
    Object.fromEntries(
      samplesOf(text, "rdp_requirement_met").map(({ labels, value }) => [labels["requirement"] ?? "", value]),
    );

  it("fail a probe that does not meet one, and say which", async () => {
    const { text } = await exporter.probe(targetOf("nla-required"), { module: "strict" });
    expect(soleValueOf(text, "probe_success")).toBe(0);
    expect(metOf(text)).toEqual({
      nla: 1,
      "tls1.2": 1,
      "no-self-signed": 0,
      "no-sha1": 1,
      "certificate-in-date": 1,
    });
  });

  it("fail an expired certificate where that is asked for, and only there", async () => {
    const strict = await exporter.probe(targetOf("certificate-expired"), { module: "strict" });
    expect(soleValueOf(strict.text, "probe_success")).toBe(0);
    expect(metOf(strict.text)["certificate-in-date"]).toBe(0);
    const { text } = await exporter.probe(targetOf("certificate-expired"), { module: "quick" });
    expect(soleValueOf(text, "probe_success")).toBe(1);
    expect(metOf(text)).toEqual({});
  });
});

describe("what a module demands and its probe did not see", () => {
  const seriesOf = (text: string) =>
    samplesOf(text, "rdp_requirement_met").map(({ labels, value }) => `${labels["requirement"]} ${value}`);

  it.each<[id: string, module: string, series: readonly string[]]>([
    // No certificate, and no word on NLA or a version: the port is closed, or the server does not answer.
    ["port-closed", "strict", []],
    ["ssh", "modern", []],
    ["reset-after-hello", "strict", ["nla 0"]],
    ["certificate-md5", "modern", ["no-standard-security 1", "no-tls1.0 1", "no-sha1 0"]],
    ["layers-negotiate", "modern", ["no-standard-security 0", "no-tls1.0 1", "no-sha1 1"]],
  ])("of %s for module %s is absent, and no success", async (id, module, series) => {
    const { text } = await exporter.probe(targetOf(id), { module });
    expect(seriesOf(text)).toEqual(series);
    expect(soleValueOf(text, "probe_success")).toBe(0);
  });

  it("is asked on connections of its own, which count", async () => {
    const [plain, modern] = [
      await exporter.probe(targetOf("nla-optional"), { module: "standard" }),
      await exporter.probe(targetOf("nla-optional"), { module: "modern" }),
    ].map(({ text }) => soleValueOf(text, "rdp_probe_connections") ?? 0);
    expect((modern ?? 0) - (plain ?? 0)).toBe(2);
  });

  it("is named with debug=true", async () => {
    const { text } = await exporter.probe(targetOf("reset-after-hello"), { module: "strict", debug: "true" });
    expect(text).toMatch(/^requirement nla violated: NLA not (required|supported)/m);
    expect(text).toMatch(/^requirement no-sha1 unknown: whether the certificate is signed with SHA-1 /m);
  });
});

describe("the time of a probe", () => {
  const verdictOf = (text: string) => samplesOf(text, "rdp_probe_verdict")[0]?.labels["verdict"];

  it("is the scrape's own less the offset, where the module has more", async () => {
    const { text } = await exporter.probe(targetOf("silent"), { module: "patient" }, 1.2);
    expect(verdictOf(text)).toBe("timeout");
    expect(soleValueOf(text, "probe_duration_seconds")).toBeLessThan(60);
  });

  it("is half of the scrape's own where the offset would leave nothing", async () => {
    const { status, text } = await exporter.probe(targetOf("silent"), {}, 0.4);
    expect({ status, verdict: verdictOf(text) }).toEqual({ status: 200, verdict: "timeout" });
  });

  it("is the module's where that is shorter", async () => {
    const { text } = await exporter.probe(targetOf("silent"), { module: "hasty" }, 60);
    expect(soleValueOf(text, "probe_duration_seconds")).toBeLessThan(5);
  });
});

describe("a request that cannot be carried out", () => {
  it.each([
    ["", /^target: missing/],
    ["target=", /is neither a host name nor an address/],
    ["target=a&target=b", /^target: give it once/],
    [
      "target=127.0.0.1&module=nope",
      /^module: "nope" is none of quick, standard, full, strict, hasty, modern, patient/,
    ],
    ["target=10.0.0.0/8", /is neither a host name nor an address/],
    ["target=127.0.0.1:99999", /is no port/],
    ["target=a%0d%0aX-Injected:1", /^target /],
    ["target=%1b[31m", /^target "\\u001b\[31m"/],
    ["target=127.0.0.1&module=constructor", /^module: /],
  ])("%s is 400, one line that says why", async (query, expected) => {
    const response = await fetch(`${exporter.url}/probe?${query}`);
    expect(response.status).toBe(400);
    expect(response.headers.get("x-injected")).toBeNull();
    const text = await response.text();
    expect(text).toMatch(expected);
    expect(text).toMatch(/^[^\n\p{Cc}]+\n$/u);
  });

  it.each(["soon", "-1", "0", "1e9", "NaN"])("a scrape time-out of %s is 400", async (seconds) => {
    const headers = { "X-Prometheus-Scrape-Timeout-Seconds": seconds };
    const response = await fetch(`${exporter.url}/probe?target=${targetOf("port-closed")}`, { headers });
    expect(response.status).toBe(400);
  });
});

describe("the exporter itself", () => {
  it("counts its probes by module and success, and its refusals by reason", async () => {
    await exporter.probe(targetOf("port-closed"), { module: "quick" });
    await exporter.probe("a b");
    const text = await (await fetch(`${exporter.url}/metrics`)).text();
    const probes = samplesOf(text, "rdprobe_exporter_probes_total");
    expect(
      probes.find(({ labels }) => labels["module"] === "quick" && labels["success"] === "false")?.value,
    ).toBe(1);
    const refused = samplesOf(text, "rdprobe_exporter_refused_total");
    expect(refused.find(({ labels }) => labels["reason"] === "bad-request")?.value).toBeGreaterThan(0);
    expect(soleValueOf(text, "rdprobe_exporter_errors_total")).toBe(0);
    expect(readExposition(text).map(({ name }) => name)).toContain("process_resident_memory_bytes");
  });

  it("is healthy, and has no other paths", async () => {
    expect((await fetch(`${exporter.url}/-/healthy`)).status).toBe(200);
    for (const path of ["/nope", "/probe/", "/constructor", "/%2e%2e/etc/passwd"]) {
      expect((await fetch(`${exporter.url}${path}`)).status).toBe(404);
    }
  });

  it("lists modules and the last probes at /, and nothing there acts on a browser", async () => {
    await exporter.probe(targetOf("certificate-hostile-name"), { module: "quick" });
    const response = await fetch(`${exporter.url}/`);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    const html = await response.text();
    expect(html).toContain("<code>strict</code>");
    expect(html).toContain(targetOf("certificate-hostile-name"));
    expect(html).not.toContain("<script");
  });

  it("has failed in nothing", () => {
    expect(exporter.faults).toEqual([]);
  });
});
