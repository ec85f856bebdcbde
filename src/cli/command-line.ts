/** The command line in its process: gives it its streams, and the process its exit code. */
import { EXIT } from "./screen/exit-code.ts";
import { run } from "./program.ts";

/** Runs a command line to the end of the process. */
export const commandLine = async (argv: readonly string[]): Promise<void> => {
  // `| head` closes the pipe: nobody reads on, and that is no error.
  const { stdout, stderr, env, platform } = process;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.ok);
    stderr.write(`rdprobe: cannot write to stdout: ${error.code ?? error.message}\n`);
    // Node ends by an assertion where it cannot give a terminal that is gone its settings back.
    if (error.code === "EIO" && stdout.isTTY) process.kill(process.pid, "SIGHUP");
    process.exit(EXIT.program);
  });
  // Results do not depend on who reads the asides.
  stderr.on("error", () => {});

  const code = await run(argv, { stdout, stderr, env, platform, stdin: () => process.stdin });
  process.exitCode = code;
  // Whoever sends a signal does not wait for a server that keeps quiet.
  if (code === EXIT.sigint || code === EXIT.sigterm) process.exit();
};
