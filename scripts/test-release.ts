/**
 * Runs the tests of the command line against the released executable for this machine, as its archive has it, and
 * those of the other files of the release (test/release).
 *
 *   npm run test:release [-- all | <test file>...]      after: npm run release -- linux-x64
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import manifest from "../package.json" with { type: "json" };

const STEM = `rdprobe-${manifest.version}-linux-x64`;

const CLI = join("test", "cli");

/** The main ones: every way in which the executable could differ from dist/ (its start, streams, signals, parts). */
const MAIN = ["check", "exit-codes", "explain", "exporter", "outputs", "pcap", "scan", "signals", "usage"];

/** All test files that start a process of rdprobe; the others see no difference. */
const spawning = async (): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const file of await readdir(CLI)) {
    if (!file.endsWith(".test.ts")) continue;
    const text = await readFile(join(CLI, file), "utf8");
    if (/from "\.\/(?:rdprobe|check-rdp|executable)\.ts"/.test(text)) found.push(join(CLI, file));
  }
  return [...found, RELEASE];
};

const RELEASE = join("test", "release");

const testsOf = async (given: readonly string[]): Promise<readonly string[]> => {
  if (given.length === 1 && given[0] === "all") return spawning();
  return given.length > 0 ? given : [...MAIN.map((name) => join(CLI, `${name}.test.ts`)), RELEASE];
};

const folder = await mkdtemp(join(tmpdir(), "rdprobe-release-"));
try {
  const archive = resolve("release", `${STEM}.tar.xz`);
  await promisify(execFile)("tar", ["-xJf", archive, "-C", folder]);
  const tests = await testsOf(process.argv.slice(2));
  const vitest = spawn("npx", ["vitest", "run", ...tests], {
    stdio: "inherit",
    env: { ...process.env, RDPROBE_EXECUTABLE: join(folder, STEM, "rdprobe") },
  });
  const [code]: unknown[] = await once(vitest, "exit");
  process.exitCode = typeof code === "number" ? code : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
