/**
 * Reads a plugin's output by the grammar of the Monitoring Plugins guidelines ("Performance data",
 * "Threshold and Ranges"), with nothing of the program's own: what it does not read, no monitor has to.
 */

export interface PluginReading {
  /** Before the first `|`. */
  readonly text: string;
  readonly perfdata: readonly PerfValue[];
  /** The lines behind the first. */
  readonly more: readonly string[];
}

interface PerfValue {
  readonly label: string;
  readonly value: number;
  readonly unit: string;
  readonly warning: string;
  readonly critical: string;
  readonly min: number | null;
  readonly max: number | null;
}

/** @throws Error naming what breaks the grammar. */
export const readPluginOutput = (output: string): PluginReading => {
  if (!output.endsWith("\n")) throw new Error("no newline at the end");
  const [first = "", ...more] = output.slice(0, -1).split("\n");
  const parts = first.split("|");
  if (parts.length > 2) throw new Error(`more than one "|": ${first}`);
  for (const line of [first, ...more]) {
    if (/\p{Cc}/u.test(line)) throw new Error(`a control character: ${JSON.stringify(line)}`);
  }
  // Whatever stands behind a "|" of a later line is performance data as well.
  const extra = more.find((line) => line.includes("|"));
  if (extra !== undefined) throw new Error(`performance data in a further line: ${extra}`);
  const [text = "", numbers] = parts;
  return { text: text.trimEnd(), perfdata: numbers === undefined ? [] : readPerfdata(numbers.trim()), more };
};

const NUMBER = String.raw`-?(?:\d+(?:\.\d+)?)`;
const RANGE = `@?(?:(?:~|${NUMBER})?:)?(?:${NUMBER})?`;
const ITEM = new RegExp(
  String.raw`^(?:'((?:[^'=|]|'')+)'|([^\s'=|]+))=(${NUMBER}|U)(s|us|ms|%|B|KB|MB|GB|TB|c)?` +
    `(?:;(${RANGE})(?:;(${RANGE})(?:;(${NUMBER})?(?:;(${NUMBER})?)?)?)?)?;*(?: +|$)`,
);

const readPerfdata = (text: string): readonly PerfValue[] => {
  const values: PerfValue[] = [];
  let rest = text;
  while (rest !== "") {
    const match = ITEM.exec(rest);
    if (match === null) throw new Error(`no performance data: ${rest}`);
    const [whole, quoted, bare = "", value = "", unit = "", warning = "", critical = "", min, max] = match;
    values.push({
      label: quoted?.replaceAll("''", "'") ?? bare,
      value: Number(value),
      ...{ unit, warning, critical },
      min: min === undefined ? null : Number(min),
      max: max === undefined ? null : Number(max),
    });
    rest = rest.slice(whole.length);
  }
  const labels = values.map(({ label }) => label.slice(0, 19));
  if (new Set(labels).size !== labels.length)
    throw new Error(`labels that are not unique: ${labels.join(", ")}`);
  return values;
};
