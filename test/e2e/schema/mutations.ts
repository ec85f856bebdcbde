/** What is no longer a document of its schema: a key left out, one too many, a code that there is not. */
import { isNode, type SchemaNode } from "../../../scripts/schema/schema-node.ts";

export interface Mutation {
  /** What was done, and where. */
  readonly what: string;
  readonly document: unknown;
}

type Path = readonly (string | number)[];

/** Every mutation of a valid document that the schema has a word on. */
export function* mutationsOf(schema: SchemaNode, document: unknown): Generator<Mutation> {
  for (const { path, node, value } of placesOf(schema, schema, document, [])) {
    const required = Array.isArray(node["required"]) ? node["required"] : [];
    if (node["additionalProperties"] === false && isNode(value)) {
      yield {
        what: `${path.join(".")} with a misspelt key`,
        document: withAt(document, path, { ...value, xtra: 1 }),
      };
      for (const key of required) {
        const { [String(key)]: _, ...rest } = value;
        yield { what: `${path.join(".")} without ${key}`, document: withAt(document, path, rest) };
      }
    }
    if (Array.isArray(node["enum"]) || node["const"] !== undefined) {
      yield { what: `${path.join(".")} as another code`, document: withAt(document, path, "no-such-code") };
    }
  }
}

interface Place {
  readonly path: Path;
  readonly node: SchemaNode;
  readonly value: unknown;
}

/** Every place of the document beside the part of the schema that it is of. */
function* placesOf(root: SchemaNode, given: unknown, value: unknown, path: Path): Generator<Place> {
  const node = resolved(root, given);
  if (node === null || value === null || value === undefined) return;
  const { anyOf } = node;
  if (Array.isArray(anyOf)) {
    const branches = anyOf.map((part) => resolved(root, part)).filter((part) => part !== null);
    // Of several kinds of objects, the one that has all the keys.
    const own = branches.filter((branch) => fits(branch, value));
    if (own.length === 1) yield* placesOf(root, own[0], value, path);
    return;
  }
  yield { path, node, value };
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* placesOf(root, node["items"], item, [...path, index]);
    return;
  }
  const { properties } = node;
  if (!isNode(properties) || !isNode(value)) return;
  for (const [key, part] of Object.entries(properties))
    yield* placesOf(root, part, value[key], [...path, key]);
}

const resolved = (root: SchemaNode, given: unknown): SchemaNode | null => {
  if (!isNode(given)) return null;
  const { $ref } = given;
  if (typeof $ref !== "string") return given;
  const definitions = root["$defs"];
  return isNode(definitions) ? resolved(root, definitions[$ref.replace("#/$defs/", "")]) : null;
};

const fits = (branch: SchemaNode, value: unknown): boolean => {
  const { type, properties } = branch;
  if (Array.isArray(value)) return type === "array";
  if (!isNode(value)) return typeof value === type;
  return type === "object" && isNode(properties) && Object.keys(value).every((key) => key in properties);
};

const withAt = (document: unknown, [key, ...rest]: Path, value: unknown): unknown => {
  if (key === undefined) return value;
  if (Array.isArray(document))
    return document.map((item, at) => (at === key ? withAt(item, rest, value) : item));
  return isNode(document) ? { ...document, [key]: withAt(document[key], rest, value) } : document;
};
