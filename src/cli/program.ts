/** The command tree and its exit codes; a command that fails to parse is one line on stderr. */
import { Command, CommanderError, Help } from "commander";
import { isShortage } from "../transport/connect-error.ts";
import { errorCode } from "../transport/error-code.ts";
import { LocalResourceError } from "../transport/local-resource-error.ts";
import { DEFAULT_COMMAND } from "./commands/default-command.ts";
import { OutputError } from "./outputs/output-error.ts";
import { EXIT } from "./screen/exit-code.ts";
import { refuseForeignOptions, refuseMistypedCommand } from "./words/first-word.ts";
import { InputError } from "./inputs/input-error.ts";
import { say } from "./screen/say.ts";
import { withoutShellTraces } from "./words/shell-arguments.ts";
import { EXAMPLES, SHORT_HELP } from "./words/short-help.ts";
import { reasonOf } from "./screen/system-error.ts";
import type { Terminal } from "./screen/terminal.ts";
import { UsageError } from "./words/usage-error.ts";
import { VERSION } from "./version.ts";

const EXIT_CODES = "\nExit codes: 0 nothing critical, 1 critical, 2 wrong usage, 3 rdprobe failed.";

type Make = (terminal: Terminal, exit: (code: number) => void) => Command;

/** In the order of the help; each is loaded only where it is asked for, so that a start costs what it needs. */
const COMMANDS: Readonly<Record<string, () => Promise<Make>>> = {
  probe: async () => (await import("./commands/live-commands.ts")).probeCommand,
  watch: async () => (await import("./commands/live-commands.ts")).watchCommand,
  pcap: async () => (await import("./commands/file-commands.ts")).pcapCommand,
  merge: async () => (await import("./commands/file-commands.ts")).mergeCommand,
  diff: async () => (await import("./commands/file-commands.ts")).diffCommand,
  report: async () => (await import("./commands/file-commands.ts")).reportCommand,
  explain: async () => (await import("./commands/explain-command.ts")).explainCommand,
  lab: async () => (await import("./commands/other-commands.ts")).labCommand,
  clients: async () => (await import("./commands/other-commands.ts")).clientsCommand,
  check: async () => (await import("./check-entry.ts")).checkEntry,
  exporter: async () => (await import("./commands/exporter-command.ts")).exporterCommand,
  worker: async () => (await import("./fleet/fleet-commands.ts")).workerCommand,
  submit: async () => (await import("./fleet/fleet-commands.ts")).submitCommand,
  scheduler: async () => (await import("./fleet/fleet-commands.ts")).schedulerCommand,
  collect: async () => (await import("./fleet/fleet-commands.ts")).collectCommand,
  fleet: async () => (await import("./fleet/fleet-commands.ts")).fleetCommand,
  store: async () => (await import("./history/history-commands.ts")).storeCommand,
  history: async () => (await import("./history/history-commands.ts")).historyCommand,
  due: async () => (await import("./history/history-commands.ts")).dueCommand,
  schema: async () => (await import("./commands/other-commands.ts")).schemaCommand,
  completion: async () => (await import("./commands/other-commands.ts")).completionCommand,
};

const HELP_FLAGS: ReadonlySet<string> = new Set(["-h", "--help"]);
const HELP: ReadonlySet<string> = new Set([...HELP_FLAGS, "help"]);

/**
 * The commands that a command line may mean: the one that it begins with, all for help and for what completes them,
 * else the default one.
 */
const namedBy = (argv: readonly string[]): readonly string[] => {
  const [first = ""] = argv;
  if (first === "completion") return Object.keys(COMMANDS);
  if (Object.hasOwn(COMMANDS, first)) return [first];
  return argv.some((word) => HELP.has(word)) ? Object.keys(COMMANDS) : [DEFAULT_COMMAND];
};

/**
 * Runs a command line and gives its exit code; never throws.
 * @param argv the arguments behind the program's name.
 */
export const run = async (argv: readonly string[], terminal: Terminal): Promise<number> => {
  let code: number = EXIT.ok;
  if (argv.length === 0) {
    terminal.stderr.write(EXAMPLES);
    return EXIT.usage;
  }
  if (wantsShortHelp(argv)) {
    terminal.stdout.write(SHORT_HELP);
    return EXIT.ok;
  }
  try {
    const [first = ""] = argv;
    if (!Object.hasOwn(COMMANDS, first) && !HELP.has(first)) {
      refuseMistypedCommand(first, Object.keys(COMMANDS));
      refuseForeignOptions(argv);
    }
    const names = namedBy(argv);
    const program = await programFor(names, terminal, (exit) => {
      code = exit;
    });
    const given = await withoutShellTraces(argv, names[0] ?? DEFAULT_COMMAND);
    await program.parseAsync(wantsFullHelp(argv) ? ["--help"] : given, { from: "user" });
    return code;
  } catch (error) {
    return report(error, terminal);
  }
};

/** All commands, for what is made of their definitions; what they would run is never run. */
export const commandTree = (terminal: Terminal): Promise<Command> =>
  programFor(Object.keys(COMMANDS), terminal, () => {});

/** Help for no command: the common options, on one screen. */
const wantsShortHelp = (argv: readonly string[]): boolean => {
  const at = helpAt(argv);
  return at >= 0 && argv[at + 1] !== ALL && !(argv[0] === "help" && argv.length > 1);
};

const wantsFullHelp = (argv: readonly string[]): boolean => {
  const at = helpAt(argv);
  return at >= 0 && argv[at + 1] === ALL;
};

const ALL = "all";

/** Where help is asked for that is no command's own; -1 where it is not. */
const helpAt = ([first = "", ...more]: readonly string[]): number => {
  if (Object.hasOwn(COMMANDS, first)) return -1;
  return [first, ...more].findIndex((word, index) => (index === 0 ? HELP : HELP_FLAGS).has(word));
};

const programFor = async (
  names: readonly string[],
  terminal: Terminal,
  exit: (code: number) => void,
): Promise<Command> => {
  const program = new Command("rdprobe")
    .description("Says why a Remote Desktop (RDP) connection fails and how to fix it. Sends no credentials.")
    .version(`rdprobe ${VERSION}`, "-V, --version", "print the version")
    .usage("[options] <target...>")
    .addHelpText("after", EXIT_CODES);
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
    say(terminal, `${error.message.replace(/^error: /, "")} (see rdprobe --help)`);
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
    return `this machine has nothing left to go on with: ${reasonOf(error)}${code === "EMFILE" ? " (ulimit -n)" : ""}`;
  return `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
};
