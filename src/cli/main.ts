#!/usr/bin/env node
import { EXIT } from "./exit-code.ts";
/**
 * The executable `rdprobe`. What a monitor or a script starts again and again, `check` and `--version`, is known
 * at the first look, and loads nothing else. It is built as CommonJS, which Node starts sooner than ES modules.
 */
import { startCheck } from "./start-check.ts";
import { VERSION } from "./version.ts";

const argv = process.argv.slice(2);
const [command] = argv;
if (command === "check") startCheck(__dirname, require, argv.slice(1), "rdprobe check");
else if (argv.length === 1 && (command === "-V" || command === "--version")) {
  process.stdout.on("error", () => {}).write(`rdprobe ${VERSION}\n`);
} else {
  import("./command-line.ts").catch((error: unknown) => {
    process.stderr.write(`rdprobe: cannot start: ${String(error)}\n`);
    process.exitCode = EXIT.program;
  });
}
