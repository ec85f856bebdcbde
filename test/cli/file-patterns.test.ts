/** Patterns of file names that a shell did not expand. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { matchingFiles } from "../../src/cli/file-patterns.ts";
import { CSV_HEAD, csvRecord } from "../../src/report/csv.ts";
import { RESULTS } from "../report/results.ts";
import { runInProcess } from "./in-process.ts";

const NAMES = ["a*b.csv", "rdp-1.csv", "rdp-10.csv", "rdp-2.csv", "rdp.ndjson"];
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rdprobe-patterns-"));
  const row = CSV_HEAD + csvRecord(RESULTS.portClosed);
  for (const name of NAMES) await writeFile(join(folder, name), row);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const found = async (pattern: string): Promise<readonly string[]> =>
  (await matchingFiles([join(folder, pattern)])).map((path) => path.slice(folder.length + 1));

test.each([
  ["rdp-*.csv", ["rdp-1.csv", "rdp-10.csv", "rdp-2.csv"]],
  ["rdp-?.csv", ["rdp-1.csv", "rdp-2.csv"]],
  ["*", NAMES],
  ["a*b.csv", ["a*b.csv"]],
  ["none-*.csv", ["none-*.csv"]],
  ["rdp-1.csv", ["rdp-1.csv"]],
])("%s is %j", async (pattern, names) => {
  expect(await found(pattern)).toEqual(names);
});

test("merge takes a pattern", async () => {
  const { code, stdout } = await runInProcess(["merge", join(folder, "rdp-?.csv")]);
  expect(code).toBe(0);
  expect(stdout.split("\r\n")).toHaveLength(3);
});

test("a name fits its own pattern with any piece of it replaced by a star", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(8), fc.nat(8), async (start, length) => {
      const [, name = ""] = NAMES;
      const pattern = `${name.slice(0, start)}*${name.slice(start + length)}`;
      expect(await found(pattern)).toContain(name);
    }),
    { numRuns: 40 },
  );
});
