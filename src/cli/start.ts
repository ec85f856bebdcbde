/** How a process of rdprobe begins, whichever executable it is. */
import { widenThreads } from "../transport/dns/resolver-limits.ts";
import { EXIT } from "./screen/exit-code.ts";
import { type LoadCheck, startCheck } from "./start-check.ts";
import { VERSION } from "./version.ts";

export interface Parts {
  readonly loadCheck: LoadCheck;
  readonly loadCommandLine: () => Promise<typeof import("./command-line.ts")>;
}

/**
 * Runs a command line to the end of the process. What a monitor or a script starts again and again, `check` and
 * `--version`, is known at the first look, and loads nothing else.
 */
export const start = (argv: readonly string[], { loadCheck, loadCommandLine }: Parts): void => {
  const [command] = argv;
  if (command === "check") startCheck(loadCheck, argv.slice(1), "rdprobe check");
  else if (argv.length === 1 && (command === "-V" || command === "--version")) {
    process.stdout.on("error", () => {}).write(`rdprobe ${VERSION}\n`);
  } else {
    widenThreads(process.env, process.platform);
    loadCommandLine()
      .then(({ commandLine }) => commandLine(argv))
      .catch(cannotStart);
  }
};

/** A part of the program that is not there, or damaged. */
export const cannotStart = (error: unknown): void => {
  process.stderr.write(`rdprobe: cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = EXIT.program;
};
