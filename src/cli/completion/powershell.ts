/**
 * Completion for Windows PowerShell 5.1 and PowerShell 7. Where nothing is returned, PowerShell completes files. No
 * PowerShell runs where this is tested: its structure is checked, and no more.
 */
import type { CommandModel, OptionModel } from "../words/command-model.ts";
import type { Completed } from "./completed.ts";
import { type Values, valuesOf } from "./value-words.ts";

export const powershellScript = ({ commands, standard, plugin }: Completed): string =>
  [
    "# PowerShell completion for rdprobe and check_rdp. Made by: rdprobe completion powershell",
    "# In a profile: rdprobe completion powershell | Out-String | Invoke-Expression",
    "$RdprobeCommands = @{",
    ...commands.map((command) => `    ${quoted(command.name)} = ${tableOf(command)}`),
    "}",
    `$RdprobePlugin = ${tableOf(plugin)}`,
    "$RdprobeComplete = {",
    "    param($table, $first, $words, $wordToComplete)",
    "    $previous = if ($words.Count -gt 0) { $words[$words.Count - 1] } else { '' }",
    "    $values = if ($table.Values.ContainsKey($previous)) { $table.Values[$previous] }",
    "        elseif ($wordToComplete -like '-*') { $table.Options }",
    "        else { @($first) + @($table.Arguments) }",
    '    $values | Where-Object { $_ -and $_ -like "$wordToComplete*" } | ForEach-Object {',
    "        $text = if ($table.Texts.ContainsKey($_)) { $table.Texts[$_] } else { $_ }",
    "        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $text)",
    "    }",
    "}",
    "Register-ArgumentCompleter -Native -CommandName rdprobe -ScriptBlock {",
    "    param($wordToComplete, $commandAst, $cursorPosition)",
    "    $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |",
    "        Select-Object -Skip 1 | ForEach-Object { $_.ToString() })",
    "    $name = if ($words.Count -gt 0 -and $RdprobeCommands.ContainsKey($words[0])) { $words[0] } else " +
      `{ ${quoted(standard.name)} }`,
    "    $first = if ($words.Count -eq 0) { $RdprobeCommands.Keys | Sort-Object } else { @() }",
    "    & $RdprobeComplete $RdprobeCommands[$name] $first $words $wordToComplete",
    "}",
    "Register-ArgumentCompleter -Native -CommandName check_rdp -ScriptBlock {",
    "    param($wordToComplete, $commandAst, $cursorPosition)",
    "    $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |",
    "        Select-Object -Skip 1 | ForEach-Object { $_.ToString() })",
    "    & $RdprobeComplete $RdprobePlugin @() $words $wordToComplete",
    "}",
    "",
  ].join("\n");

/** A hashtable: the options, what those take that take words, the words of the first argument, and texts. */
const tableOf = (command: CommandModel): string => {
  const valued = command.options.filter(({ takes }) => takes !== null);
  const [first] = command.arguments;
  return [
    "@{",
    `Options = ${arrayOf(command.options.flatMap(({ names }) => names))};`,
    `Values = @{ ${valued.flatMap(valuesEntry).join("; ")} };`,
    `Arguments = ${arrayOf(first === undefined ? [] : wordsIn(valuesOf(first)))};`,
    `Texts = @{ ${command.options.map(textEntry).join("; ")} }`,
    "}",
  ].join(" ");
};

const valuesEntry = ({ names, takes, choices }: OptionModel): readonly string[] => {
  const list = arrayOf(wordsIn(valuesOf({ name: takes ?? "", choices })));
  return names.map((name) => `${quoted(name)} = ${list}`);
};

/** Keys of a hashtable do not tell cases apart, `-V` and `-v` for one: the text is at the long name. */
const textEntry = ({ names, text }: OptionModel): string => `${quoted(names.at(-1) ?? "")} = ${quoted(text)}`;

const wordsIn = (values: Values): readonly string[] => (values.kind === "words" ? values.words : []);

const arrayOf = (words: readonly string[]): string => `@(${words.map(quoted).join(",")})`;

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
