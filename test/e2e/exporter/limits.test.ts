import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AllowList, parseAllowList } from "../../../src/targets/plan/allow-list.ts";
import { parseModules } from "../../../src/exporter/module.ts";
import { type Lab, type LabListener, startLab } from "../../../src/lab/lab.ts";
import { eventually } from "../../support/eventually.ts";
import { samplesOf, soleValueOf } from "../../exporter/exposition-format.ts";
import { runExporter } from "./running-exporter.ts";

let lab: Lab;
let healthy: LabListener;
let silent: LabListener;

beforeAll(async () => {
  lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: ["nla-optional", "silent"] });
  const [first, second] = lab.listeners;
  if (first === undefined || second === undefined) throw new Error("the lab has not started");
  healthy = first;
  silent = second;
});
afterAll(() => lab.close());

const allowing = (...networks: readonly string[]): AllowList => {
  const allowed = parseAllowList(networks);
  if (!allowed.ok) throw new Error(allowed.problem);
  return allowed.value;
};

describe("the allow-list", () => {
  it.each([
    ["an address", "127.0.0.1", ["10.0.0.0/8"]],
    ["a name, by the address that it has", "localhost", ["10.0.0.0/8", "192.0.2.0/24"]],
    ["IPv4 inside IPv6", "[::ffff:127.0.0.1]", ["10.0.0.0/8", "::/0"]],
  ])("answers 403 for %s outside, and not one packet goes there", async (_what, host, networks) => {
    await using exporter = await runExporter({ allowed: allowing(...networks) });
    const before = healthy.connections().total;
    const { status, text } = await exporter.probe(`${host}:${healthy.port}`);
    expect({ status, text }).toEqual({ status: 403, text: expect.stringContaining("is not allowed here") });
    expect(healthy.connections().total).toBe(before);
  });

  it.each([
    ["an address", "127.0.0.1", ["10.0.0.0/8", "127.0.0.0/8"]],
    ["a name", "localhost", ["127.0.0.1"]],
    ["IPv4 inside IPv6", "[::ffff:127.0.0.1]", ["127.0.0.0/8"]],
  ])("lets %s inside through", async (_what, host, networks) => {
    await using exporter = await runExporter({ allowed: allowing(...networks) });
    const { status, text } = await exporter.probe(`${host}:${healthy.port}`, { module: "quick" });
    expect(status).toBe(200);
    expect(soleValueOf(text, "probe_success")).toBe(1);
  });

  it("does not hold a slot for what it refuses", async () => {
    await using exporter = await runExporter({ allowed: allowing("127.0.0.0/8"), maxConcurrent: 1 });
    const slow = exporter.probe(`127.0.0.1:${silent.port}`, {}, 2);
    const { status } = await exporter.probe("192.0.2.1:3389", {}, 2);
    expect(status).toBe(403);
    await slow;
  });
});

describe("the bound on concurrent probes", () => {
  it("is never exceeded; what waits is answered all the same", async () => {
    await using exporter = await runExporter({
      maxConcurrent: 3,
      modules: parseModules("modules: {short: {timeout: 200ms}}"),
    });
    const probes = Array.from({ length: 12 }, () =>
      exporter.probe(`127.0.0.1:${silent.port}`, { module: "short" }),
    );
    const statuses = (await Promise.all(probes)).map(({ status }) => status);
    expect(statuses).toEqual(probes.map(() => 200));
    expect(silent.connections().maxOpen).toBeLessThanOrEqual(3);
    expect(await exporter.own("rdprobe_exporter_probes_running")).toBe(0);
    expect(await exporter.own("rdprobe_exporter_probes_waiting")).toBe(0);
  });

  it("answers 503 where no slot came free in the scrape's time, and sends nothing", async () => {
    await using exporter = await runExporter({
      maxConcurrent: 1,
      modules: parseModules("modules: {slow: {timeout: 1500ms}}"),
    });
    const slow = exporter.probe(`127.0.0.1:${silent.port}`, { module: "slow" });
    await eventually(async () => (await exporter.own("rdprobe_exporter_probes_running")) === 1, {
      timeoutMs: 2000,
    });
    const before = healthy.connections().total;
    const { status, text } = await exporter.probe(`127.0.0.1:${healthy.port}`, {}, 0.8);
    expect({ status, text }).toEqual({ status: 503, text: expect.stringContaining("no probe came free") });
    expect(healthy.connections().total).toBe(before);
    const own = await (await fetch(`${exporter.url}/metrics`)).text();
    const refused = samplesOf(own, "rdprobe_exporter_refused_total");
    expect(refused.find(({ labels }) => labels["reason"] === "busy")?.value).toBe(1);
    await slow;
  });
});

/** What the server answers to these bytes until it closes. */
const exchange = async (port: number, bytes: string): Promise<string> => {
  const socket = connect(port, "127.0.0.1");
  let heard = "";
  socket.setEncoding("latin1").on("data", (text: string) => {
    heard += text;
  });
  socket.on("error", () => undefined);
  socket.write(bytes);
  await once(socket, "close");
  return heard;
};

describe("a client that does not behave", () => {
  const HEAD = "Host: x\r\nConnection: close\r\n";

  it.each([
    ["a URL of 3,000 characters", `GET /probe?target=${"a".repeat(3000)} HTTP/1.1\r\n${HEAD}\r\n`, 414],
    ["a head of 100 KB", `GET / HTTP/1.1\r\n${HEAD}X: ${"a".repeat(100_000)}\r\n\r\n`, 431],
    ["a body", `GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello`, 413],
    [
      "a body that is only announced",
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n`,
      413,
    ],
    ["a chunked body", `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`, 413],
    ["another method", `DELETE /metrics HTTP/1.1\r\n${HEAD}\r\n`, 405],
    ["a probe by HEAD", `HEAD /probe?target=a HTTP/1.1\r\n${HEAD}\r\n`, 405],
    ["no HTTP", "\u0003\u0000\u0000\u0013\u000e\u00e0\u0000\u0000\r\n\r\n", 400],
    ["two lengths", `GET / HTTP/1.1\r\n${HEAD}Content-Length: 0\r\nContent-Length: 5\r\n\r\n`, 400],
  ])("with %s is answered %#", async (_what, bytes, status) => {
    await using exporter = await runExporter();
    expect(await exchange(exporter.port, bytes)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect((await fetch(`${exporter.url}/-/healthy`)).status).toBe(200);
    expect(exporter.faults).toEqual([]);
  });

  it("that never ends its head, or says nothing at all, is let go", async () => {
    await using exporter = await runExporter();
    const heard = await Promise.all([
      exchange(exporter.port, "GET / HTTP/1.1\r\nHost:"),
      exchange(exporter.port, ""),
    ]);
    expect(heard[0]).toMatch(/^HTTP\/1\.1 408 /);
    expect((await fetch(`${exporter.url}/-/healthy`)).status).toBe(200);
  });

  it("that goes away during its probe leaves no slot taken", async () => {
    await using exporter = await runExporter({
      maxConcurrent: 1,
      modules: parseModules("modules: {short: {timeout: 300ms}}"),
    });
    const socket: Socket = connect(exporter.port, "127.0.0.1");
    socket.write(`GET /probe?module=short&target=127.0.0.1:${silent.port} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await eventually(async () => (await exporter.own("rdprobe_exporter_probes_running")) === 1, {
      timeoutMs: 2000,
    });
    socket.destroy();
    const { status } = await exporter.probe(`127.0.0.1:${healthy.port}`, { module: "quick" });
    expect(status).toBe(200);
    expect(exporter.faults).toEqual([]);
  });
});
