/** Every command of rdprobe that a document shows. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const DOCUMENTS = [
  "README.md",
  "CONTRIBUTING.md",
  ...["docs", "contrib"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)),
  ),
].filter((path) => path.endsWith(".md"));

export interface ShownCommand {
  readonly path: string;
  readonly line: string;
  /** Without the program's own name; check_rdp is `check`. */
  readonly words: readonly string[];
}

/** Words of a shell, quotes taken off. */
const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/'([^']*)'|"([^"]*)"|([^\s'"]+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? "",
  );

/** Of every block of code: behind a prompt, before a comment, before a pipe. */
const shownIn = (path: string): readonly ShownCommand[] =>
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

export const SHOWN_COMMANDS: readonly ShownCommand[] = DOCUMENTS.flatMap(shownIn);
