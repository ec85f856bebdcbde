#!/usr/bin/env node
/**
 * The executable: gives the command line its streams and the process its exit code. What a monitor or a
 * script starts again and again, `check` and `--version`, is known at the first look, and loads nothing else.
 */
import { createRequire } from "node:module";
import { startCheck } from "./compiled-check.ts";
import { EXIT } from "./exit-code.ts";
import { VERSION } from "./version.ts";

const argv = process.argv.slice(2);
const [command] = argv;
if (command === "check") {
  startCheck(import.meta.dirname, createRequire(import.meta.url), argv.slice(1), "rdprobe check");
} else {
  await runCommandLine();
}

async function runCommandLine(): Promise<void> {
  // `| head` closes the pipe: nobody reads on, and that is no error.
  const { stdout, stderr, env } = process;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.ok);
    stderr.write(`rdprobe: cannot write to stdout: ${error.code ?? error.message}\n`);
    process.exit(EXIT.program);
  });
  // Results do not depend on who reads the asides.
  stderr.on("error", () => {});
  if (command === "-V" || command === "--version") {
    stdout.write(`rdprobe ${VERSION}\n`);
    return;
  }
  const { run } = await import("./program.ts");
  const code = await run(argv, { stdout, stderr, env, stdin: () => process.stdin });
  process.exitCode = code;
  // Whoever sends a signal does not wait for a server that keeps quiet.
  if (code === EXIT.sigint || code === EXIT.sigterm) process.exit();
}
