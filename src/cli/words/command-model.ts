/** The commands as data, out of their own definitions: what completion scripts and manual pages are made of. */
import type { Argument, Command, Option } from "commander";
import { checkOptions } from "../options/check-options.ts";

export interface OptionModel {
  /** As typed: `-p`, `--port`. */
  readonly names: readonly string[];
  /** The name of its value without brackets: `list`; null where it takes none. */
  readonly takes: string | null;
  readonly text: string;
  /** The words that it takes; null where any may do. */
  readonly choices: readonly string[] | null;
  readonly isRepeatable: boolean;
  /** As text; null where there is none or the text says it. */
  readonly standard: string | null;
  /** Of its group in the help; null for the one without. */
  readonly group: string | null;
}

export interface ArgumentModel {
  readonly name: string;
  readonly text: string;
  readonly choices: readonly string[] | null;
  readonly isRequired: boolean;
  readonly isRepeatable: boolean;
}

export interface CommandModel {
  readonly name: string;
  readonly text: string;
  readonly arguments: readonly ArgumentModel[];
  readonly options: readonly OptionModel[];
}

/** Every command below the program, in the order of the help; `help` stands last. */
export const commandModels = (program: Command): readonly CommandModel[] => {
  const models = program.commands.map((command) =>
    command.name() === "check" ? checkModel(command.description()) : modelOf(command),
  );
  return [...models, helpModel(models.map(({ name }) => name))];
};

/** `rdprobe check`, and `check_rdp`. */
export const checkModel = (text: string): CommandModel => ({
  name: "check",
  text,
  arguments: [],
  options: checkOptions().map(([long, { short, takes, text: what, choices }]) => ({
    names: [...(short === undefined ? [] : [`-${short}`]), `--${long}`],
    takes: takes === undefined ? null : bare(takes),
    text: what,
    choices: choices ?? null,
    isRepeatable: true,
    standard: null,
    group: null,
  })),
});

const modelOf = (command: Command): CommandModel => ({
  name: command.name(),
  text: command.description(),
  arguments: command.registeredArguments.map(argumentOf),
  options: [...command.options.filter(({ hidden }) => !hidden).map(optionOf), HELP],
});

const argumentOf = (argument: Argument): ArgumentModel => ({
  name: argument.name(),
  text: argument.description,
  choices: argument.argChoices ?? null,
  isRequired: argument.required,
  isRepeatable: argument.variadic,
});

const optionOf = (option: Option): OptionModel => {
  const value = /<([^>]+)>/.exec(option.flags)?.[1];
  return {
    names: [option.short, option.long].filter((name) => name !== undefined && name !== null),
    takes: value ?? null,
    text: option.description,
    choices: option.argChoices ?? null,
    isRepeatable: option.parseArg !== undefined && option.argChoices === undefined,
    standard: option.defaultValue === undefined ? null : String(option.defaultValue),
    group: option.helpGroupHeading?.replace(/:$/, "") ?? null,
  };
};

const HELP: OptionModel = {
  names: ["-h", "--help"],
  takes: null,
  text: "print the help",
  choices: null,
  isRepeatable: false,
  standard: null,
  group: null,
};

const helpModel = (commands: readonly string[]): CommandModel => ({
  name: "help",
  text: "print the help of a command",
  arguments: [
    {
      name: "command",
      text: "the command",
      choices: [...commands, "all"],
      isRequired: false,
      isRepeatable: false,
    },
  ],
  options: [],
});

const bare = (placeholder: string): string => placeholder.replace(/^<|>$/g, "");
