import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MAX_LINE } from "../../../src/cli/inputs/whole-lines.ts";
import { CSV_HEAD, csvRecord } from "../../../src/report/csv/csv.ts";
import { jsonDocument, jsonLine } from "../../../src/report/json/json.ts";
import { RESULTS } from "../../report/results.ts";
import { runInProcess } from "../../cli/in-process.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rdprobe-inputs-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

const fileOf = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const NDJSON = jsonLine(RESULTS.portClosed) + jsonLine(RESULTS.noCertificate);
const CSV = CSV_HEAD + csvRecord(RESULTS.portClosed) + csvRecord(RESULTS.noCertificate);
const LIST = "10.0.0.1\r\n10.0.0.2 # the second\r\n";

/** How Windows PowerShell 5 and editors write the same text. */
const ENCODINGS = [
  ["UTF-8", (text: string) => Buffer.from(text)],
  ["UTF-8 with a mark", (text: string) => Buffer.from(`\uFEFF${text}`)],
  ["UTF-16", (text: string) => Buffer.from(`\uFEFF${text}`, "utf16le")],
] as const;

describe.each(ENCODINGS)("a text input in %s", (_, encode) => {
  it("is read as a list of targets, from a file and from stdin, and as a list of exclusions", async () => {
    const list = fileOf("list.txt", encode(LIST));
    const expected = (await runInProcess(["--dry-run", "10.0.0.1", "10.0.0.2"])).stdout;
    expect(await runInProcess(["--dry-run", `@${list}`])).toEqual({ code: 0, stdout: expected, stderr: "" });
    expect((await runInProcess(["--dry-run", "-"], encode(LIST))).stdout).toBe(expected);
    const rest = await runInProcess(["--dry-run", "10.0.0.1-10.0.0.4", "--exclude-file", list]);
    const named = await runInProcess(["--dry-run", "10.0.0.1-10.0.0.4", "--exclude", "10.0.0.1,10.0.0.2"]);
    expect(rest).toEqual(named);
  });

  it.each([
    ["CSV", CSV],
    ["NDJSON", NDJSON],
    ["CSV with bare line feeds", CSV.replaceAll("\r\n", "\n")],
  ])("is read as the %s of an earlier run", async (__, text) => {
    const rows = fileOf("rows", encode(text));
    const { code, stderr } = await runInProcess(["merge", rows, "--targets", "192.0.2.7,rdp.example"]);
    expect(code).toBeLessThanOrEqual(1);
    expect(stderr).toMatch(/^2 rows\n|^1 rows\n1 \(/);
    const { host, port } = RESULTS.portClosed.target;
    const resumed = await runInProcess(["--dry-run", `${host}:${port}`, "--resume", rows]);
    expect(resumed.code).toBe(0);
  });

  it("is read by diff", async () => {
    const older = fileOf("old.ndjson", NDJSON);
    for (const text of [NDJSON, jsonDocument([RESULTS.portClosed, RESULTS.noCertificate])]) {
      const newer = fileOf("new", encode(text));
      expect((await runInProcess(["diff", older, newer])).code).toBe(0);
    }
  });
});

describe("a text input without an end", () => {
  const endless = (size: number): string => fileOf("endless", Buffer.alloc(size + 1, "x"));

  it.each([
    ["@file", MAX_LINE.targets, (path: string) => [`@${path}`]],
    ["--exclude-file", MAX_LINE.targets, (path: string) => ["10.0.0.1", "--exclude-file", path]],
    // The one reader of result files: merge, --resume and report have it too.
    ["diff", MAX_LINE.document, (path: string) => ["diff", path, path]],
  ] as const)("is one line that names it: %s", async (_, size, argsOf) => {
    const path = endless(size);
    const { code, stdout, stderr } = await runInProcess(argsOf(path));
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe(`rdprobe: ${path}:1: a line of more than ${size} characters\n`);
  });

  it("is one line that names stdin", async () => {
    const { code, stderr } = await runInProcess(["-"], Buffer.alloc(MAX_LINE.targets + 1, "x"));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^rdprobe: stdin:1: /);
  });
});

describe("merge --targets", () => {
  it.each(["2001:db8::/64", "::/0", "0.0.0.0/0", "2001:db8::/103"])(
    "of %s is one line, and no loop over them",
    async (range) => {
      const { code, stdout, stderr } = await runInProcess([
        "merge",
        fileOf("rows.ndjson", NDJSON),
        "--targets",
        range,
      ]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(/^rdprobe: --targets: [\d,]+ targets are more than the 16,777,216 [^\n]*\n$/);
    },
  );
});
