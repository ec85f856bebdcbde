/** A reader of the text exposition format 0.0.4, by its grammar, that refuses what Prometheus would. */

export interface ReadFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly ReadSample[];
}

export interface ReadSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const PAIR = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;
const UNESCAPED: Readonly<Record<string, string>> = { "\\\\": "\\", '\\"': '"', "\\n": "\n" };

/** @throws Error for a line that is none, a family that comes twice, and a series that comes twice. */
export const readExposition = (text: string): readonly ReadFamily[] => {
  if (text !== "" && !text.endsWith("\n")) throw new Error("the last line has no end");
  const families = new Map<string, { help: string; type: string; samples: Map<string, ReadSample> }>();
  let current = "";
  for (const line of text.split("\n").slice(0, -1)) {
    const [, keyword, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword === "HELP") {
      if (!NAME.test(name) || families.has(name))
        throw new Error(`HELP of ${name}: no name, or the second one`);
      families.set(name, { help: rest, type: "", samples: new Map() });
      current = name;
      continue;
    }
    if (line === "") continue;
    const family = families.get(current);
    if (family === undefined) throw new Error(`before any HELP: ${line}`);
    if (keyword === "TYPE") {
      if (name !== current || family.type !== "") throw new Error(`TYPE out of place: ${line}`);
      family.type = rest;
      continue;
    }
    const sample = /^([a-zA-Z0-9_:]+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (sample === null || !namesOf(current, family.type).includes(sample[1] ?? ""))
      throw new Error(`no sample of ${current}: ${line}`);
    const value = Number(sample[3]?.replace("Inf", "Infinity"));
    if (Number.isNaN(value) && sample[3]?.toLowerCase() !== "nan") throw new Error(`no number: ${line}`);
    const series = `${sample[1]}{${sample[2] ?? ""}}`;
    if (family.samples.has(series)) throw new Error(`the series comes twice: ${line}`);
    family.samples.set(series, { labels: labelsOf(sample[2] ?? ""), value });
  }
  return [...families].map(([name, { help, type, samples }]) => ({
    name,
    help,
    type,
    samples: [...samples.values()],
  }));
};

/** The samples of one metric; none where the text has it not. */
export const samplesOf = (text: string, name: string): readonly ReadSample[] =>
  readExposition(text).find((family) => family.name === name)?.samples ?? [];

/** The value of a metric that has one sample alone. */
export const soleValueOf = (text: string, name: string): number | null => {
  const samples = samplesOf(text, name);
  return samples.length === 1 ? (samples[0]?.value ?? null) : null;
};

/** The names that samples of a metric have. */
const namesOf = (name: string, type: string): readonly string[] => {
  const suffixes = { histogram: ["_bucket", "_sum", "_count"], summary: ["", "_sum", "_count"] }[type] ?? [
    "",
  ];
  return suffixes.map((suffix) => name + suffix);
};

const labelsOf = (text: string): Readonly<Record<string, string>> => {
  const labels: Record<string, string> = {};
  let at = 0;
  while (at < text.length) {
    PAIR.lastIndex = at;
    const pair = PAIR.exec(text);
    if (pair === null) throw new Error(`no label at ${at} of ${text}`);
    const [whole, name = "", value = ""] = pair;
    if (Object.hasOwn(labels, name)) throw new Error(`the label ${name} comes twice`);
    labels[name] = value.replace(/\\[\\"n]/g, (escaped) => UNESCAPED[escaped] ?? "");
    at += whole.length;
  }
  return labels;
};
