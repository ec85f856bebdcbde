import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Result } from "../../../src/verdict/result/result.ts";
import { CSV_OF, NDJSON_OF } from "../../audit/result-files.ts";
import { RESULTS } from "../../report/results.ts";
import { runInProcess } from "../../cli/in-process.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rdprobe-rows-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

const file = (name: string, content?: string): string => {
  const path = join(folder, name);
  if (content !== undefined) writeFileSync(path, content);
  return path;
};

const later: Result = { ...RESULTS.noCertificate, startedAt: "2027-01-01T00:00:00.000Z" };
const earlier: Result = { ...RESULTS.portClosed, startedAt: "2026-01-01T00:00:00.000Z" };

describe("merge", () => {
  it.each([
    ["the newest first", [later, earlier]],
    ["the newest last", [earlier, later]],
  ])("keeps the newest row of a target: %s", async (_, results) => {
    const { code, stdout, stderr } = await runInProcess(["merge", file("a.ndjson", NDJSON_OF(results))]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: NDJSON_OF([later]) });
    expect(stderr).toContain("1 (192.0.2.7:3389) duplicate rows removed (newest kept)");
  });

  it("reads files of different formats, and patterns that no shell has expanded", async () => {
    file("a-1.ndjson", NDJSON_OF([earlier]));
    file("a-2.csv", CSV_OF([later]));
    file("a-3.json", JSON.stringify([RESULTS.noName]));
    const args = ["merge", file("a-*"), "--format", "csv"];
    expect(await runInProcess(args)).toMatchObject({ code: 0, stdout: CSV_OF([later, RESULTS.noName]) });
    const none = await runInProcess(["merge", file("b-*.csv")]);
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("no file is called") });
  });

  it("writes JSON where all rows have it, and says which one has not", async () => {
    const json = file("all.json");
    const rows = file("a.ndjson", NDJSON_OF([later, RESULTS.noName]));
    expect((await runInProcess(["merge", rows, "-o", json])).code).toBe(0);
    expect(JSON.parse(readFileSync(json, "utf8"))).toEqual([later, RESULTS.noName]);
    const fails = await runInProcess(["merge", file("b.csv", CSV_OF([later])), "-o", json]);
    expect(fails).toMatchObject({ code: 2, stderr: expect.stringContaining("--format csv") });
    expect(JSON.parse(readFileSync(json, "utf8"))).toEqual([later, RESULTS.noName]);
  });

  it("says of a row that is nested too deeply what it is", async () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const rows = file("deep.ndjson", NDJSON_OF([later]).replace('"error":null', `"error":${deep}`));
    for (const format of ["ndjson", "json"]) {
      const { code, stderr } = await runInProcess(["merge", rows, "--format", format]);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: "rdprobe: <file>: the row of 192.0.2.7 is nested too deeply\n",
      });
    }
    expect((await runInProcess(["merge", rows, "--format", "csv"])).stdout).toBe(CSV_OF([later]));
  });

  it("writes only the columns that are named", async () => {
    const { stdout } = await runInProcess([
      "merge",
      file("a.csv", CSV_OF([later])),
      "--columns",
      "port,verdict",
    ]);
    expect(stdout).toBe("port,verdict\r\n3389,no-server-certificate\r\n");
    const bad = await runInProcess(["merge", file("a.csv", CSV_OF([later])), "--columns", "x"]);
    expect(bad).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^rdprobe: --columns: "x" is none of target, /),
    });
  });

  it("writes CSV for a spreadsheet", async () => {
    const rows = file("a.csv", CSV_OF([later]));
    const { stdout } = await runInProcess(["merge", rows, "--bom", "--separator", "semicolon"]);
    expect(stdout.startsWith("\uFEFFtarget;address;port;")).toBe(true);
    const again = await runInProcess(["merge", file("b.csv", stdout)]);
    expect(again.stdout).toBe(CSV_OF([later]));
  });
});

describe("an output file that has rows", () => {
  // Port 1 of loopback: nobody listens there.
  const probe = (...args: readonly string[]) => runInProcess(["127.0.0.1:1", "--fail-on", "never", ...args]);

  it.each(["rdp.csv", "rdp.ndjson"])("%s is added to only where that is asked for", async (name) => {
    const path = file(name);
    expect((await probe("-o", path)).code).toBe(0);
    const before = readFileSync(path, "utf8");
    const refused = await probe("-o", path);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/has rows already: --append/) });
    expect(readFileSync(path, "utf8")).toBe(before);
    expect((await probe("-o", path, "--append")).code).toBe(0);
    const rows = readFileSync(path, "utf8");
    expect(rows.length).toBeGreaterThan(before.length);
    expect((await probe("--resume", path)).code).toBe(0);
    expect(readFileSync(path, "utf8")).toBe(rows);
  });

  it.each(["\t", ";"])("goes on with its own separator %j", async (separator) => {
    const path = file("rdp.csv");
    const args = ["-o", path, "--bom", "--separator", separator];
    expect((await probe(...args)).code).toBe(0);
    expect((await probe(...args, "--append")).code).toBe(0);
    expect(readFileSync(path, "utf8").match(/\uFEFF/g)).toHaveLength(1);
    expect((await probe("-o", path, "--append")).code).toBe(2);
  });
});

describe("targets that another scanner found", () => {
  const XML = `<nmaprun><host><status state="up"/><address addr="127.0.0.9" addrtype="ipv4"/>
<ports><port protocol="tcp" portid="3389"><state state="open"/></port>
<port protocol="tcp" portid="80"><state state="open"/></port></ports></host></nmaprun>`;

  it.each([(path: string) => [`@${path}`], (path: string) => ["--targets", path]])(
    "are read from its file",
    async (args) => {
      const path = file("scan.xml", XML);
      const { code, stdout, stderr } = await runInProcess(["--dry-run", ...args(path)]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^1 targets/);
      expect(stderr).toBe(
        `rdprobe: ${path}: 1 open ports are left out: name those that are to be probed with -p\n`,
      );
    },
  );
});
