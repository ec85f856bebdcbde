/** `rdp-*.csv` where the shell leaves it as it is: cmd and PowerShell expand no patterns for a program. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * The files that each word stands for, in their names' order; `*` and `?` in the last part of a path. A word that names
 * a file, or no file at all, stays as it is: reading it tells what is wrong.
 */
export const matchingFiles = async (words: readonly string[]): Promise<readonly string[]> => {
  const files: string[] = [];
  for (const word of words) {
    const found = /[*?]/.test(basename(word)) && !existsSync(word) ? await matches(word) : [];
    for (const file of found.length === 0 ? [word] : found) files.push(file);
  }
  return files;
};

const matches = async (word: string): Promise<readonly string[]> => {
  const folder = dirname(word);
  const fits = patternOf(basename(word));
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => !name.startsWith(".") && fits(name))
    .toSorted()
    .map((name) => (folder === "." ? name : join(folder, name)));
};

/** Whether a name fits, in time that grows with both lengths' product at most: the last `*` is the one to go back to. */
const patternOf =
  (pattern: string) =>
  (name: string): boolean => {
    let at = 0;
    let star = -1;
    let resume = 0;
    for (let index = 0; index < name.length; ) {
      if (
        at < pattern.length &&
        (pattern[at] === "?" || (pattern[at] !== "*" && pattern[at] === name[index]))
      ) {
        at += 1;
        index += 1;
      } else if (pattern[at] === "*") {
        star = at;
        at += 1;
        resume = index;
      } else if (star >= 0) {
        resume += 1;
        at = star + 1;
        index = resume;
      } else return false;
    }
    return [...pattern.slice(at)].every((rest) => rest === "*");
  };
