/** The command tree and its exit codes; a command that fails to parse is one line on stderr. */
import { Command, CommanderError, Help } from "commander";
import { escapeUnsafe } from "../report/safe-text.ts";
import { LocalResourceError } from "../transport/tapped-socket.ts";
import { InputError } from "./capture-input.ts";
import { checkEntry } from "./check-entry.ts";
import { clientsCommand } from "./clients-command.ts";
import { OutputError } from "./destination.ts";
import { diffCommand } from "./diff-command.ts";
import { EXIT } from "./exit-code.ts";
import { explainCommand } from "./explain-command.ts";
import { exporterCommand } from "./exporter-command.ts";
import { labCommand } from "./lab-command.ts";
import { mergeCommand } from "./merge-command.ts";
import { pcapCommand } from "./pcap-command.ts";
import { probeCommand } from "./probe-command.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";
import { VERSION } from "./version.ts";

const EXAMPLES = `
Examples:
  rdprobe server01                         why does RDP to server01 fail?
  rdprobe 192.0.2.7:3390 --json            the same as JSON, for scripts
  rdprobe lab                              servers on loopback that show every verdict

Exit codes: 0 nothing critical, 1 something was, 2 wrong usage, 3 rdprobe itself failed.`;

/**
 * Runs a command line and gives its exit code; never throws.
 * @param argv the arguments behind the program's name.
 */
export const run = async (argv: readonly string[], terminal: Terminal): Promise<number> => {
  let code: number = EXIT.ok;
  const program = programFor(terminal, (exit) => {
    code = exit;
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    return report(error, terminal);
  }
};

const programFor = (terminal: Terminal, exit: (code: number) => void): Command => {
  const program = new Command("rdprobe")
    .description(
      "Says why a Remote Desktop (RDP) connection fails, and what to do about it. Sends no credentials.",
    )
    .version(`rdprobe ${VERSION}`, "-V, --version", "print the version")
    .usage("[options] <target...>")
    .addHelpText("after", EXAMPLES);
  const probe = probeCommand(terminal, exit);
  program.addCommand(probe, { isDefault: true });
  program.addCommand(pcapCommand(terminal, exit));
  program.addCommand(mergeCommand(terminal, exit));
  program.addCommand(explainCommand(terminal, exit));
  program.addCommand(labCommand(terminal, exit));
  program.addCommand(clientsCommand(terminal, exit));
  program.addCommand(checkEntry());
  program.addCommand(exporterCommand(terminal, exit));
  program.addCommand(diffCommand(terminal, exit));
  // Who asks for help without a command means the default one.
  const help = new Help();
  program.configureHelp({
    visibleOptions: (command) => [
      ...(command === program ? probe.options : []),
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

const report = (error: unknown, { stderr }: Terminal): number => {
  const say = (text: string): void => {
    stderr.write(`rdprobe: ${escapeUnsafe(text.replace(/\s*\n\s*/g, " ").trim())}\n`);
  };
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.ok;
    say(`${error.message.replace(/^error: /, "")} (rdprobe --help lists what there is)`);
    return EXIT.usage;
  }
  if (error instanceof UsageError || error instanceof OutputError || error instanceof InputError) {
    say(error.message);
    return EXIT.usage;
  }
  if (error instanceof LocalResourceError) say(error.message);
  else say(`internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return EXIT.program;
};
