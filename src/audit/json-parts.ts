/** Parts of JSON that somebody else wrote: each is there in the form that is wanted, or null. */
import { safeText } from "../report/safe/safe-text.ts";
import type { JsonObject } from "./result-row.ts";

/** Entries of a list that are read; the longest that we write has some twenty. */
const MAX_ENTRIES = 256;

export const objectOf = (value: unknown): JsonObject | null => (isObject(value) ? value : null);

/** The value behind names, each a member of the one before; undefined where one is missing. */
export const partAt = (value: unknown, ...names: readonly string[]): unknown =>
  names.reduce<unknown>(
    (inner, name) => (isObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined),
    value,
  );

/** A text that is not empty, safe to print. */
export const textAt = (value: unknown, ...names: readonly string[]): string | null => {
  const found = partAt(value, ...names);
  return typeof found === "string" && found !== "" ? safeText(found) : null;
};

export const numberAt = (value: unknown, ...names: readonly string[]): number | null => {
  const found = partAt(value, ...names);
  return typeof found === "number" && Number.isFinite(found) ? found : null;
};

export const booleanAt = (value: unknown, ...names: readonly string[]): boolean | null => {
  const found = partAt(value, ...names);
  return typeof found === "boolean" ? found : null;
};

/** The first entries of a list; null where there is no list. */
export const entriesAt = (value: unknown, ...names: readonly string[]): readonly unknown[] | null => {
  const found: unknown = partAt(value, ...names);
  return Array.isArray(found) ? found.slice(0, MAX_ENTRIES) : null;
};

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
