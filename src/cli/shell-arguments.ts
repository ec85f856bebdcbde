/**
 * What Windows PowerShell makes of a command line, put right before it is read: `3389,3390` comes as two arguments, and
 * so do `100ms,60s` and `10.0.0.1,5`; `@hosts.txt` cannot be typed at all, so that `--targets hosts.txt` says the same.
 * A list of names cannot be told from targets: it goes into quotes.
 */

const IS_PORTS = /^\d{1,5}(?:-\d{1,5})?(?:,\d{1,5}(?:-\d{1,5})?)*$/;
const IS_DURATIONS = /^\d+(?:\.\d+)?(?:ms|s|m)?(?:,\d+(?:\.\d+)?(?:ms|s|m)?)*$/;

/** Options whose value is a list, and what its parts look like: no target is like them. */
const LISTS: Readonly<Partial<Record<string, RegExp>>> = {
  "-p": IS_PORTS,
  "--port": IS_PORTS,
  "--interval": IS_DURATIONS,
};

/** `10.0.0.1`, `10.0.0-3.1,5`: what may go on with the items of its last octet. */
const IS_PATTERN = /^[\d*-]+(?:\.[\d*,-]+){3}$/;
const IS_ITEM = /^\d{1,3}(?:-\d{1,3})?$/;

/** The same command line with one argument for a list, and with `@file` for a file of targets. */
export const withoutShellTraces = (argv: readonly string[]): readonly string[] => {
  const words: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? "";
    const next = argv[at + 1];
    if (word === "--") return [...words, ...argv.slice(at)];
    if (word.startsWith("--targets=")) words.push(`@${word.slice("--targets=".length)}`);
    else if (word === "--targets" && next !== undefined) {
      words.push(`@${next}`);
      at += 1;
    } else if (LISTS[word]?.test(next ?? "") === true) {
      const parts: string[] = [];
      while (LISTS[word]?.test(argv[at + 1] ?? "") === true) {
        at += 1;
        parts.push(argv[at] ?? "");
      }
      words.push(word, parts.join(","));
    } else if (IS_ITEM.test(word) && IS_PATTERN.test(words.at(-1) ?? "")) {
      words.push(`${words.pop() ?? ""},${word}`);
    } else words.push(word);
  }
  return words;
};
