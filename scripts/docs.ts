/** Writes the generated pages of docs/ anew: `npm run docs`. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pages } from "./docs/pages.ts";

const FOLDER = "docs";

// Pages of rows that are gone go with them.
for (const folder of ["verdicts", "causes", "remedies", "codes"])
  await rm(join(FOLDER, folder), { recursive: true, force: true });
for (const [path, text] of pages()) {
  await mkdir(dirname(join(FOLDER, path)), { recursive: true });
  await writeFile(join(FOLDER, path), text);
}
