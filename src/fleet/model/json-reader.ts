/** Parts of JSON that came over the network: each in the form that is wanted, or null. */

type JsonObject = Readonly<Record<string, unknown>>;

export const jsonOf = (text: string): JsonObject | null => {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return null;
  }
};

export const objectOf = (value: unknown): JsonObject | null => (isObject(value) ? value : null);

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** A whole number from 0 on. */
export const numberOf = (value: unknown): number | null =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;

/** Null where there is no list, or an entry is of another form. */
export const listOf = <T>(value: unknown, read: (entry: unknown) => T | null): readonly T[] | null => {
  if (!Array.isArray(value)) return null;
  const entries: T[] = [];
  for (const entry of value) {
    const one = read(entry);
    if (one === null) return null;
    entries.push(one);
  }
  return entries;
};
