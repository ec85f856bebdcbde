/** What to check first, and which fix comes after, in an answer. */
import { needsPowerShell3, type Remedy } from "../../verdict/remedies/remedy.ts";
import type { Result } from "../../verdict/result/result.ts";
import type { Sheet } from "./answer-sheet.ts";
import { labelled } from "./answer-why.ts";
import { commandPlace } from "./command-place.ts";
import { lookAndFix, type SeenOfServer } from "./look-and-fix.ts";
import { wrap } from "./wrap.ts";

const INDENT = "    ";

/** A remedy that changes nothing, with commands; and the name of the first that changes something. */
export const checkLines = (sheet: Sheet): readonly string[] => {
  const { result, columns } = sheet;
  const { look, fix } = lookAndFix(result.remedies, seenIn(result));
  return [
    ...(look === null ? [] : lookLines(look, sheet)),
    ...(fix === null ? [] : fixLines(look === null ? "Fix" : "Then fix", fix, columns)),
  ];
};

const seenIn = ({ verdict, negotiation, server }: Result): SeenOfServer => ({
  stage: verdict.stage,
  cause: verdict.causes[0]?.code ?? null,
  server: server?.implementation ?? null,
  hints: negotiation?.serverHints ?? [],
});

const lookLines = (look: Remedy, { result, columns, palette, limits }: Sheet): readonly string[] => {
  const { id, steps, commands } = look;
  const needs = needsPowerShell3(look) && isWithoutPowerShell3(result) ? "; needs WMF 5.1 there" : "";
  const place = `${commandPlace(look)}; read-only${needs}`;
  const shown = commands.slice(0, limits.commands);
  const rest = commands.length - shown.length;
  return [
    ...labelled("Check first", place, columns, 1).map((line) => palette.strong(line)),
    ...stepLines(steps.join(" "), columns, limits.steps),
    ...shown.map((command) => `${INDENT}${palette.severity("info", command)}`),
    ...(rest === 0 ? [] : [palette.faint(`${INDENT}${rest} more: rdprobe explain ${id}`)]),
  ];
};

/** Windows 7, Server 2008 R2 and older, as they come. */
const isWithoutPowerShell3 = ({ ntlm }: Result): boolean => /^(?:5\.|6\.[01]\.)/.test(ntlm?.osVersion ?? "");

/** Whole sentences only: half a rule misleads. */
const stepLines = (step: string, columns: number, most: number): readonly string[] => {
  const sentences = step.split(/(?<=[.;]) /);
  for (let count = sentences.length; count > 0; count -= 1) {
    const text = sentences.slice(0, count).join(" ");
    const lines = wrap(text.replace(/;$/, "."), columns, INDENT);
    if (lines.length <= most) return lines;
  }
  return [];
};

/** The name of its page on a line of its own where it does not fit: it is to be copied. */
const fixLines = (label: string, { id, title }: Remedy, columns: number): readonly string[] => {
  const command = `rdprobe explain ${id}`;
  const [line = "", ...more] = labelled(label, title, columns, 2);
  if (more.length === 0 && line.length + 2 + command.length <= columns) return [`${line}: ${command}`];
  return [line, ...more, ...labelled("", command, columns, 1)];
};
