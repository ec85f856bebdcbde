import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonLine } from "../../../src/report/json/json.ts";
import { RESULTS } from "../../report/results.ts";
import { runProcess } from "../servers/programs/processes.ts";
import { ensureBuilt, PROGRAM, PROGRAM_ARGS } from "./executable.ts";
import { runInProcess } from "../../cli/in-process.ts";

/** What a file's name may hold, and a terminal acts on. */
const EVIL = "evil\u001b[2J\r\u202e\u009b\nname";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rdprobe-asides-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (content: string): string => {
  const path = join(folder, EVIL);
  writeFileSync(path, content);
  return path;
};

const ROW = jsonLine(RESULTS.portClosed);

describe("what is said of a file whose name acts on a terminal", () => {
  it.each([
    ["a list with a bad line", "10.0.0.300\n", (path: string) => [`@${path}`]],
    ["--skip-bad", "10.0.0.300\n127.0.0.1\n", (path: string) => [`@${path}`, "--skip-bad", "--dry-run"]],
    ["--exclude-file", "10.0.0.300\n", (path: string) => ["10.0.0.1", "--exclude-file", path]],
    ["--resume of something else", "x\n", (path: string) => ["10.0.0.1", "--resume", path]],
    ["--resume with a bad row", `${ROW}x\n`, (path: string) => ["10.0.0.1", "--resume", path]],
    ["merge of something else", "x\n", (path: string) => ["merge", path]],
    ["diff with a line that was cut", `${ROW}{"cut`, (path: string) => ["diff", path, path]],
    ["diff with a broken line", `${ROW}{"cut\n${ROW}`, (path: string) => ["diff", path, path]],
    ["diff of other JSON", "[1]", (path: string) => ["diff", path, path]],
    ["pcap of something else", "no capture at all", (path: string) => ["pcap", path]],
    ["-o", "x", (path: string) => ["127.0.0.1:1", "--csv", "-o", path]],
    ["-o below a file", "x", (path: string) => ["127.0.0.1:1", "-o", `${path}/x`]],
    ["--pcap below a file", "x", (path: string) => ["127.0.0.1:1", "--pcap", `${path}/x`]],
    ["clients --for a target that is none", "x", (path: string) => ["clients", "--for", path]],
  ] as const)("is lines that it cannot change: %s", async (_, content, argsOf) => {
    const { stdout, stderr } = await runInProcess(argsOf(fileOf(content)));
    expect(stderr).not.toBe("");
    expect(stderr).toMatch(/^(rdprobe: [^\n]+\n)+$/);
    expect(`${stdout}${stderr}`).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e]/u);
  });
});

describe.skipIf(process.platform === "win32")("a machine without descriptors to spare", () => {
  beforeAll(ensureBuilt, 120_000);

  it.each([26, 32, 40, 50, 60, 200])("is told in one line, or serves all the same: %d", async (limit) => {
    const rdprobe = [PROGRAM, ...PROGRAM_ARGS].map((word) => `"${word}"`).join(" ");
    const { code, stdout, stderr } = await runProcess(
      "sh",
      ["-c", `ulimit -n ${limit}; exec ${rdprobe} 127.0.0.1 -p 1-32 --depth quick --csv -q`],
      { timeoutMs: 60_000 },
    );
    const rows = stdout.split("\r\n").filter((line) => line !== "").length;
    const outcome = {
      code,
      rows,
      isInternal: stderr.includes("internal error"),
      lines: stderr.split("\n").length - 1,
    };
    expect([
      { code: 0, rows: 33, isInternal: false, lines: 0 },
      { code: 3, rows: 0, isInternal: false, lines: 1 },
    ]).toContainEqual(outcome);
  });
});
