/** The schemas that `rdprobe schema` prints, as validators of an implementation that is not ours (ajv). */
import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { SchemaOutput } from "../../../src/cli/outputs/schema-outputs.ts";

const FOLDER = new URL("../../../src/cli/schemas/", import.meta.url);

/** A schema as it is checked in. */
export const schemaOf = (output: SchemaOutput): Readonly<Record<string, unknown>> =>
  JSON.parse(readFileSync(new URL(`${output}.json`, FOLDER), "utf8"));

const compiled = new Map<SchemaOutput, ValidateFunction>();

const validatorOf = (output: SchemaOutput): ValidateFunction => {
  const known = compiled.get(output);
  if (known !== undefined) return known;
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: false });
  const validator = ajv.compile(schemaOf(output));
  compiled.set(output, validator);
  return validator;
};

/** What is wrong with a document, one line each; none where it is valid. The value is seen as JSON has it. */
export const schemaFaults = (output: SchemaOutput, document: unknown): readonly string[] => {
  const validator = validatorOf(output);
  if (validator(JSON.parse(JSON.stringify(document)))) return [];
  return (validator.errors ?? []).map(
    ({ instancePath, message = "", params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
};
