/** Writes the JSON Schemas that `rdprobe schema` prints anew: `npm run schema`. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { schemaDocuments } from "./schema/documents.ts";

const FOLDER = join("src", "cli", "schemas");

for (const [name, text] of schemaDocuments()) await writeFile(join(FOLDER, `${name}.json`), text);
