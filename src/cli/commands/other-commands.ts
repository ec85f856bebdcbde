/** The small commands: one part of the program, loaded together. */
export { clientsCommand } from "./clients-command.ts";
export { completionCommand } from "./completion-command.ts";
export { labCommand } from "./lab-command.ts";
export { schemaCommand } from "./schema-command.ts";
