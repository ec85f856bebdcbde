/** `rdprobe completion <shell>`: a script that completes command lines, out of the commands' own definitions. */
import { Argument, Command } from "commander";
import { commandModels } from "../words/command-model.ts";
import { SHELLS, type Shell } from "../completion/shells.ts";
import { deliver } from "../outputs/destination.ts";
import { EXIT } from "../screen/exit-code.ts";
import type { Terminal } from "../screen/terminal.ts";

const HELP = `
To have it in every new shell:
  bash         rdprobe completion bash > ~/.local/share/bash-completion/completions/rdprobe
               without the package bash-completion: source it in ~/.bashrc
  zsh          rdprobe completion zsh > a folder of $fpath, as _rdprobe, before compinit
  fish         rdprobe completion fish > ~/.config/fish/completions/rdprobe.fish
  PowerShell   rdprobe completion powershell | Out-String | Invoke-Expression   (in $PROFILE)`;

/** The command; `exit` takes the exit code when all is written. */
export const completionCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  new Command("completion")
    .description("print a script that completes rdprobe's commands and options in a shell")
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .addHelpText("after", HELP)
    .action(async (shell: Shell, _flags: object, command: Command) => {
      const { completionScript } = await import("../completion/completion.ts");
      const { parent } = command;
      if (parent === null) throw new Error("completion is a command of rdprobe");
      const script = completionScript(shell, commandModels(parent));
      await deliver(script, null, terminal);
      exit(EXIT.ok);
    });
