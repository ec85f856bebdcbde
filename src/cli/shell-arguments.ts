/**
 * What Windows PowerShell makes of a command line, put right before it is read: `3389,3390` comes as two arguments,
 * and `@hosts.txt` cannot be typed at all, so that `--targets hosts.txt` says the same.
 */

const PORT_OPTIONS: ReadonlySet<string> = new Set(["-p", "--port"]);
const IS_PORTS = /^\d{1,5}(?:-\d{1,5})?(?:,\d{1,5}(?:-\d{1,5})?)*$/;

/** The same command line with one argument for a list of ports, and with `@file` for a file of targets. */
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
    } else if (PORT_OPTIONS.has(word) && next !== undefined && IS_PORTS.test(next)) {
      const ports: string[] = [];
      while (IS_PORTS.test(argv[at + 1] ?? "")) {
        at += 1;
        ports.push(argv[at] ?? "");
      }
      words.push(word, ports.join(","));
    } else words.push(word);
  }
  return words;
};
