/** What the package has beside its code: JSON Schemas, completion scripts and manual pages. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commandModels } from "../../src/cli/words/command-model.ts";
import { completionScript } from "../../src/cli/completion/completion.ts";
import type { Shell } from "../../src/cli/completion/shells.ts";
import { commandTree } from "../../src/cli/program.ts";
import { manualPages } from "./manual-pages.ts";

const SCHEMAS = join("src", "cli", "schemas");

/** By the names that their shells look for. */
const COMPLETIONS: Readonly<Record<string, Shell>> = {
  "rdprobe.bash": "bash",
  _rdprobe: "zsh",
  "rdprobe.fish": "fish",
  "rdprobe.ps1": "powershell",
};

/** Writes them into folders of `dist`. */
export const writeShellFiles = async (): Promise<void> => {
  await mkdir(join("dist", "schemas"), { recursive: true });
  for (const name of await readdir(SCHEMAS)) {
    const schema: unknown = JSON.parse(await readFile(join(SCHEMAS, name), "utf8"));
    await writeFile(join("dist", "schemas", name), JSON.stringify(schema));
  }
  const commands = commandModels(await commandTree({ stdout: NOWHERE, stderr: NOWHERE, env: {} }));
  await mkdir(join("dist", "completions"), { recursive: true });
  for (const [name, shell] of Object.entries(COMPLETIONS)) {
    await writeFile(join("dist", "completions", name), completionScript(shell, commands));
  }
  await mkdir(join("dist", "man"), { recursive: true });
  for (const [name, page] of manualPages(commands)) await writeFile(join("dist", "man", name), page);
};

const NOWHERE = { write: () => {} } as const;
