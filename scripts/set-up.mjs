/**
 * `npm run demo` and `npm test` on a fresh clone: installs what is missing, builds what is needed, and runs it. Needs
 * nothing but Node and npm, and no shell: it is the same in bash, cmd and PowerShell.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { demoParts } from "./set-up/demo-parts.mjs";
import { installAll, isInstalled } from "./set-up/install.mjs";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const OLDEST = [20, 12];

/** Runs Node to its end, with this terminal; gives the exit code. */
const node = (...args) => {
  const { status, error } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
  if (error !== undefined) throw error;
  return status ?? 1;
};

const tool = (...path) => join(ROOT, "node_modules", ...path);

const COMMANDS = {
  demo: async (args) => {
    const { script, executable } = await demoParts(ROOT);
    return node(script, executable, ...args);
  },
  test: async (args) => {
    if (!isInstalled(ROOT)) installAll(ROOT);
    const built = node("--import", "tsx", join("scripts", "build.ts"));
    return built === 0 ? node(tool("vitest", "vitest.mjs"), "run", ...args) : built;
  },
};

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const [command = "", ...args] = process.argv.slice(2);
try {
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    throw new Error(`rdprobe needs Node ${OLDEST.join(".")} or newer, and this is ${process.versions.node}`);
  }
  const run = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : null;
  if (run === null) throw new Error(`write one of: ${Object.keys(COMMANDS).join(", ")}`);
  process.exitCode = await run(args);
} catch (error) {
  process.stderr.write(`set-up: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
