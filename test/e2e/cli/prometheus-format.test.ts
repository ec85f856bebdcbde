import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { samplesOf } from "../../exporter/exposition-format.ts";
import { useLab } from "./lab.ts";
import { rdprobe } from "./rdprobe.ts";
import { METRICS_MARK } from "../../../src/report/monitoring/prometheus-text.ts";

const lab = useLab("127.0.0.1", ["nla-required", "port-closed"]);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rdprobe-prom-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("--format prometheus", () => {
  it("puts all targets into one file, which stands there whole and alone", async () => {
    const path = join(folder, "rdp.prom");
    await writeFile(path, `${METRICS_MARK}what was there before\n`);
    const targets = [lab.target("nla-required"), lab.target("port-closed")];
    const { code, stdout } = await rdprobe(["--format", "prometheus", "-o", path, ...targets]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(await readdir(folder)).toEqual(["rdp.prom"]);
    const success = samplesOf(await readFile(path, "utf8"), "probe_success");
    expect(success).toEqual([
      { labels: { target: targets[0], address: "127.0.0.1" }, value: 1 },
      { labels: { target: targets[1], address: "127.0.0.1" }, value: 0 },
    ]);
  });

  it("goes to stdout as well", async () => {
    const { code, stdout } = await rdprobe(["--format", "prometheus", lab.target("port-closed")]);
    expect(code).toBe(1);
    expect(samplesOf(stdout, "rdp_probe_verdict")[0]?.labels).toMatchObject({
      verdict: "port-closed",
      stage: "tcp",
    });
  });
});
