/** Writes the generated pages of docs/ anew: `npm run docs`. Runs the examples of docs/commands for it. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type CommandModel, commandModels } from "../src/cli/words/command-model.ts";
import { commandTree } from "../src/cli/program.ts";
import { exampleFolder, runExample, steady } from "../test/e2e/docs/command-examples.ts";
import { commandPage, commandsPage, factsOf, pagedCommands, shownOutput } from "./docs/command-pages.ts";
import { pages } from "./docs/pages.ts";

const FOLDER = "docs";
const NOWHERE = { write: () => {} } as const;

const write = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(join(FOLDER, path)), { recursive: true });
  await writeFile(join(FOLDER, path), text);
};

/** The output that the page has already, where nothing but times differs: so that a page changes for a reason. */
const exampleOutput = async ({ name }: CommandModel, path: string, folder: string): Promise<string> => {
  const shown = existsSync(path) ? shownOutput(await readFile(path, "utf8")) : "";
  const output = await runExample(factsOf(name).example, folder);
  return steady(output) === steady(shown) ? shown : output;
};

const models = commandModels(await commandTree({ stdout: NOWHERE, stderr: NOWHERE, env: {} }));
const folder = await exampleFolder();
const commands = new Map([["commands.md", commandsPage(models)]]);
for (const model of pagedCommands(models)) {
  const path = `commands/${model.name}.md`;
  commands.set(path, commandPage(model, await exampleOutput(model, join(FOLDER, path), folder.path)));
}
await folder[Symbol.asyncDispose]();

// Pages of rows that are gone go with them.
for (const made of ["verdicts", "causes", "remedies", "codes", "commands"])
  await rm(join(FOLDER, made), { recursive: true, force: true });
for (const [path, text] of [...pages(), ...commands]) await write(path, text);
