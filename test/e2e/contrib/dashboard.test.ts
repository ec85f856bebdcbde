import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { readExposition } from "../../exporter/exposition-format.ts";
import { promtool } from "../exporter/prometheus-server.ts";
import { runExporter } from "../exporter/running-exporter.ts";
import { commandsAvailable, describeWhere } from "../../support/availability.ts";

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

const PATH = fileURLToPath(new URL("../../../contrib/grafana/rdprobe.json", import.meta.url));

let dashboard: Dashboard;
let expressions: readonly string[];
let lab: Lab;
beforeAll(async () => {
  dashboard = JSON.parse(await readFile(PATH, "utf8"));
  expressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: ["nla-required"] });
});
afterAll(() => lab.close());

/** Names as our metrics have them; the functions of PromQL have others. */
const metricsOf = (expression: string): readonly string[] =>
  expression.match(/\b(?:probe|rdp|rdprobe_exporter)_[a-z_]+(?=[{ [)]|$)/g) ?? [];

describe("the Grafana dashboard", () => {
  it("asks for nothing that the exporter does not have", async () => {
    await using exporter = await runExporter();
    const { text } = await exporter.probe(`127.0.0.1:${lab.listeners[0]?.port}`);
    const own = await (await fetch(`${exporter.url}/metrics`)).text();
    const known = new Set([text, own].flatMap(readExposition).map(({ name }) => name));
    const asked = [
      ...expressions,
      ...dashboard.templating.list.map(({ definition = "" }) =>
        definition.replace(/^label_values\(|,.*$/g, ""),
      ),
    ].flatMap(metricsOf);
    expect(asked.length).toBeGreaterThan(20);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  });

  it("has panels with an id and a title each, none of them empty", () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(panels.filter(({ title, targets }) => title === "" || targets.length === 0)).toEqual([]);
  });
});

describeWhere(commandsAvailable("promtool"))("its expressions", () => {
  it("are PromQL", async () => {
    const rules = expressions.map((expr, index) => ({
      record: `expression_${index}`,
      expr: expr.replaceAll("$__rate_interval", "5m"),
    }));
    const folder = await mkdtemp(join(tmpdir(), "rdprobe-dashboard-"));
    await writeFile(join(folder, "rules.json"), JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
    const { code, stderr } = await promtool(["check", "rules", "rules.json"], "", folder);
    await rm(folder, { recursive: true });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});
