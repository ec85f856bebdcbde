/** Whether an executable starts here: as it is, under qemu or under Wine. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ReleaseTarget } from "./targets.ts";
import { startWine, stopWine, wine } from "./wine.ts";

const run = promisify(execFile);

interface Starter {
  /** How the release notes say it. */
  readonly words: string;
  /** What the executable prints with `--version`. */
  readonly version: (path: string) => Promise<string>;
}

const TIMEOUT_MS = 120_000;

const output = async (file: string, ...args: readonly string[]): Promise<string> =>
  (await run(file, [...args], { timeout: TIMEOUT_MS })).stdout;

const underWine = async (path: string): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "rdprobe-trial-"));
  try {
    await startWine();
    return (await wine(path, ["--version"], folder)).stdout;
  } finally {
    await stopWine();
    await rm(folder, { recursive: true, force: true });
  }
};

/** The arm64 one needs its C library: Debian's libc6-arm64-cross and libstdc++6-arm64-cross. */
const STARTERS: Readonly<Partial<Record<string, Starter>>> = {
  "linux-x64": { words: "here", version: (path) => output(path, "--version") },
  "linux-arm64": {
    words: "by qemu-user",
    version: (path) => output("qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu", path, "--version"),
  },
  "win-x64": { words: "under Wine 8", version: underWine },
};

/**
 * Starts it with `--version`.
 * @returns how it was started, in words; null where nothing here can.
 * @throws Error where it starts and says something else.
 */
export const triedWith = async (
  { id, isNative }: ReleaseTarget,
  path: string,
  version: string,
): Promise<string | null> => {
  const starter = STARTERS[id];
  if (starter === undefined) return null;
  let said: string;
  try {
    said = await starter.version(path);
  } catch (error) {
    if (isNative) throw error;
    return null;
  }
  if (said.trim() !== `rdprobe ${version}`)
    throw new Error(`${path}: --version printed ${JSON.stringify(said)}`);
  return starter.words;
};
