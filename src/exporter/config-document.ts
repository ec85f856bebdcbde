/** Configuration files in YAML or JSON, read field by field: what is wrong is named by its path. */
import { parseDocument as parseYaml } from "yaml";
import type { Parsed } from "../targets/plan/parsed.ts";

/** A configuration that cannot be carried out; the message names the field and says what would be right. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** A mapping of the document whose keys are all known. */
export interface Section {
  /** `modules.rdp`; empty for the document itself. */
  readonly path: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * The document as one section; an empty one has no fields.
 * @throws ConfigError where it is no YAML, has a tag or a value that holds itself, or its top is no mapping of
 * `keys`.
 */
export const parseDocument = (text: string, keys: readonly string[]): Section => {
  let value: unknown;
  try {
    // Without the tags of YAML 1.1, whose sets and ordered maps would be no mappings of names to values.
    const document = parseYaml(text, { prettyErrors: true, resolveKnownTags: false, logLevel: "error" });
    const [fault] = document.errors;
    if (fault !== undefined) throw fault;
    const [doubt] = document.warnings;
    if (doubt !== undefined) throw new ConfigError(`cannot be read as it is meant: ${firstLine(doubt)}`);
    value = document.toJS();
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`is neither YAML nor JSON: ${firstLine(error)}`);
  }
  const cycle = cycleIn(value, "", new Map());
  if (cycle !== null) {
    throw new ConfigError(`${cycle}: the alias is part of its own value; write the value out`);
  }
  return section(value ?? {}, "", keys);
};

const firstLine = (error: unknown): string => {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return line.replace(/:$/, "");
};

/** The path of a value that holds itself, as an alias makes one; null where there is none. Each value is seen once. */
const cycleIn = (value: unknown, path: string, seen: Map<object, "open" | "done">): string | null => {
  if (typeof value !== "object" || value === null) return null;
  const state = seen.get(value);
  if (state !== undefined) return state === "open" ? path : null;
  seen.set(value, "open");
  for (const [key, inner] of Object.entries(value)) {
    const cycle = cycleIn(inner, joined(path, key), seen);
    if (cycle !== null) return cycle;
  }
  seen.set(value, "done");
  return null;
};

/**
 * A value as a section.
 * @param keys the fields that it may have; null for any.
 * @throws ConfigError where it is no mapping, or has another field.
 */
export const section = (value: unknown, path: string, keys: readonly string[] | null): Section => {
  if (!isMapping(value)) throw wrong(path, value, "a mapping of names to values");
  for (const key of Object.keys(value)) {
    if (keys !== null && !keys.includes(key)) {
      throw new ConfigError(`${joined(path, key)}: there is no such field; there are ${keys.join(", ")}`);
    }
  }
  return { path, fields: value };
};

/** A field's text; a number stands for its digits. Null where the field is absent. */
export const textOf = ({ path, fields }: Section, key: string): string | null => {
  const value = fields[key];
  if (value === undefined || value === null) return null;
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return value;
  throw wrong(joined(path, key), value, "a text");
};

/** Absent is false. */
export const booleanOf = ({ path, fields }: Section, key: string): boolean => {
  const value = fields[key] ?? false;
  if (typeof value === "boolean") return value;
  throw wrong(joined(path, key), value, "true or false");
};

/** A field's value, one of a set; null where the field is absent. */
export const choiceOf = <T extends string>(from: Section, key: string, choices: readonly T[]): T | null => {
  const text = textOf(from, key);
  return text === null ? null : chosen(joined(from.path, key), text, choices);
};

/** A list of values of a set; empty where the field is absent. */
export const choicesOf = <T extends string>(
  { path, fields }: Section,
  key: string,
  choices: readonly T[],
): readonly T[] => {
  const value = fields[key] ?? [];
  if (!Array.isArray(value)) throw wrong(joined(path, key), value, `a list of ${choices.join(", ")}`);
  return value.map((entry: unknown) => chosen(joined(path, key), entry, choices));
};

/** A field that a parser reads, or `otherwise` where it is absent. */
export const parsedOf = <T>(
  from: Section,
  key: string,
  read: (text: string) => Parsed<T>,
  otherwise: T,
): T => {
  const text = textOf(from, key);
  if (text === null) return otherwise;
  const result = read(text);
  if (result.ok) return result.value;
  throw new ConfigError(`${joined(from.path, key)}: ${result.problem}`);
};

export const joined = (path: string, key: string): string =>
  path === "" ? plain(key) : `${path}.${plain(key)}`;

/** A name as it stands in the file; what would be no name there is quoted, and no longer than is needed to find it. */
const plain = (key: string): string => (/^[\x20-\x7e]{1,80}$/.test(key) ? key : shown(key));

const chosen = <T extends string>(path: string, value: unknown, choices: readonly T[]): T => {
  const choice = choices.find((one) => one === value);
  if (choice === undefined) throw wrong(path, value, `one of ${choices.join(", ")}`);
  return choice;
};

const wrong = (path: string, value: unknown, expected: string): ConfigError =>
  new ConfigError(`${path === "" ? "the document" : path}: ${shown(value)} is not ${expected}`);

/** Enough to find it in the file. */
const shown = (value: unknown): string => (JSON.stringify(value) ?? String(value)).slice(0, 80);

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
