/**
 * Targets in text: on the command line, in `--exclude`, and in files, one a line, with `#` comments and
 * comma or white space between. The text comes from outside, line by line; no file is opened here.
 */
import { type Parsed, parsed, rejected } from "./parsed.ts";
import { quoted } from "./quoted.ts";
import { parseTargetEntry, type TargetEntry } from "./target-entry.ts";

/** An argument of the command line: targets, or where more of them stand. */
export type TargetArgument =
  | { readonly kind: "stdin" }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "targets"; readonly words: readonly string[] };

/** 0 takes both families; 4 or 6 refuses addresses of the other one. */
export type FamilyChoice = 0 | 4 | 6;

/** What a line holds: each entry, or what is wrong with it and where. */
export type ListedTarget = Parsed<TargetEntry>;

/** `-` and `@-` are stdin, `@file` is a file, all else targets. */
export const parseTargetArgument = (argument: string): Parsed<TargetArgument> => {
  const text = argument.trim();
  if (text === "-" || text === "@-") return parsed({ kind: "stdin" });
  if (text === "@") return rejected('"@" names no file: write @targets.txt');
  if (text.startsWith("@")) return parsed({ kind: "file", path: text.slice(1) });
  const words = wordsOf(text);
  return words.length > 0
    ? parsed({ kind: "targets", words })
    : rejected(`${quoted(argument)} holds no target`);
};

/** The entries of one text without comments: an argument, or the value of `--exclude`. */
export const targetsOfText = (text: string, family: FamilyChoice = 0): ListedTarget[] =>
  wordsOf(text).map((word) => entryOf(word, family));

/**
 * The entries of a file, as its lines come; a bad one is named as `file:line: what is wrong`.
 * @param source the name of the file as the user knows it; `stdin` for stdin.
 */
export async function* targetsOfLines(
  lines: AsyncIterable<string> | Iterable<string>,
  source: string,
  family: FamilyChoice = 0,
): AsyncGenerator<ListedTarget> {
  let line = 0;
  for await (const text of lines) {
    line += 1;
    for (const word of wordsOf(withoutComment(line === 1 ? text.replace(/^\uFEFF/, "") : text))) {
      const entry = nested(word) ?? entryOf(word, family);
      yield entry.ok ? entry : rejected(`${source}:${line}: ${entry.problem}`);
    }
  }
}

const withoutComment = (line: string): string => {
  const comment = line.indexOf("#");
  return comment < 0 ? line : line.slice(0, comment);
};

/** A file names no further files, so that none can name itself; a lone `-` is a range with spaces in it. */
const nested = (word: string): Parsed<never> | null => {
  if (word === "-")
    return rejected('"-" stands alone: write a range without spaces, as in 10.0.0.5-10.0.0.20');
  if (!word.startsWith("@")) return null;
  return rejected(`${quoted(word)}: a file of targets names no other file: give it on the command line`);
};

const entryOf = (word: string, family: FamilyChoice): Parsed<TargetEntry> => {
  const entry = parseTargetEntry(word);
  if (!entry.ok || family === 0) return entry;
  const found = familyOf(entry.value);
  return found === null || found === family
    ? entry
    : rejected(`target ${quoted(word)}: this is IPv${found}, and -${family} asks for IPv${family}`);
};

const familyOf = (entry: TargetEntry): 4 | 6 | null => {
  if (entry.kind === "name") return null;
  return entry.kind === "zoned" ? 6 : entry.family;
};

/**
 * The words between commas and white space. A comma also parts the items of an octet: what follows it is
 * the rest of a pattern exactly where it is digits with fewer than three dots, which no target is.
 */
const wordsOf = (text: string): string[] => {
  const words: string[] = [];
  for (const group of text.split(/\s+/)) {
    let open = false;
    for (const part of group.split(",")) {
      const last = words.length - 1;
      const joined = `${words[last]},${part}`;
      if (open && IS_REST_OF_PATTERN.test(part) && dotsIn(joined) <= 3) words[last] = joined;
      else if (part !== "") words.push(part);
      open = IS_PATTERN.test(part);
    }
  }
  return words;
};

const IS_PATTERN = /^[\d.*-]+$/;
const IS_REST_OF_PATTERN = /^[\d*-]+(?:\.[\d*-]+){0,2}(?::\d*)?$/;

const dotsIn = (text: string): number => text.split(".").length - 1;
