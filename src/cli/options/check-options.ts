/** The options of `check` as a table: its help is printed from it, and command lines are read by it. */
import { parseArgs } from "node:util";
import { PROBE_IDENTITY } from "../../handshake/plan/connection-requests.ts";
import { DEFAULT_CLIENT_ID } from "../../tls/profiles/client-profiles.ts";
import { CHECK_STATES } from "../../verdict/check/check-state.ts";
import { PROHIBITIONS, REQUIREMENTS } from "../../verdict/check/requirements.ts";
import { UsageError } from "../words/usage-error.ts";

export interface OptionRow {
  readonly short?: string;
  /** What the option takes, as help shows it; absent where it takes nothing. */
  readonly takes?: string;
  readonly text: string;
  /** The words that it takes, where these are few. */
  readonly choices?: readonly string[];
}

const STATES = CHECK_STATES.join("|");

/** Names and short forms are those of the Monitoring Plugins guidelines where these have one. */
const CHECK_OPTIONS = {
  hostname: { short: "H", takes: "<host>", text: "name or address of the host" },
  address: { short: "I", takes: "<address>", text: "connect there, whatever the name resolves to" },
  sni: { takes: "<name>", text: "ask for this name, not the host's" },
  port: { short: "p", takes: "<port>", text: "port (3389)" },
  warning: { short: "w", takes: "<range>", text: "days left of the certificate to warn on (30:)" },
  critical: { short: "c", takes: "<range>", text: "days left that are critical (14:)" },
  timeout: { short: "t", takes: "<seconds>", text: "the whole check ends before it (10)" },
  "stage-timeout": { takes: "<duration>", text: "for one stage (5s)" },
  "use-ipv4": { short: "4", text: "IPv4 only" },
  "use-ipv6": { short: "6", text: "IPv6 only" },
  "latency-warning": { takes: "<range>", text: "milliseconds of the probe to warn on" },
  "latency-critical": { takes: "<range>", text: "milliseconds that are critical" },
  require: {
    takes: "<list>",
    text: `critical without: ${REQUIREMENTS.join(" ")}`,
    choices: REQUIREMENTS,
  },
  forbid: { takes: "<list>", text: "critical if the server has any of those below", choices: PROHIBITIONS },
  "expect-verdict": { takes: "<list>", text: "OK with these verdicts only" },
  issuer: { takes: "<text>", text: "critical unless the issuer has it in its name" },
  "strict-expiry": { text: "count Windows' own certificate's days too" },
  "cert-sha256": { takes: "<list>", text: "the certificates that are allowed, or @file" },
  "timeout-state": { takes: "<state>", text: `${STATES} (critical)`, choices: CHECK_STATES },
  "dns-state": {
    takes: "<state>",
    text: "of a name without an address (critical)",
    choices: CHECK_STATES,
  },
  state: { takes: "<verdict=state>", text: "state of a verdict; repeatable" },
  client: { takes: "<profile>", text: `the client that is played (${DEFAULT_CLIENT_ID})` },
  depth: {
    takes: "<depth>",
    text: "quick (one connection) or standard (standard)",
    choices: ["quick", "standard"],
  },
  cookie: { takes: "<text>", text: `the mstshash cookie ("${PROBE_IDENTITY}")` },
  format: { takes: "<format>", text: "nagios or checkmk (nagios)", choices: ["nagios", "checkmk"] },
  service: { takes: "<name>", text: "the service's name in Checkmk (RDP host:port)" },
  verbose: { short: "v", text: "more below the problems; up to three times" },
  version: { short: "V", text: "print the version" },
  help: { short: "h", text: "print this" },
} as const satisfies Readonly<Record<string, OptionRow>>;

/** The options in the order of the help, for what else is made of them. */
export const checkOptions = (): readonly (readonly [long: string, row: OptionRow])[] =>
  Object.entries(CHECK_OPTIONS);

type OptionName = keyof typeof CHECK_OPTIONS;

/** A command line as it was typed. */
export interface CheckArguments {
  /** The last value that was given. */
  value(name: OptionName): string | undefined;
  /** All values that were given, split at commas. */
  values(name: OptionName): readonly string[];
  /** How often an option without a value was given. */
  count(name: OptionName): number;
}

/**
 * Reads a command line.
 * @param argv the arguments behind `check`.
 * @throws UsageError for an option that does not exist, lacks its value or takes none, and for other arguments.
 */
export const readCheckArguments = (argv: readonly string[]): CheckArguments => {
  const given = parsedArguments(withWholeLists(argv));
  const all = (name: OptionName): readonly (string | boolean)[] => given[name] ?? [];
  const values = (name: OptionName): readonly string[] =>
    all(name).filter((value) => typeof value === "string");
  return {
    value: (name) => values(name).at(-1),
    values: (name) => values(name).flatMap((value) => value.split(",").map((part) => part.trim())),
    count: (name) => all(name).length,
  };
};

/** PowerShell hands `nla,tls1.2` over as two arguments. There are none beside options, so that it can be one again. */
const withWholeLists = (argv: readonly string[]): readonly string[] => {
  const words: string[] = [];
  for (const word of argv) {
    const last = words.at(-1) ?? "";
    const isNext = !word.startsWith("-") && !last.startsWith("-") && LISTS.has(words.at(-2) ?? "");
    if (isNext) words[words.length - 1] = `${last},${word}`;
    else words.push(word);
  }
  return words;
};

const LISTS: ReadonlySet<string> = new Set(
  Object.entries(CHECK_OPTIONS)
    .filter(([name, row]: [string, OptionRow]) => row.takes === "<list>" || name === "state")
    .map(([name]) => `--${name}`),
);

/** What -h prints: 80 columns wide. */
export const checkHelp = (name: string): string => {
  const rows = Object.entries(CHECK_OPTIONS).map(([long, row]: [string, OptionRow]) => {
    const short = row.short === undefined ? "    " : `-${row.short}, `;
    const option = `${short}--${long}${row.takes === undefined ? "" : ` ${row.takes}`}`;
    return `  ${option.padEnd(OPTION_COLUMN)}${row.text}`;
  });
  return [
    `Usage: ${name} -H <host> [-p <port>] [-w <range>] [-c <range>] [-t <seconds>]`,
    "One RDP host as a monitoring plugin: OK 0, WARNING 1, CRITICAL 2, UNKNOWN 3.",
    "",
    ...rows,
    "",
    `--forbid: ${PROHIBITIONS.join(", ")}.`,
    "Ranges: 30: alerts below 30, 10 below 0 or above 10, ~:10 above 10, and",
    "@10:20 from 10 to 20; for -w and -c a bare 30 is 30:, and ~: never alerts.",
    "What was not seen is UNKNOWN. Every address of a name is probed; the worst",
    "one counts. The certificate that Windows makes itself (self-signed, 183 days)",
    "does not alarm before its end: Windows replaces it; --strict-expiry counts it.",
    "--require name: the certificate is for the host of -H (or --sni).",
    `Example: ${name} -H server01 -w 30: -c 14: --require nla`,
    "",
  ].join("\n");
};

const OPTION_COLUMN = 32;

type ParsedValues = Readonly<Record<string, readonly (string | boolean)[] | undefined>>;

const parsedArguments = (argv: readonly string[]): ParsedValues => {
  const options = Object.fromEntries(
    Object.entries(CHECK_OPTIONS).map(([name, row]: [string, OptionRow]) => [
      name,
      {
        type: row.takes === undefined ? ("boolean" as const) : ("string" as const),
        multiple: true as const,
        ...(row.short === undefined ? {} : { short: row.short }),
      },
    ]),
  );
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(problemOf(error));
  }
};

/** What is wrong with a command line, by Node's codes and in people's words. */
const problemOf = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? error.code : null;
  const [, named = ""] = /'([^']*)'/.exec(message) ?? [];
  switch (code) {
    case "ERR_PARSE_ARGS_UNKNOWN_OPTION":
      return `unknown option: ${named} (-h lists them)`;
    case "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL":
      return `unexpected argument: ${named} (the host goes after -H)`;
    case "ERR_PARSE_ARGS_INVALID_OPTION_VALUE":
      return /does not take/.test(message)
        ? `${named} takes no value`
        : `missing value: ${named.replace("<value>", takenBy(named))}`;
    default:
      return `${message.split(/\n|\. /)[0] ?? ""} (-h lists the options)`;
  }
};

/** What an option takes, by `-t, --timeout <value>`. */
const takenBy = (named: string): string => {
  const name = /--([a-z0-9-]+)/.exec(named)?.[1] ?? "";
  const row: OptionRow | undefined = Object.entries(CHECK_OPTIONS).find(([long]) => long === name)?.[1];
  return row?.takes ?? "<value>";
};
