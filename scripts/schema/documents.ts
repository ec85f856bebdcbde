/**
 * The schemas of all outputs, generated from their types. The generator reads the declarations of the build: there the
 * types that are computed from tables are spelt out.
 */

import { join } from "node:path";
import { createGenerator } from "ts-json-schema-generator";
import { DECLARATIONS } from "../build/roll-types.ts";
import { OUTPUTS, type OutputRow } from "./outputs.ts";
import { REFINEMENTS } from "./refinements.ts";
import { isNode, type SchemaNode } from "./schema-node.ts";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

/** Each output's schema as text, by the output's name. */
export const schemaDocuments = (): ReadonlyMap<string, string> => {
  const schemaOf = typeReader();
  const used = new Set<string>();
  const texts = new Map<string, string>();
  for (const [name, row] of Object.entries(OUTPUTS)) {
    texts.set(name, `${JSON.stringify(documentOf(name, row, schemaOf(row.type), used), null, 2)}\n`);
  }
  const unused = Object.keys(REFINEMENTS).filter((place) => !used.has(place));
  if (unused.length > 0) throw new Error(`no type has ${unused.join(", ")}`);
  return texts;
};

/** Where the build leaves the declarations (tsconfig.types.json). */

const MODULES = [...new Set(Object.values(OUTPUTS).map(({ module }) => module))];

/** Reads types out of the declarations. */
const typeReader = (): ((type: string) => SchemaNode) => {
  const generator = createGenerator({
    path: join(DECLARATIONS, `{${MODULES.join(",")}}.d.ts`),
    tsconfig: "tsconfig.types.json",
    expose: "export",
    topRef: true,
    additionalProperties: false,
    jsDoc: "extended",
    skipTypeCheck: true,
    sortProps: false,
  });
  return (type) => ({ ...generator.createSchema(type) });
};

const documentOf = (name: string, row: OutputRow, generated: SchemaNode, used: Set<string>): SchemaNode => {
  const definitions = isNode(generated["definitions"]) ? generated["definitions"] : {};
  const refined = Object.entries(definitions).map(
    ([type, node]) => [type, refinedNode(renamed(node), type, used)] as const,
  );
  const { [row.type]: root, ...others } = Object.fromEntries(refined);
  if (!isNode(root)) throw new Error(`${row.module} exports no ${row.type}`);
  const head = { $schema: DIALECT, $id: `urn:rdprobe:schema:${name}:1`, title: row.title };
  if (!row.isList) return { ...head, ...root, $defs: others };
  return {
    ...head,
    type: "array",
    items: { $ref: `#/$defs/${row.type}` },
    $defs: { [row.type]: root, ...others },
  };
};

/** References as the dialect has them. */
const renamed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(renamed);
  if (!isNode(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      key === "$ref" && typeof inner === "string"
        ? [key, inner.replace("#/definitions/", "#/$defs/")]
        : [key, renamed(inner)],
    ),
  );
};

/** The node with what the table knows of its properties, at any depth. */
const refinedNode = (node: unknown, place: string, used: Set<string>): unknown => {
  if (!isNode(node)) return node;
  const more = REFINEMENTS[place];
  if (more !== undefined) used.add(place);
  const { properties, anyOf } = node;
  const inner = isNode(properties)
    ? Object.fromEntries(
        Object.entries(properties).map(([key, value]) => [key, refinedNode(value, `${place}.${key}`, used)]),
      )
    : null;
  // A part that may be null is one of several.
  const parts = Array.isArray(anyOf) ? anyOf.map((part) => refinedNode(part, place, used)) : null;
  return {
    ...node,
    ...(inner === null ? {} : { properties: inner }),
    ...(parts === null ? {} : { anyOf: parts }),
    ...typedAs(node, more ?? {}),
  };
};

/** Keywords for texts and numbers, for a value that may be null as well. */
const typedAs = (node: SchemaNode, more: SchemaNode): SchemaNode => {
  const { type } = node;
  const isNullable = Array.isArray(type) && type.includes("null");
  if (!isNullable) return more;
  const { type: other, enum: values, ...keywords } = more;
  return {
    ...keywords,
    ...(other === undefined ? {} : { type: [other, "null"] }),
    ...(Array.isArray(values) ? { enum: [...values, null] } : {}),
  };
};
