/** `rdprobe schema [output]`: the JSON Schema of what rdprobe prints as JSON. No network. */
import { Argument, Command } from "commander";
import { deliver } from "../outputs/destination.ts";
import type { NamedFile } from "../outputs/own-file.ts";
import { EXIT } from "../screen/exit-code.ts";
import { SCHEMA_OUTPUTS, type SchemaOutput } from "../outputs/schema-outputs.ts";
import type { Terminal } from "../screen/terminal.ts";

interface SchemaFlags {
  readonly list?: true;
  readonly output?: string;
}

const HELP = `
The schema is strict: a key that rdprobe does not print is an error. A later version may print more keys
and codes, and its schema has them.

Examples:
  rdprobe schema > result.schema.json
  rdprobe schema explain`;

/** Each is loaded only where it is asked for. */
const SCHEMAS: Readonly<Record<SchemaOutput, () => Promise<{ readonly default: object }>>> = {
  result: () => import("../schemas/result.json", { with: { type: "json" } }),
  explain: () => import("../schemas/explain.json", { with: { type: "json" } }),
  clients: () => import("../schemas/clients.json", { with: { type: "json" } }),
  "clients-for": () => import("../schemas/clients-for.json", { with: { type: "json" } }),
  diff: () => import("../schemas/diff.json", { with: { type: "json" } }),
  lab: () => import("../schemas/lab.json", { with: { type: "json" } }),
};

/** The command; `exit` takes the exit code when all is written. */
export const schemaCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  new Command("schema")
    .description("print the JSON Schema (2020-12) of a result, or of another JSON output")
    .addArgument(
      new Argument("[output]", "what the schema is of")
        .choices(Object.keys(SCHEMA_OUTPUTS))
        .default("result"),
    )
    .option("--list", "list the outputs that have a schema")
    .option("-o, --output <file>", "write the schema there instead of stdout")
    .addHelpText("after", HELP)
    .action(async (output: SchemaOutput, flags: SchemaFlags) => {
      const text = flags.list === true ? LIST : await schemaText(output);
      await deliver(text, fileOf(flags), terminal);
      exit(EXIT.ok);
    });

const fileOf = ({ output }: SchemaFlags): NamedFile | null =>
  output === undefined ? null : { path: output, kind: "schema" };

const LIST = Object.entries(SCHEMA_OUTPUTS)
  .map(([name, what]) => `${name.padEnd(13)}${what}\n`)
  .join("");

const schemaText = async (output: SchemaOutput): Promise<string> =>
  `${JSON.stringify((await SCHEMAS[output]()).default, null, 2)}\n`;
