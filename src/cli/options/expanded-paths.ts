/** Patterns in names of files, for where no shell expands them: cmd.exe and PowerShell hand `rdp-*.csv` on as it is. */
import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { reasonOf } from "../screen/system-error.ts";
import { UsageError } from "../words/usage-error.ts";

/**
 * The files that the paths mean, each pattern's in the order of their names. `*` and `?` stand in the last part of a
 * path alone; a file that has such a name is itself.
 * @throws UsageError for a pattern that no file has.
 */
export const expandedPaths = (paths: readonly string[], argument: string): readonly string[] =>
  paths.flatMap((path) =>
    /[*?]/.test(basename(path)) && !existsSync(path) ? filesOf(path, argument) : [path],
  );

const filesOf = (pattern: string, argument: string): readonly string[] => {
  const folder = dirname(pattern);
  const wanted = basename(pattern);
  const names = namesIn(folder, argument).filter((name) => isMatch(name, wanted));
  if (names.length === 0) throw new UsageError(`${argument}: no file is called ${pattern}`);
  return names.toSorted().map((name) => join(folder, name));
};

const namesIn = (folder: string, argument: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new UsageError(`${argument}: cannot read ${folder}: ${reasonOf(error)}`);
  }
};

/** Hidden files are meant only where the pattern says the dot; work grows with name times pattern at most. */
const isMatch = (name: string, pattern: string): boolean => {
  if (name.startsWith(".") && !pattern.startsWith(".")) return false;
  let reached: readonly boolean[] = [true, ...Array.from(name, () => false)];
  for (const wanted of pattern) {
    const next: boolean[] = [wanted === "*" && reached[0] === true];
    for (const [at, character] of [...name].entries()) {
      const steps = wanted === "?" || wanted === character;
      next.push(
        wanted === "*" ? reached[at + 1] === true || next[at] === true : steps && reached[at] === true,
      );
    }
    reached = next;
  }
  return reached.at(-1) === true;
};
