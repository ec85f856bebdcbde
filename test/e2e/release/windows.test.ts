/** The executable for Windows under Wine says what the command line says on Linux. */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { startWine, stopWine, wine } from "../../../scripts/release/wine.ts";
import { runInProcess } from "../../cli/in-process.ts";
import { commandsAvailable } from "../../support/availability.ts";
import { describeReleased, released, VERSION } from "./released.ts";

const SCENARIOS = ["nla-required", "tls-without-nla", "reset-after-hello", "failure-3", "port-closed"];

describeReleased("win-x64", commandsAvailable("wine"))("rdprobe.exe under Wine", () => {
  let folder = "";
  let lab: Lab;
  const ports = (): readonly string[] => lab.listeners.map(({ port }) => `${port}`);
  const exe = (...args: readonly string[]) => wine(released("win-x64"), args, folder);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "rdprobe-windows-"));
    lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: SCENARIOS });
    await startWine();
  }, 300_000);
  afterAll(async () => {
    await lab.close();
    await stopWine();
    await rm(folder, { recursive: true, force: true });
  });

  it("says its version and its help", async () => {
    expect(await exe("--version")).toEqual({ code: 0, stdout: `rdprobe ${VERSION}\n`, stderr: "" });
    const { code, stdout } = await exe("--help");
    expect({ code, stdout }).toEqual({ code: 0, stdout: (await runInProcess(["--help"])).stdout });
  });

  it("explains a code", async () => {
    const { code, stdout } = await exe("explain", "0x904", "0x7");
    expect(code).toBe(0);
    expect(stdout).toContain("socket closed");
  });

  it("probes as on Linux", async () => {
    const [port] = ports();
    const here = JSON.parse((await runInProcess([`127.0.0.1:${port}`, "--json"])).stdout);
    const there = JSON.parse((await exe(`127.0.0.1:${port}`, "--json")).stdout);
    expect(there.verdict).toEqual(here.verdict);
  });

  it("scans to CSV, and goes on from what a run that was killed has left", async () => {
    const file = join(folder, "rdp.csv");
    const targets = (): readonly string[] =>
      [...readFileSync(file, "utf8").matchAll(/127\.0\.0\.1,(\d+),/g)].map(([, port = ""]) => port).sort();
    const scan = ["127.0.0.1", "-p", ports().join(","), "-q"];
    expect(await exe(...scan, "-o", "rdp.csv")).toEqual({ code: 0, stdout: "", stderr: "" });
    const all = targets();
    expect(all).toEqual([...ports()].sort());
    const lines = readFileSync(file, "utf8").split(/(?<=\n)/);
    writeFileSync(file, lines.slice(0, 3).join(""));
    expect(targets()).toHaveLength(2);
    expect((await exe(...scan, "--resume", "rdp.csv")).code).toBe(0);
    expect(targets()).toEqual(all);
  });

  it("makes the page of a scan", async () => {
    const scan = ["127.0.0.1", "-p", ports().join(","), "-q", "-o", "scan.ndjson"];
    expect(await exe(...scan)).toEqual({ code: 0, stdout: "", stderr: "" });
    expect((await exe("report", "scan.ndjson", "-o", "rdp.html")).code).toBe(0);
    const page = readFileSync(join(folder, "rdp.html"), "utf8");
    expect(page).toMatch(/^<!doctype html>/i);
    for (const port of ports()) expect(page).toContain(port);
  });

  it("records a probe, and judges the recording alike", async () => {
    const [port] = ports();
    const live = JSON.parse((await exe(`127.0.0.1:${port}`, "--json", "--pcap", "rdp.pcapng")).stdout);
    const judged = await exe("pcap", "rdp.pcapng", "--json");
    expect(judged.code).toBe(0);
    expect(judged.stdout).toContain(`"code": "${live.verdict.code}"`);
  });

  it.each(["rdprobe check", "check_rdp"])("is the monitoring plugin as %s", async (name) => {
    const plugin = join(folder, "check_rdp.exe");
    copyFileSync(released("win-x64"), plugin);
    const port = lab.listeners.find(({ scenario }) => scenario.id === "failure-3")?.port;
    const args = ["-H", "127.0.0.1", "-p", `${port}`];
    const { code, stdout } = await (name === "check_rdp"
      ? wine(plugin, args, folder)
      : exe("check", ...args));
    expect(code).toBe(2);
    expect(stdout).toMatch(/^RDP CRITICAL - the server has no certificate that it can use/);
  });
});
