/** A JSON Schema as far as the generator writes it. */
export interface SchemaNode {
  readonly [keyword: string]: unknown;
}

export const isNode = (value: unknown): value is SchemaNode =>
  typeof value === "object" && value !== null && !Array.isArray(value);
