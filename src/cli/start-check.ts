/** Starts `check` from its bundle, which is loaded by nothing else. */
import { writeSync } from "node:fs";
import type { checkMain } from "./check-main.ts";

/**
 * Runs `check` to the end of the process, with a line and exit code 3 also where it cannot even be loaded.
 * @param load loads the bundle.
 * @param argv the arguments behind the command's name.
 * @param name how the command is called, for its help.
 */
export const startCheck = (load: LoadCheck, argv: readonly string[], name: string): void => {
  try {
    const { checkMain: main } = load();
    if (main === undefined) throw new Error(`${CHECK_BUNDLE} is damaged`);
    void main(argv, name);
  } catch (error) {
    process.exitCode = UNKNOWN;
    const reason = error instanceof Error ? error.message : String(error);
    writeSync(STDOUT, `RDP UNKNOWN - cannot load ${CHECK_BUNDLE}: ${reason.replaceAll(/[\s|]+/g, " ")}\n`);
  }
};

const UNKNOWN = 3;
const STDOUT = 1;

/** What scripts/build.ts writes. */
export const CHECK_BUNDLE = "check-main.cjs";

interface CheckBundle {
  readonly checkMain?: typeof checkMain;
}

export type LoadCheck = () => CheckBundle;
