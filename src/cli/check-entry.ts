/** `check` in the list of commands and in `rdprobe help check`; main.ts starts the command itself. */
import { Command } from "commander";
import { checkHelp } from "./options/check-options.ts";
import { UsageError } from "./words/usage-error.ts";

/** The command: its help is that of the plugin. */
export const checkEntry = (): Command => {
  const command = new Command("check")
    .description("check one host as a monitoring plugin (Nagios, Icinga, Checkmk)")
    .argument("[arguments...]")
    .allowUnknownOption()
    .action(() => {
      throw new UsageError("check: write it first, as in rdprobe check -H server01");
    });
  command.helpInformation = () => checkHelp("rdprobe check");
  return command;
};
