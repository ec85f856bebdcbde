/** The command tree and its exit codes; a command that fails to parse is one line on stderr. */
import { Command, CommanderError, Help } from "commander";
import { isShortage } from "../transport/connect-error.ts";
import { errorCode } from "../transport/error-code.ts";
import { LocalResourceError } from "../transport/local-resource-error.ts";
import { OutputError } from "./destination.ts";
import { EXIT } from "./exit-code.ts";
import { InputError } from "./input-error.ts";
import { say } from "./say.ts";
import { reasonOf } from "./system-error.ts";
import { withoutShellTraces } from "./shell-arguments.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";
import { VERSION } from "./version.ts";

const EXAMPLES = `
Examples:
  rdprobe server01                         why does RDP to server01 fail?
  rdprobe 192.0.2.7:3390 --json            the same as JSON, for scripts
  rdprobe lab                              servers on loopback that show every verdict

Exit codes: 0 nothing critical, 1 something was, 2 wrong usage, 3 rdprobe itself failed.`;

type Make = (terminal: Terminal, exit: (code: number) => void) => Command;

/** In the order of the help; each is loaded only where it is asked for, so that a start costs what it needs. */
const COMMANDS: Readonly<Record<string, () => Promise<Make>>> = {
  probe: async () => (await import("./probe-command.ts")).probeCommand,
  pcap: async () => (await import("./pcap-command.ts")).pcapCommand,
  merge: async () => (await import("./merge-command.ts")).mergeCommand,
  diff: async () => (await import("./diff-command.ts")).diffCommand,
  explain: async () => (await import("./explain-command.ts")).explainCommand,
  lab: async () => (await import("./lab-command.ts")).labCommand,
  clients: async () => (await import("./clients-command.ts")).clientsCommand,
  check: async () => (await import("./check-entry.ts")).checkEntry,
  exporter: async () => (await import("./exporter-command.ts")).exporterCommand,
};

const DEFAULT_COMMAND = "probe";

const HELP: ReadonlySet<string> = new Set(["-h", "--help", "help"]);

/** The commands that a command line may mean: the one that it begins with, all for help, else the default one. */
const namedBy = (argv: readonly string[]): readonly string[] => {
  const [first = ""] = argv;
  if (Object.hasOwn(COMMANDS, first)) return [first];
  return argv.some((word) => HELP.has(word)) ? Object.keys(COMMANDS) : [DEFAULT_COMMAND];
};

/**
 * Runs a command line and gives its exit code; never throws.
 * @param argv the arguments behind the program's name.
 */
export const run = async (argv: readonly string[], terminal: Terminal): Promise<number> => {
  let code: number = EXIT.ok;
  try {
    const names = namedBy(argv);
    const program = await programFor(names, terminal, (exit) => {
      code = exit;
    });
    await program.parseAsync(names[0] === DEFAULT_COMMAND ? withoutShellTraces(argv) : argv, {
      from: "user",
    });
    return code;
  } catch (error) {
    return report(error, terminal);
  }
};

const programFor = async (
  names: readonly string[],
  terminal: Terminal,
  exit: (code: number) => void,
): Promise<Command> => {
  const program = new Command("rdprobe")
    .description(
      "Says why a Remote Desktop (RDP) connection fails, and what to do about it. Sends no credentials.",
    )
    .version(`rdprobe ${VERSION}`, "-V, --version", "print the version")
    .usage("[options] <target...>")
    .addHelpText("after", EXAMPLES);
  for (const name of names) {
    const make = await COMMANDS[name]?.();
    if (make !== undefined) program.addCommand(make(terminal, exit), { isDefault: name === DEFAULT_COMMAND });
  }
  const standard = program.commands.find((command) => command.name() === DEFAULT_COMMAND);
  // Who asks for help without a command means the default one.
  const help = new Help();
  program.configureHelp({
    visibleOptions: (command) => [
      ...(command === program ? (standard?.options ?? []) : []),
      ...help.visibleOptions(command),
    ],
  });
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: () => {},
    });
  }
  return program;
};

const report = (error: unknown, terminal: Terminal): number => {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.ok;
    say(terminal, `${error.message.replace(/^error: /, "")} (rdprobe --help lists what there is)`);
    return EXIT.usage;
  }
  if (error instanceof UsageError || error instanceof OutputError || error instanceof InputError) {
    say(terminal, error.message);
    return EXIT.usage;
  }
  say(terminal, faultText(error));
  return EXIT.program;
};

/** What this machine lacks is no fault of the program, whichever call met it first. */
const faultText = (error: unknown): string => {
  if (error instanceof LocalResourceError) return error.message;
  const code = errorCode(error);
  if (code !== null && isShortage(code))
    return `this machine has nothing left to go on with: ${reasonOf(error)}`;
  return `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
};
