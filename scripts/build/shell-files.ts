/** What the package has beside its code: JSON Schemas. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const SCHEMAS = join("src", "cli", "schemas");

/** Writes them into folders of `dist`. */
export const writeShellFiles = async (): Promise<void> => {
  await mkdir(join("dist", "schemas"), { recursive: true });
  for (const name of await readdir(SCHEMAS)) {
    const schema: unknown = JSON.parse(await readFile(join(SCHEMAS, name), "utf8"));
    await writeFile(join("dist", "schemas", name), JSON.stringify(schema));
  }
};
