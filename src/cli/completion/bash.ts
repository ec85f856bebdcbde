/**
 * Completion for bash, from 3.2 (macOS) on and without the package bash-completion. Where a file is wanted, nothing is
 * offered, and readline completes files itself (`-o default`), with their quotes.
 */
import type { CommandModel } from "../words/command-model.ts";
import type { Completed } from "./completed.ts";
import { type Values, valuesOf } from "./value-words.ts";

export const bashScript = ({ commands, standard, plugin }: Completed): string =>
  [
    "# bash completion for rdprobe and check_rdp. Made by: rdprobe completion bash",
    HELPERS,
    "_rdprobe() {",
    `  local cur prev command=${standard.name} at=1`,
    `  case \${COMP_WORDS[1]} in`,
    `    ${commands.map(({ name }) => name).join("|")}) (( COMP_CWORD > 1 )) && command=\${COMP_WORDS[1]} && at=2 ;;`,
    "  esac",
    "  _rdprobe_split",
    "  case $command in",
    ...commands.flatMap((command) => [
      `    ${command.name})`,
      ...bodyOf(command, command === standard ? commands.map(({ name }) => name) : []),
      "      ;;",
    ]),
    "  esac",
    "}",
    "_check_rdp() {",
    "  local cur prev at=1",
    "  _rdprobe_split",
    ...bodyOf(plugin, []),
    "}",
    "complete -o default -F _rdprobe rdprobe",
    "complete -o default -F _check_rdp check_rdp",
    "",
  ].join("\n");

/**
 * bash takes `=` and `@` for ends of words: `--format=js` comes as three words, `@hosts` as two. What an option takes
 * is asked of the word before.
 */
const HELPERS = `_rdprobe_split() {
  cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} COMPREPLY=()
  if [[ $cur == = ]]; then cur=
  elif [[ $prev == = && $COMP_CWORD -gt 1 ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
}
_rdprobe_words() {
  _rdprobe_nothing
  COMPREPLY=( $(compgen -W "$1" -- "$cur") )
}
_rdprobe_targets() {
  local IFS=$'\\n'
  if [[ $cur == @* || $prev == @ ]]; then COMPREPLY=( $(compgen -f -P @ -- "\${cur#@}") ); fi
  return 0
}
_rdprobe_nothing() {
  type compopt &>/dev/null && compopt +o default
  return 0
}`;

/** The lines that complete the words of a command. */
const bodyOf = (command: CommandModel, alsoFirst: readonly string[]): readonly string[] => {
  const valued = command.options.filter(({ takes }) => takes !== null);
  const names = command.options.flatMap((option) => option.names);
  const first = command.arguments[0];
  const values: Values = first === undefined ? { kind: "nothing" } : valuesOf(first);
  const positional = actionOf(values);
  return [
    "      case $prev in",
    ...valued.map(
      (option) =>
        `        ${option.names.join("|")}) ${actionOf(valuesOf({ name: option.takes ?? "", choices: option.choices }))}; return ;;`,
    ),
    "      esac",
    `      if [[ $cur == -* ]]; then _rdprobe_words ${quoted(names)}; return; fi`,
    ...(alsoFirst.length === 0
      ? []
      : [
          `      if (( COMP_CWORD == 1 )) && [[ -n $(compgen -W ${quoted(alsoFirst)} -- "$cur") ]]; then COMPREPLY=( $(compgen -W ${quoted(alsoFirst)} -- "$cur") ); return; fi`,
        ]),
    ...(first === undefined || first.isRepeatable
      ? [`      ${positional}`]
      : [
          `      if (( COMP_CWORD < at + ${command.arguments.length} )); then ${positional}; else _rdprobe_nothing; fi`,
        ]),
  ];
};

const actionOf = (values: Values): string => {
  switch (values.kind) {
    case "words":
      return `_rdprobe_words ${quoted(values.words)}`;
    case "nothing":
      return "_rdprobe_nothing";
    case "files":
      return ":";
    case "targets":
      return "_rdprobe_targets";
  }
};

/** Words of our own tables: letters, digits, dots and hyphens. */
const quoted = (words: readonly string[]): string => `'${words.join(" ").replaceAll("'", "'\\''")}'`;
