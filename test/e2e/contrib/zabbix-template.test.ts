import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { EXECUTABLE, ensureBuilt } from "../cli/executable.ts";
import { useLab } from "../cli/lab.ts";
import { runProcess } from "../servers/programs/processes.ts";
import { valueAt } from "./json-path.ts";

interface Item {
  readonly uuid: string;
  readonly name: string;
  readonly type: "EXTERNAL" | "DEPENDENT";
  readonly key: string;
  readonly value_type?: "TEXT" | "CHAR" | "FLOAT" | "UNSIGNED";
  readonly preprocessing: readonly { readonly type: string; readonly parameters: readonly string[] }[];
  readonly master_item?: { readonly key: string };
  readonly triggers?: readonly Trigger[];
}
interface Trigger {
  readonly uuid: string;
  readonly expression: string;
}
interface Template {
  readonly uuid: string;
  readonly template: string;
  readonly groups: readonly { readonly name: string }[];
  readonly items: readonly Item[];
  readonly macros: readonly { readonly macro: string }[];
}
interface Export {
  readonly version: string;
  readonly groups: readonly { readonly uuid: string; readonly name: string }[];
  readonly templates: readonly Template[];
  readonly triggers: readonly Trigger[];
}

const FOLDER = fileURLToPath(new URL("../../../contrib/zabbix/", import.meta.url));
const lab = useLab("127.0.0.1", ["nla-required", "port-closed"]);

let exported: Export;
let template: Template;
let text: string;
beforeAll(async () => {
  await ensureBuilt();
  text = await readFile(`${FOLDER}template_rdp_by_rdprobe.yaml`, "utf8");
  const { zabbix_export }: { zabbix_export: Export } = parse(text);
  exported = zabbix_export;
  const [only] = exported.templates;
  if (only === undefined) throw new Error("there is no template");
  template = only;
});

const masterOf = (): Item => {
  const [master] = template.items.filter(({ type }) => type === "EXTERNAL");
  if (master === undefined) throw new Error("there is no master item");
  return master;
};

/** What the external check gives for a scenario, behind the master item's preprocessing. */
const masterValue = async (id: string): Promise<unknown> => {
  const port = lab.target(id).split(":")[1] ?? "";
  const shim = `rdprobe() { "${process.execPath}" "${EXECUTABLE}" "$@"; }\n`;
  const script = (await readFile(`${FOLDER}rdprobe_zabbix`, "utf8")).replace("exec rdprobe", "rdprobe");
  const { code, stdout } = await runProcess("sh", ["-c", shim + script, "rdprobe_zabbix", "127.0.0.1", port]);
  expect(code).toBe(0);
  const [step] = masterOf().preprocessing;
  const processed: unknown = runInNewContext(`(function (value) {${step?.parameters[0]}})(value)`, {
    value: stdout,
  });
  return JSON.parse(String(processed));
};

/** The items of a value: what their JSONPath finds, where it finds anything. */
const valuesOf = (value: unknown): Readonly<Record<string, unknown>> => {
  const entries = template.items
    .filter(({ type }) => type === "DEPENDENT")
    .map(({ key, preprocessing }) => [key, valueAt(value, preprocessing[0]?.parameters[0] ?? "")] as const);
  return Object.fromEntries(entries.filter(([, found]) => found !== undefined));
};

describe("the Zabbix template", () => {
  it("has one master item, and every other item depends on it", () => {
    const dependent = template.items.filter(({ type }) => type === "DEPENDENT");
    expect(dependent).toHaveLength(template.items.length - 1);
    expect(new Set(dependent.map(({ master_item: master }) => master?.key))).toEqual(
      new Set([masterOf().key]),
    );
  });

  it("has keys and ids that are unique, the ids UUIDs of version 4", () => {
    const keys = template.items.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    const ids = [...text.matchAll(/uuid: (\S+)/g)].map(([, id = ""]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/.test(id))).toEqual([]);
  });

  it("has triggers that speak of its own items, and macros that it defines", () => {
    const triggers = [...template.items.flatMap((item) => item.triggers ?? []), ...exported.triggers];
    const keys = new Set(template.items.map(({ key }) => key));
    const asked = triggers.flatMap(({ expression }) => [
      ...expression.matchAll(/last\(\/([^/]+)\/((?:[^()[\]]|\[[^\]]*\])+)\)/g),
    ]);
    expect(asked.length).toBeGreaterThan(5);
    for (const [, name, key = ""] of asked) expect([name, keys.has(key)]).toEqual([template.template, true]);
    const macros = new Set(template.macros.map(({ macro }) => macro));
    for (const [used] of text.matchAll(/\{\$[A-Z.]+\}/g))
      expect([used, macros.has(used)]).toEqual([used, true]);
  });

  it("finds a value for every item in the result of a healthy server, of the item's type", async () => {
    const values = valuesOf(await masterValue("nla-required"));
    for (const { key, type, value_type: kind } of template.items) {
      if (type !== "DEPENDENT" || key === "rdp.mstsc") continue;
      const isNumber = kind === "FLOAT" || kind === "UNSIGNED";
      expect({ key, type: typeof values[key] }).toEqual({ key, type: isNumber ? "number" : "string" });
    }
    expect(values).toMatchObject({
      "rdp.verdict": "nla-required",
      "rdp.nla": "required",
      "rdp.connections": 2,
    });
  });

  it("has no value where the probe could not tell, and the verdict all the same", async () => {
    const values = valuesOf(await masterValue("port-closed"));
    expect(values).toMatchObject({
      "rdp.verdict": "port-closed",
      "rdp.stage": "tcp",
      "rdp.severity": "critical",
    });
    expect(Object.keys(values)).not.toContain("rdp.certificate.days_left");
    expect(Object.values(values)).not.toContain(null);
  });
});
