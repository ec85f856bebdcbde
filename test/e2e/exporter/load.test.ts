import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { percentile, scrapeAll } from "../../../scripts/bench/exporter-load.ts";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { runExporter } from "./running-exporter.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({
    host: "127.0.0.1",
    basePort: 0,
    scenarios: ["nla-optional", "nla-required", "tls13-only"],
  });
});
afterAll(() => lab.close());

describe("the exporter under load", () => {
  it("answers 100 probes, 50 at a time, without an error of its own", async () => {
    await using exporter = await runExporter();
    const ports = lab.listeners.map(({ port }) => port);
    const targets = Array.from({ length: 100 }, (_, index) => `127.0.0.1:${ports[index % ports.length]}`);
    const scrapes = await scrapeAll(exporter.url, targets, 50, "standard");
    expect(scrapes.filter(({ status, isSuccess }) => status !== 200 || !isSuccess)).toEqual([]);
    expect(await exporter.own("rdprobe_exporter_errors_total")).toBe(0);
    expect(await exporter.own("rdprobe_exporter_probes_running")).toBe(0);
    expect(exporter.faults).toEqual([]);
  }, 60_000);
});

describe("the percentile of the bench", () => {
  it("is the value that so many of a hundred do not exceed", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([percentile(hundred, 50), percentile(hundred, 99), percentile([7], 99)]).toEqual([50, 99, 7]);
  });
});
