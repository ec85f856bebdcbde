/** docs/commands: what the commands define, and examples whose output is what the program prints. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMAND_FACTS } from "../../../scripts/docs/command-facts.ts";
import {
  commandPage,
  commandsPage,
  factsOf,
  pagedCommands,
  shownOutput,
} from "../../../scripts/docs/command-pages.ts";
import { type CommandModel, commandModels } from "../../../src/cli/words/command-model.ts";
import { commandTree } from "../../../src/cli/program.ts";
import { commandsAvailable, requireOrSkip } from "../../support/availability.ts";
import { postgresAvailable } from "../history/postgres-server.ts";
import { type ExampleFolder, exampleFolder, runExample, steady } from "./command-examples.ts";

const NOWHERE = { write: () => {} } as const;
const NAMES = Object.keys(COMMAND_FACTS);
const HINT = "npm run docs writes it anew";

const pageOf = (name: string): string => readFileSync(join("docs", "commands", `${name}.md`), "utf8");

let models: readonly CommandModel[] = [];
let folder: ExampleFolder;
beforeAll(async () => {
  models = commandModels(await commandTree({ stdout: NOWHERE, stderr: NOWHERE, env: {} }));
  folder = await exampleFolder();
}, 150_000);
afterAll(() => folder[Symbol.asyncDispose]());

const modelOf = (name: string): CommandModel => {
  const model = models.find((one) => one.name === name);
  if (model === undefined) throw new Error(`there is no command ${name}`);
  return model;
};

describe("docs/commands", () => {
  it("has a page for each command, and no other", () => {
    const commands = pagedCommands(models).map(({ name }) => name);
    expect(commands).toEqual(NAMES);
    expect(
      readdirSync(join("docs", "commands"))
        .map((file) => file.replace(/\.md$/, ""))
        .toSorted(),
    ).toEqual(NAMES.toSorted());
    expect(readFileSync(join("docs", "commands.md"), "utf8"), HINT).toBe(commandsPage(models));
  });

  it.each(NAMES)("%s.md is as the command is defined", (name) => {
    const page = pageOf(name);
    expect(page, HINT).toBe(commandPage(modelOf(name), shownOutput(page)));
    for (const { names } of modelOf(name).options) expect(page).toContain(`\`${names.join(", ")}`);
  });

  it.for(NAMES)("%s.md shows what its example prints", async (name, context) => {
    if (factsOf(name).example.needsNats === true) requireOrSkip(context, commandsAvailable("nats-server"));
    if (factsOf(name).example.needsPostgres === true) requireOrSkip(context, postgresAvailable());
    const shown = shownOutput(pageOf(name));
    expect(shown.length).toBeGreaterThan(20);
    expect(steady(await runExample(factsOf(name).example, folder.path)), HINT).toBe(steady(shown));
  });
});
