/** What the words of a command line that names no known command may have meant. */
import { quoted } from "../../targets/grammar/quoted.ts";
import { didYouMean } from "./did-you-mean.ts";
import { UsageError } from "./usage-error.ts";

/** Words that stand for commands or will, and that nobody is to find looked up in DNS; with what to write instead. */
const RESERVED: Readonly<Record<string, string | null>> = {
  version: "--version",
  watch: null,
  report: null,
  worker: null,
  submit: null,
  collect: null,
  fleet: null,
  scheduler: null,
  store: null,
  history: null,
  due: null,
};

/** A word that could as well be a command; names of hosts most often have a dot or a digit. */
const IS_COMMAND_LIKE = /^[a-z]+$/i;

/**
 * A mistyped command is told, and not looked up as a host.
 * @throws UsageError that says how a host of that name is probed.
 */
export const refuseMistypedCommand = (word: string, commands: readonly string[]): void => {
  if (!IS_COMMAND_LIKE.test(word)) return;
  const isReserved = Object.hasOwn(RESERVED, word);
  const meant = isReserved ? RESERVED[word] : didYouMean(word.toLowerCase(), [...commands, "help"]);
  if (!isReserved && meant === null) return;
  const hint = meant == null ? "" : `; did you mean ${meant}?`;
  throw new UsageError(
    `${word}: no such command${hint}${meant == null ? "." : ""} To probe a host of that name: rdprobe probe ${word}`,
  );
};

/** Options that other scanners have, and what is written here. */
const FOREIGN: Readonly<Record<string, string>> = {
  "-iL": "write @hosts.txt",
  "-l": "write @hosts.txt",
  "-oA": "write -o rdp.csv -o rdp.ndjson",
  "-oN": "write -o rdp.txt",
  "-oG": "write -o rdp.csv",
  "-oX": "write -o rdp.json",
  "-oJ": "write -o rdp.ndjson, or -o rdp.json",
  "-oL": "write -o rdp.csv",
  "-iR": "name the ranges that are yours",
  "-sL": "write --dry-run",
  "-sn": "write --depth quick",
  "-sV": "leave it out: the server is named in any case",
  "-Pn": "no host is pinged: leave it out",
  "-silent": "write -q",
  "-json": "write --ndjson",
  "-n": "names are looked up only where a target is one: leave it out",
};

/** @throws UsageError for an option of another scanner. */
export const refuseForeignOptions = (argv: readonly string[]): void => {
  for (const word of argv) {
    if (word === "--") return;
    const instead = FOREIGN[word];
    if (instead !== undefined) throw new UsageError(`${quoted(word)} is no option of rdprobe: ${instead}`);
  }
};
