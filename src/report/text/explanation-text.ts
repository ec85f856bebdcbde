/** An explanation for people. */
import type { Explanation } from "../../explain/explain.ts";
import { MEANING_KINDS, type Meaning, PROBE } from "../../explain/meaning.ts";
import { isUndoCommand } from "../../verdict/remedies/remedy.ts";
import { type Palette, paletteOf } from "./palette.ts";
import { safeText } from "../safe/safe-text.ts";
import { wrap } from "./wrap.ts";

export interface ExplanationForm {
  readonly color: boolean;
  readonly columns: number;
}

/** What stands under each of several meanings. */
const SHORT_CAUSES = 3;
/** Where a code has many causes, each with remedies of its own. */
const MAX_REMEDIES = 8;

/** Every meaning in turn, with its final newline; for an unknown code the nearest known ones. */
export const explanationText = (explanation: Explanation, { color, columns }: ExplanationForm): string => {
  const palette = paletteOf(color);
  const { meanings, together, query, first, unknown } = explanation;
  if (meanings.length === 0) return unknownText(explanation);
  const isOne = meanings.length === 1 || together !== null;
  const blocks = [
    ...(together === null
      ? []
      : [[palette.strong(safeText(query.join(" "))), ...wrap(together, columns, "  ")]]),
    ...(isOne ? [] : [severalLines(explanation, columns, palette)]),
    ...(first === null ? [] : [firstLines(first, palette)]),
    ...(unknown.length === 0 ? [] : [wrap(`${listOf(unknown)}: in no table.`, columns, "  ")]),
    ...meanings.map((row) =>
      meaningLines(row, { columns, isWhole: isOne, isTold: together !== null }, palette),
    ),
  ];
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
};

const MAX_ECHO = 80;

const unknownText = ({ query, unknown, nearest, first }: Explanation): string => {
  const asked = listOf(unknown.length === 0 ? [query.join(" ")] : unknown).slice(0, MAX_ECHO);
  const hint = nearest.length > 0 ? ". Words that are like it:" : ", and no neighbour is guessed.";
  return [
    `${asked}: in no table of rdprobe's${hint}`,
    ...nearest.map((text) => `  ${text}`),
    ...(first === null ? [] : [`Where the connection fails tells more than a code: ${first}`]),
    "",
  ].join("\n");
};

const listOf = (texts: readonly string[]): string => texts.map(safeText).join(", ");

/** What tells more than any list below it. */
const firstLines = (first: string, palette: Palette): readonly string[] => [
  `${palette.strong("First")}  probe it: ${palette.severity("info", first)}`,
  "       It says in which stage the connection ends, which the code alone does not.",
];

const severalLines = (
  { query, meanings }: Explanation,
  columns: number,
  palette: Palette,
): readonly string[] => {
  const asked = safeText(query.join(" ").trim());
  if (/\s/.test(asked) && !/^\w+ \w+$/.test(asked))
    return [palette.strong(`${meanings.length} codes are in the text`)];
  const ways = meanings.map(({ kind, code }) => `rdprobe explain ${kind} ${/\s/.test(asked) ? code : asked}`);
  return [
    palette.strong(`${asked} means ${meanings.length} things`),
    ...wrap(`pick one with ${[...new Set(ways)].join(", ")}`, columns, "  "),
  ];
};

interface MeaningForm {
  readonly columns: number;
  /** With all that is known of it, not the beginning alone. */
  readonly isWhole: boolean;
  /** What is said of it stands above. */
  readonly isTold: boolean;
}

const meaningLines = (row: Meaning, form: MeaningForm, palette: Palette): readonly string[] => {
  const { columns, isWhole, isTold } = form;
  const { kind, code, decimal, said } = row;
  const number = decimal === null || decimal < 10 || code === String(decimal) ? "" : ` (${decimal})`;
  const [head = "", ...more] = wrap(`${code}${number}, ${MEANING_KINDS[kind]}: ${row.name}`, columns, "");
  const causes = isWhole ? row.causes : row.causes.slice(0, SHORT_CAUSES);
  const remedies = isWhole ? row.remedies.slice(0, MAX_REMEDIES) : [];
  const hasSaid = said !== null && isWhole && !isTold;
  return [
    palette.strong(head),
    ...more,
    ...labelled("what", sentence(row.what), columns, palette),
    ...labelled(STAGE_LABELS[kind] ?? "stage", row.stage, columns, palette),
    ...(OWN.has(kind) ? [] : labelled(row.basis, row.source, columns, palette)),
    ...(hasSaid ? labelled(SAID[kind] ?? "said of it", said, columns, palette) : []),
    ...listed("likely or not", row.signs, columns, palette),
    ...listed(
      kind === "remedy" ? "for" : "causes, in order",
      causes.map(({ code: cause, title }) => `${cause}: ${title}`),
      columns,
      palette,
    ),
    ...listed(
      "remedies",
      remedies.map(({ id, title }) => `${id}: ${title}`),
      columns,
      palette,
    ),
    ...listed("steps", row.steps, columns, palette),
    ...commandLines(kind === "remedy" ? "check" : "commands", looksOf(row), palette),
    ...commandLines("fix", row.fix, palette),
    ...undoLines(row.undo, columns, palette),
    ...listed(
      "to know more",
      row.next.filter((command) => command !== PROBE || decimal === null),
      columns,
      palette,
    ),
  ];
};

/** Tables of rdprobe's own, which are no source for themselves. */
const OWN: ReadonlySet<Meaning["kind"]> = new Set(["verdict", "finding", "remedy", "advice"]);

const STAGE_LABELS: Partial<Record<Meaning["kind"], string>> = {
  cause: "seen at",
  remedy: "where",
  advice: "popular for",
};

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** What stands there is the table's own, and no hearsay. */
const SAID: Partial<Record<Meaning["kind"], string>> = {
  failure: "note",
  alert: "note",
  errinfo: "note",
};

const LABEL_COLUMN = 15;
const INDENT = " ".repeat(LABEL_COLUMN);

const labelled = (label: string, text: string, columns: number, palette: Palette): readonly string[] => {
  const [first = "", ...more] = wrap(text, columns, INDENT);
  return [`  ${palette.faint(label.padEnd(LABEL_COLUMN - 2))}${first.trimStart()}`, ...more];
};

const listed = (
  label: string,
  texts: readonly string[],
  columns: number,
  palette: Palette,
): readonly string[] =>
  texts.length === 0 ? [] : [`  ${palette.faint(label)}`, ...texts.flatMap((text) => hanging(text, columns))];

const hanging = (text: string, columns: number): readonly string[] => {
  const [first = "", ...more] = wrap(text, columns - 2, "    ");
  return [first, ...more.map((line) => `  ${line}`)];
};

const looksOf = ({ commands, fix }: Meaning): readonly string[] =>
  commands.slice(0, commands.length - fix.length);

const undoLines = (undo: string | null, columns: number, palette: Palette): readonly string[] => {
  if (undo === null) return [];
  return isUndoCommand(undo)
    ? commandLines("undo", [undo], palette)
    : listed("undo", [undo], columns, palette);
};

/** Whole, since they are to be pasted. */
const commandLines = (label: string, commands: readonly string[], palette: Palette): readonly string[] =>
  commands.length === 0
    ? []
    : [`  ${palette.faint(label)}`, ...commands.map((command) => `    ${palette.severity("info", command)}`)];
