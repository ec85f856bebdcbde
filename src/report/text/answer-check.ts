/** What to check first, and which fix comes after, in an answer. */
import { needsPowerShell3, type Remedy, type ToldRemedy } from "../../verdict/remedies/remedy.ts";
import type { Result } from "../../verdict/result/result.ts";
import type { Sheet } from "./answer-sheet.ts";
import { labelled } from "./answer-why.ts";
import { commandPlace } from "./command-place.ts";
import { type FixOfProgram, fixesByProgram, lookAndFix, type SeenOfServer } from "./look-and-fix.ts";
import { wrap } from "./wrap.ts";

const INDENT = "    ";

/** What looks first, which changes nothing; and the name of the likeliest cause's first fix. */
export const checkLines = (sheet: Sheet): readonly string[] => {
  const { result, columns } = sheet;
  const seen = seenIn(result);
  const { look, fix } = lookAndFix(ofLikeliestCause(result), seen);
  const byProgram = fixesByProgram(result.remedies, seen);
  const first = look === null || isAhead(fix, look, result) ? checksOf(fix) : look;
  return [
    ...(first === null ? [] : lookLines(first, sheet)),
    ...(fix === null ? [] : fixLines(first === null ? "Fix" : "Then fix", fix, byProgram, columns)),
  ];
};

/** The other remedies are for what is less likely; all of them where no cause is known. */
const ofLikeliestCause = ({ verdict: { causes }, remedies }: Result): readonly ToldRemedy[] => {
  const [likeliest] = causes;
  const own = remedies.filter(({ id }) => likeliest?.remedies.some((other) => other === id) ?? true);
  return own.length === 0 ? remedies : own;
};

/** Whether the fix, whose own commands look before they change, stands before the look in the remedies' order. */
const isAhead = (fix: ToldRemedy | null, look: Remedy, { remedies }: Result): boolean => {
  const places = [fix?.id, look.id].map((id) => remedies.findIndex((one) => one.id === id));
  const [own = -1, other = -1] = places;
  return other >= 0 && own < other && (fix?.check.length ?? 0) > 0;
};

/** The part of a fix that looks: its steps are about the change, and what confirms it is what to look for. */
const checksOf = (fix: ToldRemedy | null): Remedy | null => {
  if (fix === null || fix.check.length === 0) return null;
  const [sign] = fix.confirm;
  return { ...fix, commands: fix.check, steps: sign === undefined ? [] : [`What confirms it: ${sign}.`] };
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
const fixLines = (
  label: string,
  { id, title }: Remedy,
  byProgram: readonly FixOfProgram<Remedy>[],
  columns: number,
): readonly string[] => {
  if (byProgram.length > 0)
    return byProgram.flatMap(({ program, fix }, index) =>
      labelled(index === 0 ? label : "", `${program}: ${pageOf(fix.id)}`, columns, 1),
    );
  const [line = "", ...more] = labelled(label, title, columns, 2);
  if (more.length === 0 && line.length + 2 + pageOf(id).length <= columns) return [`${line}: ${pageOf(id)}`];
  return [line, ...more, ...labelled("", pageOf(id), columns, 1)];
};

const pageOf = (id: string): string => `rdprobe explain ${id}`;
