/**
 * What Windows PowerShell makes of a command line, put right before it is read: `3389,3390` comes as two arguments, and
 * so do `100ms,60s`, `no-nla,expired` and `10.0.0.1,5`; `@hosts.txt` cannot be typed at all, so that
 * `--targets hosts.txt` says the same. A list of names cannot be told from targets: it goes into quotes.
 */
import { DEFAULT_COMMAND } from "../commands/default-command.ts";

type IsPart = (word: string) => boolean;

const PORTS = /^\d{1,5}(?:-\d{1,5})?(?:,\d{1,5}(?:-\d{1,5})?)*$/;
const DURATIONS = /^\d+(?:\.\d+)?(?:ms|s|m)?(?:,\d+(?:\.\d+)?(?:ms|s|m)?)*$/;
const NETWORK = /^[\da-f.:]+\/\d{1,3}$/i;

const isPorts = async (): Promise<IsPart> => (word) => PORTS.test(word);

/** Options whose value is a list, and what can be a part of it: no target and no file is like that. */
const LISTS: Readonly<Partial<Record<string, () => Promise<IsPart>>>> = {
  "-p": isPorts,
  "--port": isPorts,
  "--interval": async () => (word) => DURATIONS.test(word),
  "--allow": async () => (word) => NETWORK.test(word),
  "--only": async () => {
    const { parseFilter } = await import("../../audit/row-filter.ts");
    return (word) => parseFilter(word).ok;
  },
  "--columns": async () => {
    const { isCsvColumn } = await import("../../report/csv/csv-columns.ts");
    return (word) => word.split(",").every(isCsvColumn);
  },
  "--ask": async () => {
    const { ASKS } = await import("../../handshake/plan/asks.ts");
    return (word) => word.split(",").every((part) => Object.hasOwn(ASKS, part));
  },
};

/**
 * The same command line with one argument for a list, and with `@file` for a file of targets.
 * @param command that it means: only the default one takes targets as arguments.
 */
export const withoutShellTraces = async (
  argv: readonly string[],
  command: string,
): Promise<readonly string[]> => {
  const words: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? "";
    if (word === "--") return [...words, ...argv.slice(at)];
    const isPart = Object.hasOwn(LISTS, word) ? await LISTS[word]?.() : undefined;
    words.push(word);
    if (isPart === undefined) continue;
    const parts: string[] = [];
    for (let next = argv[at + 1]; next !== undefined && isPart(next); next = argv[at + 1]) {
      at += 1;
      parts.push(next);
    }
    if (parts.length > 0) words.push(parts.join(","));
  }
  return command === DEFAULT_COMMAND ? withTargets(words) : words;
};

/** `10.0.0.1`, `10.0.0-3.1,5`: what may go on with the items of its last octet. */
const IS_PATTERN = /^[\d*-]+(?:\.[\d*,-]+){3}$/;
const IS_ITEM = /^\d{1,3}(?:-\d{1,3})?$/;

const withTargets = (argv: readonly string[]): readonly string[] => {
  const words: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? "";
    const next = argv[at + 1];
    if (word === "--") return [...words, ...argv.slice(at)];
    if (word.startsWith("--targets=")) words.push(`@${word.slice("--targets=".length)}`);
    else if (word === "--targets" && next !== undefined) {
      words.push(`@${next}`);
      at += 1;
    } else if (IS_ITEM.test(word) && IS_PATTERN.test(words.at(-1) ?? "")) {
      words.push(`${words.pop() ?? ""},${word}`);
    } else words.push(word);
  }
  return words;
};
