/** Command lines as Windows PowerShell hands them over. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readCheckArguments } from "../../../src/cli/options/check-options.ts";
import { commandModels } from "../../../src/cli/words/command-model.ts";
import { commandTree } from "../../../src/cli/program.ts";
import { withoutShellTraces } from "../../../src/cli/words/shell-arguments.ts";
import { runInProcess } from "../in-process.ts";

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
  [
    ["server01", "--only", "no-nla", "expiring:30d", "--csv"],
    ["server01", "--only", "no-nla,expiring:30d", "--csv"],
  ],
  [
    ["--only", "no-nla", "server01"],
    ["--only", "no-nla", "server01"],
  ],
  [
    ["--ask", "nla", "tls-versions", "weak", "server01"],
    ["--ask", "nla,tls-versions,weak", "server01"],
  ],
])("%j is read as %j", async (given, read) => {
  expect(await withoutShellTraces(given, "probe")).toEqual(read);
});

test.each([
  [
    "merge",
    ["merge", "rdp.csv", "--columns", "target", "nla", "scan.csv", "--only", "expired", "no-nla"],
    ["merge", "rdp.csv", "--columns", "target,nla", "scan.csv", "--only", "expired,no-nla"],
  ],
  ["merge", ["merge", "a.csv", "--targets", "10.0.0.1"], ["merge", "a.csv", "--targets", "10.0.0.1"]],
  ["diff", ["diff", "--only", "changed:nla", "old", "new"], ["diff", "--only", "changed:nla", "old", "new"]],
  [
    "exporter",
    ["exporter", "--allow", "10.0.0.0/8", "2001:db8::/32"],
    ["exporter", "--allow", "10.0.0.0/8,2001:db8::/32"],
  ],
  ["explain", ["explain", "10.0.0.1", "5"], ["explain", "10.0.0.1", "5"]],
])("of %s: %j is read as %j", async (command, given, read) => {
  expect(await withoutShellTraces(given, command)).toEqual(read);
});

test("check takes a list in one argument or in several", () => {
  const given = readCheckArguments([
    "-H",
    "a",
    "--require",
    "nla",
    "tls1.2",
    "--state",
    "reset=ok",
    "ok=warning",
  ]);
  expect(given.values("require")).toEqual(["nla", "tls1.2"]);
  expect(given.values("state")).toEqual(["reset=ok", "ok=warning"]);
  expect(() => readCheckArguments(["-H", "a", "b"])).toThrow(/unexpected argument: b/);
});

/** Options of lists, of which a part may come as an argument of its own. */
const IN_QUOTES: ReadonlySet<string> = new Set(["--exclude", "--targets"]);

test("every option that takes a list is known to come in several arguments, or documented to need quotes", async () => {
  const nowhere = { write: () => {} };
  const commands = commandModels(await commandTree({ stdout: nowhere, stderr: nowhere, env: {} }));
  const lists = commands
    .filter(({ name }) => name !== "check")
    .flatMap(({ name, options }) => options.map((option) => ({ name, ...option })))
    .filter(({ takes }) => /^(?:list|filters|networks)$/.test(takes ?? ""));
  expect(lists.length).toBeGreaterThan(8);
  const VALUES: Readonly<Record<string, string>> = {
    ...{ port: "1", interval: "1s", only: "nla", columns: "nla", ask: "nla", allow: "10.0.0.0/8" },
  };
  for (const { name, names } of lists) {
    const option = names.at(-1) ?? "";
    if (IN_QUOTES.has(option)) continue;
    const value = VALUES[option.slice(2)] ?? "";
    expect(await withoutShellTraces([option, value, value], name), `${name} ${option}`).toEqual([
      option,
      `${value},${value}`,
    ]);
  }
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
