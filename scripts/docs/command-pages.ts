/** The pages of docs/commands, out of the commands' own definitions: pure functions from them to Markdown. */
import type { ArgumentModel, CommandModel, OptionModel } from "../../src/cli/words/command-model.ts";
import { COMMAND_FACTS, type CommandFacts, EXAMPLE_PORT } from "./command-facts.ts";
import { GENERATED, withoutTags } from "./generated.ts";

/** Names of the commands that have a page, in the order of the help. */
export const pagedCommands = (models: readonly CommandModel[]): readonly CommandModel[] =>
  models.filter(({ name }) => name !== "help");

/** The facts of a command; a new command without any is a fault that the tests show. */
export const factsOf = (name: string): CommandFacts => {
  const facts = Object.hasOwn(COMMAND_FACTS, name) ? COMMAND_FACTS[name] : undefined;
  if (facts === undefined) throw new Error(`scripts/docs/command-facts.ts has nothing about ${name}`);
  return facts;
};

/** `docs/commands.md`. */
export const commandsPage = (models: readonly CommandModel[]): string =>
  joined([
    "# Commands",
    GENERATED,
    "`rdprobe <command> --help` prints the same options. Without a command, targets are probed.",
    table(
      ["command", "what it does"],
      pagedCommands(models).map(({ name, text }) => [`[${name}](commands/${name}.md)`, cell(text)]),
    ),
    "`rdprobe help <command>` is `rdprobe <command> --help`; `rdprobe --version` prints the version.",
  ]);

/** `docs/commands/<name>.md`; `output` is what the example printed. */
export const commandPage = (model: CommandModel, output: string): string => {
  const { about, outputs, exits, example, more } = factsOf(model.name);
  return joined([
    `# rdprobe ${model.name}`,
    GENERATED,
    sentence(model.text),
    ...about,
    fenced([synopsis(model)]),
    ...section("Arguments", argumentTable(model.arguments)),
    ...optionSections(model.options),
    ...section("Output", table(["asked for by", "what it is"], outputs)),
    ...section(
      "Exit codes",
      table(
        ["code", "when"],
        exits.map(([code, when]) => [String(code), when]),
      ),
    ),
    "## Example",
    ...(example.servers === undefined
      ? []
      : [`With \`rdprobe lab ${example.servers.join(" ")} --base-port ${EXAMPLE_PORT}\` in another window:`]),
    fenced([`$ ${example.command}`, ...output.trimEnd().split("\n")]),
    `See also: ${["[all commands](../commands.md)", ...more].join(", ")}.`,
  ]);
};

/** The output that a page shows, as it stands there; empty for a page without one. */
export const shownOutput = (page: string): string =>
  /^## Example\n[\s\S]*?^```text\n\$ .+\n([\s\S]*?)^```/m.exec(page)?.[1] ?? "";

const synopsis = ({ name, arguments: taken }: CommandModel): string =>
  [`rdprobe ${name} [options]`, ...taken.map(argumentText)].join(" ");

const argumentText = ({ name, isRequired, isRepeatable }: ArgumentModel): string => {
  const shown = `${name}${isRepeatable ? "..." : ""}`;
  return isRequired ? `<${shown}>` : `[${shown}]`;
};

const argumentTable = (taken: readonly ArgumentModel[]): string =>
  taken.length === 0
    ? ""
    : table(
        ["argument", "what it is"],
        taken.map(({ name, text, choices }) => [code(name), cell([text, ...wordsOf(choices)].join("; "))]),
      );

/** A section for each group of the help, those without one last. */
const optionSections = (options: readonly OptionModel[]): readonly string[] => {
  const groups = [...new Set(options.map(({ group }) => group))].toSorted(
    (one, other) => Number(one === null) - Number(other === null),
  );
  return groups.flatMap((group) =>
    section(
      groups.length === 1 ? "Options" : `Options: ${group?.toLowerCase() ?? "other"}`,
      table(
        ["option", "what it does", "default"],
        options.filter((option) => option.group === group).map(optionRow),
      ),
    ),
  );
};

const optionRow = ({ names, takes, text, choices, standard }: OptionModel): readonly string[] => [
  code([names.join(", "), ...(takes === null ? [] : [`<${takes}>`])].join(" ")),
  cell([text, ...wordsOf(choices)].join("; ")),
  standard === null ? "" : code(standard),
];

const wordsOf = (choices: readonly string[] | null): readonly string[] =>
  choices === null ? [] : [`one of ${choices.map(code).join(", ")}`];

const section = (title: string, body: string): readonly string[] =>
  body === "" ? [] : [`## ${title}`, body];

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows]
    .map((row) => `| ${row.join(" | ")} |`.replaceAll("|  |", "| |"))
    .join("\n");

/** Text of the help: what looks like markup there stands for itself. */
const cell = (text: string): string =>
  text.replaceAll("|", "\\|").replaceAll("*", "\\*").replaceAll("[", "\\[");

const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;

const fenced = (lines: readonly string[]): string => ["```text", ...lines, "```"].join("\n");

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${cell(text.slice(1))}.`;

const joined = (blocks: readonly string[]): string => withoutTags(`${blocks.join("\n\n")}\n`);
