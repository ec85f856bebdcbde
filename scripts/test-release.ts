/**
 * Runs the tests of the command line against the released executable for this machine, as its archive has it, and
 * those of the other files of the release (test/e2e/release).
 *
 *   npm run test:release [-- all | <test file>...]      after: npm run release -- linux-x64
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";
import manifest from "../package.json" with { type: "json" };

const STEM = `rdprobe-${manifest.version}-linux-x64`;

const CLI = join("test", "e2e", "cli");

/** The main ones: every way in which the executable could differ from dist/ (its start, streams, signals, parts). */
const MAIN = ["check", "exit-codes", "explain", "exporter", "outputs", "pcap", "scan", "signals", "usage"];

/** The test files of the command line, in its rooms too. */
const tests = async (): Promise<readonly string[]> =>
  (await readdir(CLI, { recursive: true }))
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => join(CLI, file));

/** All test files that start a process of rdprobe; the others see no difference. */
const spawning = async (): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const file of await tests()) {
    if (/from "\.{1,2}\/(?:rdprobe|check-rdp|executable)\.ts"/.test(await readFile(file, "utf8")))
      found.push(file);
  }
  return [...found, RELEASE];
};

const RELEASE = join("test", "e2e", "release");

const testsOf = async (given: readonly string[]): Promise<readonly string[]> => {
  if (given.length === 1 && given[0] === "all") return spawning();
  if (given.length > 0) return given;
  return [...(await tests()).filter((file) => MAIN.includes(basename(file, ".test.ts"))), RELEASE];
};

const folder = await mkdtemp(join(tmpdir(), "rdprobe-release-"));
try {
  const archive = resolve("release", `${STEM}.tar.xz`);
  await promisify(execFile)("tar", ["-xJf", archive, "-C", folder]);
  const chosen = await testsOf(process.argv.slice(2));
  const vitest = spawn("npx", ["vitest", "run", ...chosen], {
    stdio: "inherit",
    env: { ...process.env, RDPROBE_EXECUTABLE: join(folder, STEM, "rdprobe") },
  });
  const [code]: unknown[] = await once(vitest, "exit");
  process.exitCode = typeof code === "number" ? code : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
