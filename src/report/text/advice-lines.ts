/** Why it failed and what to do about it, as lines of the ladder. */
import { effectsOf, type ToldRemedy } from "../../verdict/remedies/remedy.ts";
import type { Result } from "../../verdict/result/result.ts";
import type { Palette } from "./palette.ts";
import { safeText } from "../safe/safe-text.ts";
import { wrap } from "./wrap.ts";

export interface LadderOptions {
  readonly color: boolean;
  /** All remedies with steps, undo and confirmation, and what went over the wire. */
  readonly verbose: boolean;
  readonly columns: number;
}

const SHORT_CAUSES = 3;

/** How many remedies the short form names; the first one alone with its commands. */
const SHORT_REMEDIES = 3;

/** How much refused advice the short form shows. */
const SHORT_REFUSED = 2;

const CAUSE_INDENT = " ".repeat(12);

/** A line on what it is, and a line on what says so. */
export const causeLines = (
  { verdict: { causes } }: Result,
  { columns, verbose }: LadderOptions,
  palette: Palette,
): readonly string[] => {
  if (causes.length === 0) return [];
  const shown = causes.slice(0, verbose ? causes.length : SHORT_CAUSES);
  const lines = shown.flatMap(({ code, title, likelihood, why }) => {
    const [first = "", ...more] = wrap(`${code}: ${title}`, columns, CAUSE_INDENT);
    return [
      `  ${likelihood.padEnd(9)} ${first.trimStart()}`,
      ...more,
      ...wrap(safeText(why), columns, CAUSE_INDENT),
    ];
  });
  const rest = causes.length - shown.length;
  return [
    palette.strong("Why"),
    ...lines,
    ...(rest === 0 ? [] : [palette.faint(`  ${rest} less likely causes: add -v`)]),
  ];
};

/** What to do, the likeliest cause's remedies first. */
export const remedyLines = (
  { remedies }: Result,
  { columns, verbose }: LadderOptions,
  palette: Palette,
): readonly string[] => {
  if (remedies.length === 0) return [];
  const shown = verbose ? remedies : remedies.slice(0, SHORT_REMEDIES);
  const lines = [palette.strong("What to do next")];
  shown.forEach((remedy, index) => {
    const isWhole = verbose || index === 0;
    const form = { number: index + 1, columns, verbose, isWhole };
    for (const line of oneRemedy(remedy, form, palette)) lines.push(line);
  });
  const rest = remedies.length - shown.length;
  const more = rest === 0 ? "All steps" : `${rest} more ${rest === 1 ? "fix" : "fixes"}`;
  const example = `Details of one: rdprobe explain ${remedies[0]?.id ?? ""}`;
  const hints = verbose ? [] : [`${more}: add -v.`, example];
  return [...lines, ...hints.map((text) => palette.faint(`  ${text}`))];
};

interface RemedyForm {
  readonly number: number;
  readonly columns: number;
  readonly verbose: boolean;
  /** With its first step and its commands, and not its title alone. */
  readonly isWhole: boolean;
}

/** One remedy, with a number or without. */
const oneRemedy = (
  remedy: ToldRemedy,
  { number, columns, verbose, isWhole }: RemedyForm,
  palette: Palette,
): readonly string[] => [
  `  ${number}. ${remedy.title}`,
  ...wrap(
    [`${remedy.id}: ${remedy.where}`, remedy.shell, `risk ${remedy.risk}`, ...effectsOf(remedy)].join(", "),
    columns,
    "     ",
  ).map(palette.faint),
  ...(verbose ? remedy.steps : remedy.steps.slice(0, isWhole ? 1 : 0)).flatMap((step) =>
    wrap(step, columns, "       "),
  ),
  ...(isWhole ? commandLines(remedy, palette) : []),
  ...(verbose ? [`       ${palette.faint("undo:")} ${remedy.undo}`] : []),
  ...(verbose ? remedy.confirm.flatMap((event) => wrap(`confirms it: ${event}`, columns, "       ")) : []),
];

/** What changes something stands apart from what only looks. */
const commandLines = ({ check, fix }: ToldRemedy, palette: Palette): readonly string[] => {
  const lines = (label: string, commands: readonly string[]): readonly string[] =>
    commands.length === 0
      ? []
      : [
          `       ${palette.faint(label)}`,
          ...commands.map((one) => `       ${palette.severity("info", one)}`),
        ];
  return [...lines("check:", check), ...lines("fix:", fix)];
};

/** What is advised and why it is wrong here; in the long form also what to do instead. */
export const refusedLines = (
  { refusedAdvice = [] }: Result,
  { columns, verbose }: LadderOptions,
  palette: Palette,
): readonly string[] => {
  if (refusedAdvice.length === 0) return [];
  const shown = verbose ? refusedAdvice : refusedAdvice.slice(0, SHORT_REFUSED);
  return [
    palette.strong("Often advised, and wrong here"),
    ...shown.flatMap(({ advice, why, instead }) => [
      ...wrap(`do not ${advice}`, columns, "  "),
      ...wrap(why, columns, "    "),
      ...(verbose ? wrap(`instead: ${instead}`, columns, "    ") : []),
    ]),
  ];
};
