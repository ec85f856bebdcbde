/** `rdprobe report`, and `-o rdp.html` of a probe: the page of real results, as the command line writes it. */
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PAGE_SCHEMA } from "../../../src/report/page/page-data.ts";
import { generatedScan } from "../page/generated-scan.ts";
import { runInProcess } from "../../cli/in-process.ts";
import { useLab } from "./lab.ts";
import { rdprobe } from "./rdprobe.ts";

const lab = useLab("127.0.19.2", ["nla-required", "certificate-hostile-name", "reset-after-hello"]);

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rdprobe-report-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const written = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

const ndjson = (count: number): string =>
  [...generatedScan(count)].map((result) => `${JSON.stringify(result)}\n`).join("");

/** What a page holds, after its policy has been held against what it may run. */
const dataOf = (html: string): Readonly<Record<string, unknown>> => {
  const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
  const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text = ""]) => text);
  const styles = [...html.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, text = ""]) => text);
  const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  expect([scripts.length, styles.length]).toEqual([1, 1]);
  expect(policy).toContain(`script-src ${hashOf(scripts[0] ?? "")}`);
  expect(policy).toContain(`style-src ${hashOf(styles[0] ?? "")}`);
  const [, type, block = ""] = /<script type="([^"]*)" id="data">([^<]*)<\/script>/.exec(html) ?? [];
  const json = type === "application/json" ? block : inflateRawSync(Buffer.from(block, "base64")).toString();
  const data: Readonly<Record<string, unknown>> = JSON.parse(json);
  expect(data["schema"]).toBe(PAGE_SCHEMA);
  return data;
};

describe("-o rdp.html", () => {
  test("is a page of the hosts that were probed, hostile names among them", async () => {
    const targets = ["nla-required", "certificate-hostile-name", "reset-after-hello"].map(lab.target);
    const path = join(folder, "live.html");
    const { code, stdout } = await runInProcess([...targets, "--depth", "quick", "-o", path]);
    expect([code, stdout]).toEqual([0, ""]);
    const html = await readFile(path, "utf8");
    expect(dataOf(html)).toMatchObject({ count: 3, source: null });
    expect(html).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  });

  test("is the same page from the bundle as from the sources", async () => {
    const scan = await written("one.ndjson", ndjson(3));
    const built = await rdprobe(["report", scan, "-o", "-"]);
    const sources = await runInProcess(["report", scan, "-o", "-"]);
    expect([built.code, built.stderr, sources.code]).toEqual([0, "", 0]);
    const timeless = (html: string): string => html.replace(/"madeAt":"[^"]*"/, "");
    expect(timeless(built.stdout)).toBe(timeless(sources.stdout));
  });
});

describe("report", () => {
  test("reads any of our files, and says what changed since an older one", async () => {
    const results = [...generatedScan(40)];
    const newer = await written("new.ndjson", ndjson(40));
    const older = await written(
      "old.json",
      JSON.stringify(
        results.slice(1).map((result) => ({ ...result, security: { ...result.security, nla: "required" } })),
      ),
    );
    const path = join(folder, "rdp.html");
    const { code, stdout, stderr } = await runInProcess(["report", newer, older, "-o", path]);
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toContain("40 results");
    const data = dataOf(await readFile(path, "utf8"));
    expect(data).toMatchObject({ count: 40, source: "new.ndjson" });
    const optional = results.slice(1).filter(({ security }) => security.nla === "optional").length;
    expect(data["changes"]).toMatchObject([{ name: "old.json", same: 39 - optional, leftOut: 0 }]);
    expect(JSON.stringify(data["changes"])).toContain("NLA is no longer required: required → optional");
    expect(JSON.stringify(data["changes"])).toContain('"kind":"new"');
  });

  test("makes of a CSV what a CSV knows", async () => {
    const { stdout } = await runInProcess([
      "merge",
      await written("all.ndjson", ndjson(20)),
      "--format",
      "csv",
    ]);
    const path = join(folder, "csv.html");
    const { code } = await runInProcess(["report", await written("all.csv", stdout), "-o", path]);
    expect(code).toBe(0);
    expect(dataOf(await readFile(path, "utf8"))).toMatchObject({ count: 20 });
  });

  test("leaves out what --only does not want", async () => {
    const path = join(folder, "only.html");
    const scan = await written("some.ndjson", ndjson(32));
    expect((await runInProcess(["report", scan, "--only", "severity:critical", "-o", path])).code).toBe(0);
    expect(dataOf(await readFile(path, "utf8"))).toMatchObject({ count: 6 });
  });

  test("has with --only changed:nla the hosts where that changed, and no other; diff --html is the same page", async () => {
    const results = [...generatedScan(40)];
    const before = results.map((result) => ({
      ...result,
      security: { ...result.security, nla: "required" },
    }));
    const newer = await written("later.ndjson", ndjson(40));
    const older = await written("earlier.json", JSON.stringify(before));
    const changed = results.filter(({ security }) => security.nla === "optional").length;
    expect(changed).toBeGreaterThan(0);
    const path = join(folder, "changed.html");
    expect((await runInProcess(["report", newer, older, "--only", "changed:nla", "-o", path])).code).toBe(0);
    expect(dataOf(await readFile(path, "utf8"))).toMatchObject({ count: changed });
    const diffed = join(folder, "diff.html");
    const { code, stdout } = await runInProcess(["diff", older, newer, "--html", diffed]);
    expect([code, stdout]).toEqual([1, ""]);
    const reported = await runInProcess(["report", newer, older, "-o", "-"]);
    const { madeAt: _, ...page } = dataOf(await readFile(diffed, "utf8"));
    const { madeAt: __, ...other } = dataOf(reported.stdout);
    expect(page).toEqual(other);
  });

  test.each([
    [["report", "-", "SCAN", "--only", "changed:nla", "-o", "-"], "--only", "file"],
    [["report", "SCAN", "--only", "changed:nla", "-o", "-"], "--only", "older scan"],
    [["diff", "SCAN", "SCAN", "--html", "rdp.csv"], "--html", ".html"],
    [["diff", "SCAN", "SCAN", "--html", "x.html", "--json"], "--html", "--json"],
    [["report", "SCAN", "-o", "rdp.csv"], "-o, --output", ".html"],
    [["report", "SCAN"], "--output"],
    [["report", "-", "-", "-o", "-"], "stdin"],
    [["report", "EMPTY", "-o", "-"], "<scan>", "no result"],
    [["report", "no-such-file.ndjson", "-o", "-"], "no-such-file.ndjson"],
  ])("refuses %j in one line", async (args, ...named) => {
    const files: Readonly<Record<string, string>> = {
      SCAN: await written("scan.ndjson", ndjson(1)),
      EMPTY: await written("empty.ndjson", "\n"),
    };
    const { code, stdout, stderr } = await runInProcess(args.map((word) => files[word] ?? word));
    expect([code, stdout, stderr.trimEnd().split("\n").length]).toEqual([2, "", 1]);
    for (const name of named) expect(stderr).toContain(name);
  });
});
