/** Completion for fish: a line an option. */
import type { CommandModel, OptionModel } from "../words/command-model.ts";
import type { Completed } from "./completed.ts";
import { type Values, valuesOf } from "./value-words.ts";

export const fishScript = ({ commands, standard, plugin }: Completed): string =>
  [
    "# fish completion for rdprobe and check_rdp. Made by: rdprobe completion fish",
    "function __rdprobe_command",
    "    set -l words (commandline -opc)",
    `    if contains -- "$words[2]" ${commands.map(({ name }) => name).join(" ")}`,
    "        echo $words[2]",
    "    else",
    `        echo ${standard.name}`,
    "    end",
    "end",
    "function __rdprobe_is",
    '    test (__rdprobe_command) = "$argv[1]"',
    "end",
    "function __rdprobe_is_first",
    "    test (count (commandline -opc)) -eq 1",
    "end",
    "function __rdprobe_lists",
    "    set -l token (commandline -ct)",
    "    string match -q '@*' -- $token; or return",
    "    for path in (string sub -s 2 -- $token)*",
    "        echo @$path",
    "    end",
    "end",
    ...commands.map(
      ({ name, text }) => `complete -c rdprobe -n __rdprobe_is_first -a ${name} -d ${quoted(text)}`,
    ),
    ...commands.flatMap((command) =>
      linesOf("rdprobe", `-n ${quoted(`__rdprobe_is ${command.name}`)}`, command),
    ),
    ...linesOf("check_rdp", "", plugin),
    "",
  ].join("\n");

const linesOf = (program: string, condition: string, command: CommandModel): readonly string[] => {
  const start = `complete -c ${program}${condition === "" ? "" : ` ${condition}`}`;
  const [first] = command.arguments;
  const values: Values = first === undefined ? { kind: "nothing" } : valuesOf(first);
  return [
    ...command.options.map((option) => `${start} ${optionOf(option)}`),
    ...(values.kind === "files" || values.kind === "targets" ? [] : [`${start} -f`]),
    ...(values.kind === "targets" ? [`${start} -a '(__rdprobe_lists)'`] : []),
    ...(values.kind === "words" ? [`${start} -a ${quoted(values.words.join(" "))}`] : []),
  ];
};

const optionOf = ({ names, takes, text, choices }: OptionModel): string => {
  const parts = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  return [...parts, ...valuePart(takes, choices), `-d ${quoted(text)}`].join(" ");
};

const valuePart = (takes: string | null, choices: readonly string[] | null): readonly string[] => {
  if (takes === null) return [];
  const values = valuesOf({ name: takes, choices });
  if (values.kind === "files" || values.kind === "targets") return ["-r -F"];
  return values.kind === "words" ? [`-x -a ${quoted(values.words.join(" "))}`] : ["-x"];
};

const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, (character) => `\\${character}`)}'`;
