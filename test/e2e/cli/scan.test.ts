import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Result } from "../../../src/verdict/result/result.ts";
import { eventually } from "../../support/eventually.ts";
import { type FaultFarm, startFaultFarm } from "../servers/fronts/fault-farm.ts";
import { type FinishedProcess, runProcess } from "../servers/programs/processes.ts";
import { ensureBuilt, PROGRAM, PROGRAM_ARGS } from "./executable.ts";
import { rdprobe } from "./rdprobe.ts";

const TIMEOUT_MS = 60_000;

let farm: FaultFarm;
let folder: string;

beforeAll(async () => {
  await ensureBuilt();
  farm = await startFaultFarm();
}, 150_000);

afterAll(() => farm.close());

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rdprobe-scan-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

const file = (name: string): string => join(folder, name);

/** 2,048 addresses. */
const RANGE = "127.20.0.0/21";
const SIZE = 2048;

const scanArgs = (...more: readonly string[]): readonly string[] => [
  ...["--depth", "quick", "--timeout", "400ms", "-p", String(farm.port), ...more],
];

const resultsIn = (path: string): readonly Result[] => {
  const text = readFileSync(path, "utf8");
  expect(text.endsWith("\n")).toBe(true);
  return text
    .trimEnd()
    .split("\n")
    .map((line): Result => JSON.parse(line));
};

const addressesOf = (results: readonly Result[]): ReadonlySet<string> =>
  new Set(results.map(({ target }) => target.address ?? ""));

const expectOneRowEach = (results: readonly Result[], size: number): void => {
  expect(results).toHaveLength(size);
  expect(addressesOf(results).size).toBe(size);
};

/** What the farm's faults are. */
const FAULTS = [
  "reset at negotiation",
  "not-rdp at negotiation",
  "timeout at negotiation",
  "closed at negotiation",
  "nla-required at negotiation",
  "reset at tls",
];

describe("a scan of hosts that misbehave", () => {
  it(
    "has one row each, also where descriptors run out, and never two connections to one address",
    async () => {
      const script = 'ulimit -n 100; exec "$@"';
      const args = scanArgs("--concurrency", "400", "-o", file("rdp.ndjson"), RANGE);
      const { code, stderr } = await runProcess(
        "bash",
        ["-c", script, "bash", PROGRAM, ...PROGRAM_ARGS, ...args],
        {
          timeoutMs: TIMEOUT_MS,
        },
      );
      expect({ code, summary: stderr.split("\n")[0] }).toEqual({
        code: 0,
        summary: expect.stringMatching(/^2,048 results in /),
      });
      const results = resultsIn(file("rdp.ndjson"));
      expectOneRowEach(results, SIZE);
      expect(results.map(({ verdict }) => `${verdict.code} at ${verdict.stage}`)).toEqual(
        expect.arrayContaining(FAULTS),
      );
      expect(farm.mostOpen()).toBe(1);
    },
    TIMEOUT_MS,
  );
});

/** Kills the run once its file has grown; false where it came to its end before. */
const killed = async (args: readonly string[], path: string): Promise<boolean> => {
  const before = existsSync(path) ? statSync(path).size : 0;
  const child = spawn(PROGRAM, [...PROGRAM_ARGS, ...args], { stdio: "ignore" });
  const closed = once(child, "close");
  await eventually(
    () => child.exitCode !== null || (existsSync(path) && statSync(path).size > before + 100_000),
    { timeoutMs: TIMEOUT_MS, everyMs: 5 },
  );
  child.kill("SIGKILL");
  await closed;
  return child.signalCode === "SIGKILL";
};

describe("a scan that was killed", () => {
  it.each(["rdp.ndjson", "rdp.csv"])(
    "goes on from %s until every target has one whole row",
    async (name) => {
      const path = file(name);
      expect(await killed(scanArgs("--concurrency", "40", "-o", path, RANGE), path)).toBe(true);
      for (let kill = 0; kill < 2; kill += 1) {
        // What a kill within a write leaves behind.
        const torn = readFileSync(path);
        writeFileSync(path, torn.subarray(0, torn.length - 20));
        await killed(scanArgs("--concurrency", "40", "--resume", path, RANGE), path);
      }
      const { code } = await rdprobe(scanArgs("--resume", path, "-q", RANGE));
      expect(code).toBe(0);
      const { code: merged, stderr } = await rdprobe([
        "merge",
        path,
        "--targets",
        RANGE,
        "-p",
        String(farm.port),
        "-o",
        file(`all-${name}`),
      ]);
      expect({ merged, stderr }).toEqual({
        merged: 0,
        stderr: "2,048 rows\nno duplicates\nnone missing\n",
      });
      expect(readFileSync(file(`all-${name}`), "utf8")).toBe(readFileSync(path, "utf8"));
    },
    TIMEOUT_MS,
  );
});

describe("shards", () => {
  it("share the targets without a word between them, and merge joins them", async () => {
    const shards = [1, 2, 3].map((index) => file(`shard-${index}.csv`));
    const runs = await Promise.all(
      shards.map((path, index) =>
        rdprobe(scanArgs("-q", "--shard", `${index + 1}/3`, "-o", path, "127.21.0.0/25")),
      ),
    );
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    const merge = (...paths: readonly string[]): Promise<FinishedProcess> =>
      rdprobe([
        "merge",
        ...paths,
        "--targets",
        "127.21.0.0/25",
        "-p",
        String(farm.port),
        "-o",
        file("all.csv"),
      ]);
    const [one = "", two = "", three = ""] = shards;
    expect(await merge(one, two, three)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("128 rows\nno duplicates"),
    });
    expect(await merge(one, three, three)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /4[23] \(127\.21\.0\.\d+:\d+, .*\.\.\.\) missing; to probe them: .*all\.csv\n$/,
      ),
    });
  });
});

describe("what is asked before a scan", () => {
  it.each([
    [["10.0.0.0/8"], "16,777,216 addresses (more than 65,536)"],
    [["203.1.0.0/24"], "256 of the addresses are public"],
  ])("%j takes --yes", async (args, reason) => {
    const { code, stdout, stderr } = await rdprobe(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(reason);
    expect(stderr).toMatch(/^rdprobe: [^\n]*--yes[^\n]*\n$/);
  });

  it("--dry-run says how many targets and connections, and sends nothing", async () => {
    const { code, stdout, stderr } = await rdprobe([
      "--dry-run",
      "-p",
      "3389,3390",
      "10.0.0.0/8",
      "--exclude",
      "10.1.0.0/16",
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("33,423,360 targets");
    expect(stdout).toContain("131,072 excluded");
    expect(stdout).toContain("add --yes to scan");
  });

  it("a bad target in a file is named with its line; with --skip-bad the rest goes on", async () => {
    writeFileSync(file("list.txt"), "127.22.0.1 # one\n\n127.22.0.2, 300.1.1.1\n");
    const bad = await rdprobe(scanArgs(`@${file("list.txt")}`));
    expect({ code: bad.code, stdout: bad.stdout }).toEqual({ code: 2, stdout: "" });
    expect(bad.stderr).toContain(`${file("list.txt")}:3: `);
    const { stdout, stderr } = await rdprobe(scanArgs("--csv", "--skip-bad", `@${file("list.txt")}`));
    expect(stderr).toContain(`left out: ${file("list.txt")}:3: `);
    expect(stdout.trimEnd().split("\r\n")).toHaveLength(3);
  });

  it.each([
    [["--resume", "/nowhere/rdp.csv", "127.0.0.1"], "cannot read /nowhere/rdp.csv"],
    [["--shard", "6/5", "127.0.0.1"], "--shard"],
    [["--concurrency", "0", "127.0.0.1"], "--concurrency"],
    [["--rate", "fast", "127.0.0.1"], "--rate"],
    [["127.0.0.1", "--exclude", "127.0.0.0/8"], "--exclude takes all"],
  ])("%j is one line that names what is wrong", async (args, named) => {
    const { code, stdout, stderr } = await rdprobe(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^rdprobe: [^\n]+\n$/);
    expect(stderr).toContain(named);
  });
});
