/** A manual page in roff with the macros of man(7), out of the commands' definitions. */
import type { ArgumentModel, CommandModel, OptionModel } from "../../src/cli/words/command-model.ts";
import { VERSION } from "../../src/cli/version.ts";
import type { Fact, Page } from "./manual-facts.ts";

/** @param commands one for a program without commands, which is the program itself. */
export const manualPage = (page: Page, commands: readonly CommandModel[]): string =>
  [
    // Without a date: the same sources make the same page.
    `.TH ${page.name.toUpperCase()} 1 "" "rdprobe ${VERSION}" "User Commands"`,
    ".SH NAME",
    `${text(page.name)} \\- ${text(page.purpose)}`,
    ".SH SYNOPSIS",
    ...(commands.length === 1
      ? commands.flatMap((command) => synopsis(page.name, command))
      : programSynopsis(page)),
    ".SH DESCRIPTION",
    ...page.description.flatMap((paragraph) => [".PP", text(paragraph)]),
    ...(commands.length === 1
      ? [".SH OPTIONS", ...commands.flatMap(({ options }) => options.flatMap(optionLines))]
      : [".SH COMMANDS", ...commands.flatMap((command) => commandLines(page.name, command))]),
    ...section("EXIT STATUS", page.exits),
    ...section("ENVIRONMENT", page.environment),
    ...section("FILES", page.files),
    ".SH EXAMPLES",
    ...page.examples.flatMap(({ term, text: what }) => [".TP", `.B ${text(term)}`, text(what)]),
    ".SH SEE ALSO",
    page.seeAlso.map((one) => text(one)).join(",\n"),
    "",
  ].join("\n");

const programSynopsis = ({ name }: Page): readonly string[] => [
  `.B ${text(name)}`,
  "[\\fIoptions\\fR] \\fItarget\\fR ...",
  ".br",
  `.B ${text(name)}`,
  "\\fIcommand\\fR [\\fIoptions\\fR] [\\fIarguments\\fR]",
];

const synopsis = (program: string, command: CommandModel): readonly string[] => [
  `.B ${text(program)}`,
  ["[\\fIoptions\\fR]", ...command.arguments.map(argumentText)].join(" "),
];

const argumentText = ({ name, isRequired, isRepeatable }: ArgumentModel): string => {
  const shown = `\\fI${text(name)}\\fR${isRepeatable ? " ..." : ""}`;
  return isRequired ? shown : `[${shown}]`;
};

const commandLines = (program: string, command: CommandModel): readonly string[] => [
  `.SS ${text(`${program} ${command.name}`)}`,
  ...synopsis(`${program} ${command.name}`, command),
  ".PP",
  text(`${upper(command.text)}.`),
  ...command.arguments
    .filter(({ text: what }) => what !== "")
    .flatMap(({ name, text: what }) => [".TP", `\\fI${text(name)}\\fR`, text(`${upper(what)}.`)]),
  ...command.options.flatMap(optionLines),
];

const optionLines = ({ names, takes, text: what, choices, standard }: OptionModel): readonly string[] => {
  const value = takes === null ? "" : ` \\fI${text(takes)}\\fR`;
  const heads = names.map((name) => `\\fB${text(name)}\\fR`);
  const words = choices === null ? "" : ` One of ${choices.join(", ")}.`;
  const usual = standard === null ? "" : ` Default: ${standard}.`;
  return [".TP", `${heads.join(", ")}${value}`, text(`${upper(what)}.${words}${usual}`)];
};

const section = (title: string, facts: readonly Fact[]): readonly string[] =>
  facts.length === 0
    ? []
    : [`.SH ${title}`, ...facts.flatMap(({ term, text: what }) => [".TP", `.B ${text(term)}`, text(what)])];

/** As a sentence begins; a word that is typed stays as it is. */
const upper = (sentence: string): string =>
  /^[a-z]+:/.test(sentence) ? sentence : `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`;

/** A hyphen is printed as what is typed; a line that begins with a dot or an apostrophe would be a request. */
const text = (plain: string): string =>
  plain
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll(/^([.'])/g, "\\&$1");
