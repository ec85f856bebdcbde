/** Configuration files in YAML or JSON, read field by field: what is wrong is named by its path. */
import { parse } from "yaml";
import type { Parsed } from "../targets/parsed.ts";

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
 * @throws ConfigError where it is no YAML, or its top is no mapping of `keys`.
 */
export const parseDocument = (text: string, keys: readonly string[]): Section => {
  let document: unknown;
  try {
    document = parse(text, { prettyErrors: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`is neither YAML nor JSON: ${reason.split("\n")[0] ?? ""}`);
  }
  return section(document ?? {}, "", keys);
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

export const joined = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);

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
  typeof value === "object" && value !== null && !Array.isArray(value);
