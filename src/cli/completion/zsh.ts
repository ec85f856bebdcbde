/** Completion for zsh: a function for `compdef`, to be put as `_rdprobe` into a folder of `$fpath`, or sourced. */
import type { ArgumentModel, CommandModel, OptionModel } from "../words/command-model.ts";
import type { Completed } from "./completed.ts";
import { type Values, valuesOf } from "./value-words.ts";

export const zshScript = ({ commands, standard, plugin }: Completed): string =>
  [
    "#compdef rdprobe check_rdp",
    "# zsh completion for rdprobe and check_rdp. Made by: rdprobe completion zsh",
    ...commands.flatMap((command) => functionOf(`_rdprobe_${command.name}`, command)),
    ...functionOf("_check_rdp", plugin),
    "_rdprobe_targets() { compset -P @; _files }",
    "_rdprobe() {",
    "  if [[ $service == check_rdp ]]; then _check_rdp; return; fi",
    "  local -a commands",
    "  commands=(",
    ...commands.map(({ name, text }) => `    ${quoted(`${name}:${text.replaceAll(":", "\\:")}`)}`),
    "  )",
    "  local name=$words[2]",
    `  if (( CURRENT > 2 )) && [[ $name == (${commands.map(({ name }) => name).join("|")}) ]]; then`,
    "    shift words; (( CURRENT-- ))",
    `    _rdprobe_$name; return`,
    "  fi",
    "  local result=1",
    "  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then _describe -t commands command commands && result=0; fi",
    `  _rdprobe_${standard.name} && result=0`,
    "  return result",
    "}",
    // Autoloaded, the file is the function; sourced, it has to be registered.
    'if [[ $funcstack[1] == _rdprobe ]]; then _rdprobe "$@"; else compdef _rdprobe rdprobe check_rdp; fi',
    "",
  ].join("\n");

const functionOf = (name: string, command: CommandModel): readonly string[] => {
  const specs = [...command.options.flatMap(optionSpecs), ...command.arguments.map(argumentSpec)];
  return [`${name}() {`, "  _arguments -s \\", ...continued(specs.map((spec) => `    ${spec}`)), "}"];
};

const continued = (lines: readonly string[]): readonly string[] =>
  lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line));

/** `'(-p --port)'{-p,--port=}'[ports]:list:'` */
const optionSpecs = ({ names, takes, text, choices, isRepeatable }: OptionModel): readonly string[] => {
  const excluded = isRepeatable ? "*" : `(${names.join(" ")})`;
  const value = takes === null ? "" : `:${plain(takes)}:${actionOf(valuesOf({ name: takes, choices }))}`;
  return names.map((name) => {
    const long = takes !== null && name.startsWith("--") ? `${name}=` : name;
    return quoted(`${excluded}${long}[${plain(text)}]${value}`);
  });
};

const argumentSpec = (argument: ArgumentModel): string => {
  const marker = argument.isRepeatable ? "*" : "";
  const optional = argument.isRequired || argument.isRepeatable ? ":" : "::";
  return quoted(`${marker}${optional}${plain(argument.name)}:${actionOf(valuesOf(argument))}`);
};

const actionOf = (values: Values): string => {
  switch (values.kind) {
    case "words":
      return `(${values.words.join(" ")})`;
    case "files":
      return "_files";
    case "targets":
      return "_rdprobe_targets";
    case "nothing":
      return " ";
  }
};

/** A text within a spec: brackets and colons end it there. */
const plain = (text: string): string => text.replaceAll(/[\\[\]:]/g, (character) => `\\${character}`);

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
