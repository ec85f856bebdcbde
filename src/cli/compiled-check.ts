/**
 * Starts `check` from its bundle and from the code that V8 had compiled of it when rdprobe was built: a
 * monitor starts it thousands of times an hour, and compiling took longer than all the rest. Another release
 * of Node than the one that built it rejects that code and compiles the bundle as usual.
 */
import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";
import type { checkMain } from "./check-main.ts";

/**
 * Runs `check` to the end of the process, with a line and exit code 3 also where it cannot even be loaded.
 * @param folder where the bundle lies.
 * @param nodeRequire gives the bundle Node's own modules.
 * @param argv the arguments behind the command's name.
 * @param name how the command is called, for its help.
 */
export const startCheck = (
  folder: string,
  nodeRequire: NodeJS.Require,
  argv: readonly string[],
  name: string,
): void => {
  try {
    void loadCheck(folder, nodeRequire).checkMain(argv, name);
  } catch (error) {
    process.exitCode = UNKNOWN;
    const reason = error instanceof Error ? error.message : String(error);
    writeSync(STDOUT, `RDP UNKNOWN - cannot load ${CHECK_BUNDLE}: ${reason.replaceAll(/[\s|]+/g, " ")}\n`);
  }
};

const UNKNOWN = 3;
const STDOUT = 1;

/** What scripts/build.ts writes, and scripts/compile-check.ts. */
export const CHECK_BUNDLE = "check-main.cjs";
export const CHECK_CODE = "check-main.code";

export interface LoadedCheck {
  /** The bundle, compiled. */
  readonly script: Script;
  readonly checkMain: typeof checkMain;
}

/**
 * The bundle, loaded.
 * @throws Error from the operating system, or SyntaxError, where the bundle is missing or damaged.
 */
export const loadCheck = (folder: string, nodeRequire: NodeJS.Require): LoadedCheck => {
  const filename = join(folder, CHECK_BUNDLE);
  const code = compiledCode(join(folder, CHECK_CODE));
  const script = new Script(readFileSync(filename, "utf8"), {
    filename,
    ...(code === null ? {} : { cachedData: code }),
  });
  const bundle: CheckBundle = script.runInThisContext();
  const module: Parameters<CheckBundle>[1] = { exports: {} };
  bundle(nodeRequire, module);
  const { checkMain: main } = module.exports;
  if (main === undefined) throw new Error(`${filename} is damaged`);
  return { script, checkMain: main };
};

/** The bundle's text is one function of what Node gives a CommonJS module. */
type CheckBundle = (
  nodeRequire: NodeJS.Require,
  module: { exports: { readonly checkMain?: typeof checkMain } },
) => void;

const compiledCode = (file: string): Uint8Array | null => {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
};
