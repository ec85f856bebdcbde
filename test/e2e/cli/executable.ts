/**
 * The executable that users get: dist/rdprobe.cjs, built here where it is missing or older than its sources; or what
 * RDPROBE_EXECUTABLE names, as the single-file executable of a release (npm run test:release).
 */
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, rmdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { eventually } from "../../support/eventually.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const LOCK = join(ROOT, "node_modules", ".rdprobe-build");
const BUILD_TIMEOUT_MS = 120_000;

/** dist/rdprobe.cjs as an absolute path. */
export const EXECUTABLE = join(ROOT, "dist", "rdprobe.cjs");

const { RDPROBE_EXECUTABLE: given } = process.env;

/** What starts rdprobe, and the arguments that come before the user's. */
export const [PROGRAM, ...PROGRAM_ARGS]: readonly [string, ...string[]] =
  given === undefined ? [process.execPath, EXECUTABLE] : [given];

/** The same for check_rdp, which lies beside it. */
export const [PLUGIN, ...PLUGIN_ARGS]: readonly [string, ...string[]] =
  given === undefined
    ? [process.execPath, join(ROOT, "dist", "check_rdp.cjs")]
    : [join(dirname(given), "check_rdp")];

/** Builds once, whichever of the test files that run side by side comes first. */
export const ensureBuilt = async (): Promise<void> => {
  if (given !== undefined || isFresh()) return;
  if (!lock()) {
    await eventually(isFresh, { timeoutMs: BUILD_TIMEOUT_MS, everyMs: 200 });
    return;
  }
  try {
    const script = join("scripts", "build.ts");
    const options = { cwd: ROOT, timeout: BUILD_TIMEOUT_MS };
    await promisify(execFile)(process.execPath, ["--import", "tsx", script], options);
  } finally {
    rmdirSync(LOCK);
  }
};

const isFresh = (): boolean => {
  const built = changedAtMs(EXECUTABLE);
  return built !== null && built >= newestSourceMs();
};

const newestSourceMs = (): number => {
  const sources = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" });
  const files = [...sources.map((path) => join(ROOT, "src", path)), join(ROOT, "package.json")];
  return Math.max(...files.map((file) => changedAtMs(file) ?? 0));
};

const changedAtMs = (file: string): number | null =>
  statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null;

/** Whether this process is the one to build; a lock that a killed run left behind does not count. */
const lock = (): boolean => {
  const since = changedAtMs(LOCK);
  if (since !== null && Date.now() - since > BUILD_TIMEOUT_MS) rmdirSync(LOCK);
  try {
    mkdirSync(LOCK);
    return true;
  } catch {
    return false;
  }
};
