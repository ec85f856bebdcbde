import { beforeAll, describe, expect, it } from "vitest";
import { type CommandModel, commandModels } from "../../src/cli/words/command-model.ts";
import { commandTree } from "../../src/cli/program.ts";
import { SHOWN_COMMANDS, type ShownCommand } from "./shown-commands.ts";

let models: readonly CommandModel[];
beforeAll(async () => {
  const nowhere = { write: () => true };
  models = commandModels(await commandTree({ stdout: nowhere, stderr: nowhere, env: {} }));
});

/** What no command knows, of one that is shown. */
const strangersIn = ({ words }: ShownCommand): readonly string[] => {
  const [first = "", ...rest] = words;
  const named = models.find(({ name }) => name === first);
  const model = named ?? models.find(({ name }) => name === "probe");
  const known = new Map(
    (model?.options ?? []).flatMap((option) => option.names.map((name) => [name, option])),
  );
  const strangers: string[] = [];
  let takesNext = false;
  for (const word of named === undefined ? words : rest) {
    if (takesNext) {
      takesNext = false;
      continue;
    }
    if (!/^-{1,2}[A-Za-z]/.test(word)) continue;
    const [name = "", value] = word.split("=", 2);
    // -vvv is -v three times; -p3389 is -p with its value.
    const option = known.get(name) ?? (name.startsWith("--") ? undefined : known.get(name.slice(0, 2)));
    const isProgram = name === "--version" || name === "-V";
    if (option === undefined && !isProgram) strangers.push(name);
    takesNext = option?.takes != null && value === undefined && known.has(name);
  }
  return strangers;
};

describe("the commands in the documents", () => {
  it("are many", () => {
    expect(SHOWN_COMMANDS.length).toBeGreaterThan(60);
  });

  it("have the options that their command has", () => {
    const wrong = SHOWN_COMMANDS.flatMap((shown) =>
      strangersIn(shown).map((option) => `${shown.path}: ${option} in: ${shown.line}`),
    );
    expect(wrong).toEqual([]);
  });
});
