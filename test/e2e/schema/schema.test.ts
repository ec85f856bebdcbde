/** `rdprobe schema`: generated from the types, and true of every document that is printed. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { schemaDocuments } from "../../../scripts/schema/documents.ts";
import { OUTPUTS } from "../../../scripts/schema/outputs.ts";
import { isNode } from "../../../scripts/schema/schema-node.ts";
import { SCHEMA_OUTPUTS } from "../../../src/cli/outputs/schema-outputs.ts";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { SCENARIOS } from "../../../src/lab/scenarios.ts";
import { probe, probeMany } from "../../../src/library/probe.ts";
import { jsonDocument } from "../../../src/report/json/json.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { VERDICT_CODES } from "../../../src/verdict/verdicts.ts";
import { ensureBuilt } from "../cli/executable.ts";
import { runInProcess } from "../../cli/in-process.ts";
import { rdprobeUntil } from "../cli/rdprobe.ts";
import { judged } from "../../judging/judged.ts";
import { RESULTS } from "../../report/results.ts";
import { mutationsOf } from "./mutations.ts";
import { schemaFaults, schemaOf } from "./validator.ts";

const DEPTHS = ["quick", "standard", "full"] as const;

/** An address has one connection at a time: the scenarios are on several, which are probed side by side. */
const ADDRESSES = 16;

let labs: readonly Lab[] = [];
beforeAll(async () => {
  await ensureBuilt();
  labs = await Promise.all(
    Array.from({ length: ADDRESSES }, (_, share) =>
      startLab({
        host: `127.20.6.${share + 1}`,
        basePort: 0,
        scenarios: SCENARIOS.filter((_scenario, at) => at % ADDRESSES === share).map(({ id }) => id),
      }),
    ),
  );
}, 300_000);
afterAll(() => Promise.all(labs.map((lab) => lab.close())));

const listeners = () => labs.flatMap((lab) => lab.listeners);

const target = (id: string): string => {
  const listener = listeners().find(({ scenario }) => scenario.id === id);
  if (listener === undefined) throw new Error(`the lab has no scenario ${id}`);
  return `${listener.host}:${listener.port}`;
};

const jsonOf = async (...argv: string[]): Promise<unknown> => JSON.parse((await runInProcess(argv)).stdout);

describe("the schemas", () => {
  test("are as npm run schema writes them", () => {
    const documents = schemaDocuments();
    expect([...documents.keys()]).toEqual(Object.keys(SCHEMA_OUTPUTS));
    for (const [name, text] of documents) {
      expect(readFileSync(`src/cli/schemas/${name}.json`, "utf8"), name).toBe(text);
    }
  });

  test.each(Object.keys(OUTPUTS))("%s is printed, and lies in dist", async (name) => {
    const printed = await jsonOf("schema", name);
    expect(printed).toMatchObject({ $schema: "https://json-schema.org/draft/2020-12/schema" });
    expect(JSON.parse(readFileSync(`dist/schemas/${name}.json`, "utf8"))).toEqual(printed);
  });

  test("that of a result is the one without a name, and lists the verdicts", async () => {
    const schema = await jsonOf("schema");
    expect(schema).toEqual(schemaOf("result"));
    expect(schema).toMatchObject({ $defs: { VerdictCode: { enum: [...VERDICT_CODES] } } });
  });

  test("--list names each, and another name is refused", async () => {
    const { stdout } = await runInProcess(["schema", "--list"]);
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.split(" ")[0]),
    ).toEqual(Object.keys(SCHEMA_OUTPUTS));
    expect(await runInProcess(["schema", "results"])).toMatchObject({ code: 2, stdout: "" });
  });
});

describe("what is printed", () => {
  test.each(DEPTHS)(
    "every scenario of the lab, at depth %s",
    async (depth) => {
      const settings = {
        depth,
        timeoutMs: 300,
        deadlineMs: depth === "full" ? 1000 : 6000,
        pauseMs: 0,
        concurrency: 16,
      };
      const targets = listeners().map(({ host, port }) => `${host}:${port}`);
      let results = 0;
      for await (const result of probeMany(targets, settings)) {
        results += 1;
        expect(schemaFaults("result", result), result.target.input).toEqual([]);
      }
      expect(results).toBe(SCENARIOS.length);
    },
    180_000,
  );

  test("every capture of fixtures", () => {
    const files = readdirSync("fixtures", { recursive: true, encoding: "utf8" });
    const captures = files.filter((name) => /\.pcap(?:ng)?$/.test(name));
    expect(captures.length).toBeGreaterThan(40);
    for (const name of captures) {
      const { results } = judged(readFileSync(join("fixtures", name)));
      expect(results.length, name).toBeGreaterThan(0);
      for (const result of results) expect(schemaFaults("result", result), name).toEqual([]);
    }
  });

  test("what diff and lab print", async () => {
    const folder = await mkdtemp(join(tmpdir(), "rdprobe-schema-"));
    const files = [RESULTS.portClosed, RESULTS.noCertificate].map((result, at) => {
      const path = join(folder, `${at}.json`);
      writeFileSync(path, jsonDocument([result]));
      return path;
    });
    expect(schemaFaults("diff", await jsonOf("diff", ...files, "--json"))).toEqual([]);
    await rm(folder, { recursive: true });
    const args = ["lab", "tls-without-nla", "port-closed", "--base-port", "0", "--json"];
    const { stdout } = await rdprobeUntil((text) => text.includes("\n"), "SIGINT", args);
    expect(schemaFaults("lab", JSON.parse(stdout))).toEqual([]);
  });

  test.each([
    ["explain", ["explain", "0x904", "0x7"]],
    ["explain", ["explain", "rebuild-rdp-certificate"]],
    ["explain", ["explain", "no-such-word"]],
    ["clients", ["clients"]],
  ] as const)("%s: rdprobe %j", async (output, argv) => {
    expect(schemaFaults(output, await jsonOf(...argv, "--json"))).toEqual([]);
  });

  test("clients-for, a name, a name of no address, and repeated probes", async () => {
    const healthy = target("nla-required");
    expect(schemaFaults("clients-for", await jsonOf("clients", "--for", healthy, "--json"))).toEqual([]);
    const repeated = await jsonOf(healthy, "--count", "3", "--interval", "1ms", "--json");
    expect(schemaFaults("result", repeated)).toEqual([]);
    const named = await jsonOf("lab.test:1", "--resolve", "lab.test:127.20.6.1", "--json");
    expect(schemaFaults("result", named)).toEqual([]);
    expect(schemaFaults("result", await jsonOf("no-such-host.invalid", "--json"))).toEqual([]);
  });
});

describe("what is not printed", () => {
  let full: Result;
  beforeAll(async () => {
    [full] = await probe(target("nla-required"), { depth: "full", timeoutMs: 1000 });
  });

  test.each([
    ["certificate-expired", "standard"],
    ["reset-after-hello", "standard"],
    ["nla-required", "full"],
  ] as const)("any change of keys and codes in the result of %s at depth %s", async (id, depth) => {
    const result = depth === "full" ? full : (await probe(target(id), { depth }))[0];
    const document: unknown = JSON.parse(JSON.stringify(result));
    expect(schemaFaults("result", document)).toEqual([]);
    const mutations = [...mutationsOf(schemaOf("result"), document)];
    expect(mutations.length).toBeGreaterThan(100);
    const taken = mutations.filter((mutation) => schemaFaults("result", mutation.document).length === 0);
    expect(taken.map(({ what }) => what)).toEqual([]);
  });

  test("the object of every kind forbids what it does not know", () => {
    const open: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (Array.isArray(value)) for (const [at, item] of value.entries()) visit(item, `${path}/${at}`);
      if (!isNode(value)) return;
      if (value["type"] === "object" && value["additionalProperties"] !== false) open.push(path);
      for (const [key, inner] of Object.entries(value)) visit(inner, `${path}/${key}`);
    };
    visit(schemaOf("result"), "");
    // What a verdict rests on has the names of each verdict.
    expect(open).toEqual(["/$defs/Evidence"]);
  });
});
