/** The completion scripts, all of one model of the commands. */
import { type CommandModel, checkModel } from "../words/command-model.ts";
import { bashScript } from "./bash.ts";
import { DEFAULT_COMMAND } from "../commands/default-command.ts";
import type { Completed } from "./completed.ts";
import { fishScript } from "./fish.ts";
import { powershellScript } from "./powershell.ts";
import type { Shell } from "./shells.ts";
import { zshScript } from "./zsh.ts";

const SCRIPTS: Readonly<Record<Shell, (completed: Completed) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powershellScript,
};

/** The script of a shell. */
export const completionScript = (shell: Shell, commands: readonly CommandModel[]): string => {
  const standard = commands.find(({ name }) => name === DEFAULT_COMMAND);
  if (standard === undefined) throw new Error(`no command ${DEFAULT_COMMAND}`);
  return SCRIPTS[shell]({ commands, standard, plugin: checkModel("one RDP host as a monitoring plugin") });
};
