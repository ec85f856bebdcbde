/** A small checker of structure: what of a value is not as a shape says, by path. */

/** Gives one line for each fault: the path, what is there, and what should be. */
export type Shape = (value: unknown, path: string) => readonly string[];

export const text = matching("a string", (value) => typeof value === "string");
export const number = matching("a finite number", (value) => Number.isFinite(value));
export const count = matching("a count", (value) => Number.isInteger(value) && Number(value) >= 0);
export const boolean = matching("a boolean", (value) => typeof value === "boolean");
export const nothing = matching("null", (value) => value === null);

/** RFC 3339, UTC. */
export const time = pattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
/** Raw bytes: lower case, no separators. */
export const hex = pattern(/^([0-9a-f]{2})+$/);

export function pattern(expected: RegExp): Shape {
  return matching(`text like ${expected}`, (value) => typeof value === "string" && expected.test(value));
}

export const oneOf = (...values: readonly unknown[]): Shape =>
  matching(`one of ${JSON.stringify(values)}`, (value) => values.includes(value));

export const nullable =
  (shape: Shape): Shape =>
  (value, path) =>
    value === null ? [] : shape(value, path);

export const listOf =
  (shape: Shape): Shape =>
  (value, path) =>
    Array.isArray(value)
      ? value.flatMap((item, index) => shape(item, `${path}[${index}]`))
      : [`${path}: ${shown(value)} is no list`];

export const mapOf =
  (shape: Shape): Shape =>
  (value, path) =>
    isRecord(value)
      ? Object.entries(value).flatMap(([name, item]) => shape(item, `${path}.${name}`))
      : [`${path}: ${shown(value)} is no object`];

/** An object with all of `required`, and those of `optional` that are there; others may be added. */
export const object =
  (required: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape =>
  (value, path) => {
    if (!isRecord(value)) return [`${path}: ${shown(value)} is no object`];
    const present = Object.entries(optional).filter(([name]) => name in value);
    return [...Object.entries(required), ...present].flatMap(([name, shape]) =>
      name in value ? shape(value[name], `${path}.${name}`) : [`${path}.${name}: missing`],
    );
  };

function matching(what: string, fits: (value: unknown) => boolean): Shape {
  return (value, path) => (fits(value) ? [] : [`${path}: ${shown(value)} is not ${what}`]);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const shown = (value: unknown): string => (value === undefined ? "undefined" : JSON.stringify(value));
