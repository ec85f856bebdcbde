/**
 * Targets in text: on the command line, in `--exclude`, and in files, one a line, with `#` comments and
 * comma or white space between. The text comes from outside, line by line; no file is opened here.
 */
import { type Parsed, parsed, rejected } from "./parsed.ts";
import { quoted } from "../grammar/quoted.ts";
import { parseTargetEntry, type TargetEntry } from "./target-entry.ts";

/** An argument of the command line: targets, or where more of them stand. */
export type TargetArgument =
  | { readonly kind: "stdin" }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "rdp-file"; readonly path: string }
  | { readonly kind: "rdp-link"; readonly link: string }
  | { readonly kind: "targets"; readonly entries: readonly ListedTarget[] };

type ConnectionArgument = Extract<TargetArgument, { readonly kind: "rdp-file" | "rdp-link" }>;

/** An .rdp file or an `rdp://` link; null for another text. */
const connectionOf = (text: string): ConnectionArgument | null => {
  if (/^rdp:\/\//i.test(text)) return { kind: "rdp-link", link: text };
  return /\.rdp$/i.test(text) ? { kind: "rdp-file", path: text } : null;
};

/** 0 takes both families; 4 or 6 refuses addresses of the other one. */
export type FamilyChoice = 0 | 4 | 6;

/** An entry, or what is wrong with it and where. */
export type ListedTarget = Parsed<TargetEntry>;

/** `-` and `@-` are stdin, `@file` is a file, `file.rdp` and `rdp://` are a connection of mstsc, all else targets. */
export const parseTargetArgument = (argument: string, family: FamilyChoice = 0): Parsed<TargetArgument> => {
  const text = argument.trim();
  if (text === "-" || text === "@-") return parsed({ kind: "stdin" });
  if (text === "@") return rejected('"@" names no file: write @targets.txt');
  if (text.startsWith("@")) return parsed({ kind: "file", path: text.slice(1) });
  const connection = connectionOf(text);
  if (connection !== null) return parsed(connection);
  const entries = targetsOfText(text, family);
  return entries.length > 0
    ? parsed({ kind: "targets", entries })
    : rejected(`${quoted(argument)} holds no target`);
};

/** The entries of one text without comments: an argument, or the value of `--exclude`. */
export const targetsOfText = (text: string, family: FamilyChoice = 0): ListedTarget[] =>
  wordsOf(text).map((word) => entryOf(word, family));

/** Reads what an .rdp file or a link in a list stands for. */
export type ReadConnection = (argument: ConnectionArgument, line: string) => AsyncIterable<ListedTarget>;

/**
 * The entries of a file, as its lines come; a bad one is named as `file:line: what is wrong`.
 * @param source the name of the file as the user knows it; `stdin` for stdin.
 * @param readConnection for lines that are an .rdp file or a link; where it is left out, these are no target.
 */
export async function* targetsOfLines(
  lines: AsyncIterable<string> | Iterable<string>,
  source: string,
  family: FamilyChoice = 0,
  readConnection: ReadConnection | null = null,
): AsyncGenerator<ListedTarget> {
  let line = 0;
  for await (const text of lines) {
    line += 1;
    const own = withoutComment(line === 1 ? text.replace(/^\uFEFF/, "") : text);
    // A path may have spaces and commas: it has the line to itself.
    const connection = readConnection === null ? null : connectionOf(own.trim());
    if (readConnection !== null && connection !== null) {
      yield* readConnection(connection, `${source}:${line}`);
      continue;
    }
    for (const word of wordsOf(own)) {
      const entry = entryOf(word, family);
      yield entry.ok ? entry : rejected(`${source}:${line}: ${entry.problem}`);
    }
  }
}

const withoutComment = (line: string): string => {
  const comment = line.indexOf("#");
  return comment < 0 ? line : line.slice(0, comment);
};

const entryOf = (word: string, family: FamilyChoice): ListedTarget => {
  if (word === "-") {
    return rejected('"-" stands alone: write a range without spaces, as in 10.0.0.5-10.0.0.20');
  }
  // A list names no further list, so that none can name itself.
  if (word.startsWith("@")) {
    return rejected(
      `${quoted(word)}: a file is a target of its own: give it as an argument, or to --exclude-file`,
    );
  }
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
    // The dots of a pattern that may go on behind a comma; null where the last word is none.
    let open: number | null = null;
    const begin = words.length;
    for (const part of group.split(",")) {
      const dots = part.split(".").length - 1;
      if (open !== null && open + dots <= 3 && IS_REST_OF_PATTERN.test(part) && !IS_PORT.test(part)) {
        words[words.length - 1] += `,${part}`;
        open += dots;
      } else if (IS_PORT.test(part) && takesPort(words.slice(begin).at(-1))) {
        words[words.length - 1] += `:${part}`;
        open = null;
      } else if (part !== "") {
        words.push(part);
        open = dots;
      }
      if (!IS_PATTERN.test(part)) open = null;
    }
  }
  return words;
};

/** `server01,3390`, as SQL clients write it: the number is too large for an octet, and no host. */
const IS_PORT = /^(?:25[6-9]|2[6-9]\d|[3-9]\d\d|\d{4,5})$/;

const takesPort = (word: string | undefined): boolean =>
  word !== undefined && !word.includes(":") && !/^\d+$/.test(word);

const IS_PATTERN = /^[\d.*-]+$/;
const IS_REST_OF_PATTERN = /^[\d*-]+(?:\.[\d*-]+){0,2}(?::\d*)?$/;
