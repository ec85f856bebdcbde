import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type CommandModel, commandModels } from "../../src/cli/command-model.ts";
import { commandTree } from "../../src/cli/program.ts";

const DOCUMENTS = [
  "README.md",
  "CONTRIBUTING.md",
  ...["docs", "contrib"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)),
  ),
].filter((path) => path.endsWith(".md"));

interface Shown {
  readonly path: string;
  readonly line: string;
  /** Without the program's own name. */
  readonly words: readonly string[];
}

/** Words of a shell, quotes taken off. */
const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/'([^']*)'|"([^"]*)"|([^\s'"]+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? "",
  );

/** Every command of rdprobe in a block of code: behind a prompt, before a comment, before a pipe. */
const shownIn = (path: string): readonly Shown[] =>
  [...readFileSync(path, "utf8").matchAll(/^```[a-z]*\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) =>
    block
      .replaceAll("\\\n", " ")
      .split("\n")
      .map((line) => line.replace(/^[$>] /, "").trim())
      .filter((line) => /^(?:rdprobe|check_rdp) \S/.test(line))
      .map((line) => {
        const [program, ...words] = wordsOf(line.replace(/ #.*$| [|>].*$/, ""));
        return { path, line, words: program === "check_rdp" ? ["check", ...words] : words };
      }),
  );

const SHOWN = DOCUMENTS.flatMap(shownIn);

let models: readonly CommandModel[];
beforeAll(async () => {
  const nowhere = { write: () => true };
  models = commandModels(await commandTree({ stdout: nowhere, stderr: nowhere, env: {} }));
});

/** What no command knows, of one that is shown. */
const strangersIn = ({ words }: Shown): readonly string[] => {
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
    expect(SHOWN.length).toBeGreaterThan(60);
  });

  it("have the options that their command has", () => {
    const wrong = SHOWN.flatMap((shown) =>
      strangersIn(shown).map((option) => `${shown.path}: ${option} in: ${shown.line}`),
    );
    expect(wrong).toEqual([]);
  });
});
