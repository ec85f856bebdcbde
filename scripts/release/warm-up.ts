/**
 * Runs in the Node that the executable is made of: loads the modules as the executable does, uses the commands that
 * are started most, and writes what V8 compiled meanwhile as each module's code cache.
 *
 *   node warm-up.cjs <folder of the modules>
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { singleFileModules } from "../../src/cli/single-file-modules.ts";

const [, , folder = "."] = process.argv;
const { require: load, scripts } = singleFileModules(
  { text: (name) => readFileSync(join(folder, name), "latin1"), code: () => null },
  require,
);

/** Nothing listens there, so that all of a probe runs and the network takes no time. */
const CLOSED = "127.0.0.1:1";

const COMMANDS: readonly (readonly string[])[] = [
  ["--help"],
  ["explain", "0x904", "0x7"],
  ["explain", "no-such-code"],
  [CLOSED],
  ["--json", "-v", CLOSED],
  ["--csv", CLOSED, "127.0.0.1:2"],
];

const warmUp = async (): Promise<void> => {
  const { commandLine } = load("./command-line.js");
  for (const argv of COMMANDS) await commandLine(argv);
  const { checkMain } = load("./check-main.js");
  await checkMain(["-H", "127.0.0.1", "-p", "1"], "check_rdp");
  const written: string[] = [];
  for (const [name, script] of scripts) {
    writeFileSync(join(folder, `${name}.code`), script.createCachedData());
    written.push(name);
  }
  writeFileSync(join(folder, "code.json"), JSON.stringify(written));
  // The host that was checked is none, and that is no fault.
  process.exitCode = 0;
};

void warmUp();
