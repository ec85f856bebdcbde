/** Command lines as Windows PowerShell hands them over. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withoutShellTraces } from "../../src/cli/shell-arguments.ts";
import { runInProcess } from "./in-process.ts";

test.each([
  [["server01"], ["server01"]],
  [
    ["-p", "3389", "3390", "server01"],
    ["-p", "3389,3390", "server01"],
  ],
  [
    ["server01", "--port", "3389,3390", "33890-33899"],
    ["server01", "--port", "3389,3390,33890-33899"],
  ],
  [
    ["-p", "3389", "10.0.0.1"],
    ["-p", "3389", "10.0.0.1"],
  ],
  [
    ["server01", "--count", "9", "--interval", "100ms", "60s"],
    ["server01", "--count", "9", "--interval", "100ms,60s"],
  ],
  [["10.0.0.1", "5", "9-12"], ["10.0.0.1,5,9-12"]],
  [
    ["--exclude", "10.0.0-3.1", "5", "server01"],
    ["--exclude", "10.0.0-3.1,5", "server01"],
  ],
  [
    ["10.0.0.1", "--retries", "3"],
    ["10.0.0.1", "--retries", "3"],
  ],
  [
    ["--targets", "hosts.txt", "--csv"],
    ["@hosts.txt", "--csv"],
  ],
  [["--targets=hosts.txt"], ["@hosts.txt"]],
  [["--targets"], ["--targets"]],
  [
    ["--", "--targets", "x"],
    ["--", "--targets", "x"],
  ],
])("%j is read as %j", (given, read) => {
  expect(withoutShellTraces(given)).toEqual(read);
});

test("a list that PowerShell's > wrote, by --targets, on two ports as two arguments", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rdprobe-shell-"));
  try {
    const list = join(folder, "hosts.txt");
    await writeFile(list, "\uFEFF127.20.6.1\r\n127.20.6.2\r\n", "utf16le");
    const { code, stdout } = await runInProcess(["--targets", list, "-p", "1", "2", "--json"]);
    expect(code).toBe(0);
    const results: readonly { target: { address: string; port: number } }[] = JSON.parse(stdout);
    expect(results.map(({ target }) => `${target.address}:${target.port}`).toSorted()).toEqual([
      "127.20.6.1:1",
      "127.20.6.1:2",
      "127.20.6.2:1",
      "127.20.6.2:2",
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
