/**
 * A check as a monitoring plugin prints it: `RDP STATE - text | performance data`, and with -v more lines
 * below. Nothing that a peer sent can end the line or begin performance data.
 */
import type { CheckOutcome, CheckState } from "../verdict/check-state.ts";
import type { Result } from "../verdict/result.ts";
import { type Metric, perfdata } from "./perfdata.ts";
import { pluginText, shortened, shortenedToBytes } from "./plugin-text.ts";

/** One address and its state. */
export interface CheckedAddress {
  readonly result: Result;
  readonly outcome: CheckOutcome;
}

export interface PluginOutput {
  readonly state: CheckState;
  /** At least one; the gravest first. */
  readonly addresses: readonly CheckedAddress[];
  readonly metrics: readonly Metric[];
  /** 0 to 3: how often -v was given. */
  readonly verbosity: number;
}

/** What a pager and a list of services show of one problem; several take what they need. */
const TEXT_WIDTH = 79;

/** Of each of several problems, so that all of them stand in a line that any transport carries. */
const PROBLEM_WIDTH = 100;
const PROBLEMS_BYTES = 600;
const MAX_PROBLEMS = 20;

/** Holds the whole of -vvv far below the 8 KiB that monitoring systems keep. */
const LONG_LINE_WIDTH = 200;
const MAX_LONG_LINES = 40;

/**
 * The plugin's output with its final newline. Its first line has at most 79 characters before the `|`, and more
 * only where it has several problems to name.
 */
export const nagiosOutput = ({ state, addresses, metrics, verbosity }: PluginOutput): string => {
  const head = headOf(state);
  const text = `${head}${headline(addresses, TEXT_WIDTH - head.length)}`;
  const numbers = perfdata(metrics);
  const first = numbers === "" ? text : `${text} | ${numbers}`;
  const more = addresses
    .flatMap((address) => longLines(address, verbosity, addresses.length > 1))
    .slice(0, MAX_LONG_LINES)
    .map((line) => shortened(pluginText(line), LONG_LINE_WIDTH));
  return [first, ...more].map((line) => `${line}\n`).join("");
};

/** `RDP STATE - text`, for what is no result as well: wrong usage, a signal, a fault of the program. */
export const stateLine = (state: CheckState, text: string): string =>
  shortened(`${headOf(state)}${oneLine(text)}`, TEXT_WIDTH);

const headOf = (state: CheckState): string => `RDP ${state.toUpperCase()} - `;

const oneLine = (text: string): string => pluginText(text).replaceAll(/\s+/g, " ").trim();

/**
 * What is said of a check in one line that is safe to print: its problems, the gravest first, or what a healthy
 * server showed. At most `width` characters, and more only for several problems.
 */
export const headline = (addresses: readonly CheckedAddress[], width: number): string => {
  const [gravest] = addresses;
  if (gravest === undefined) return "nothing was probed";
  const { result, outcome } = gravest;
  if (outcome.reasons.length === 0) {
    const count = addresses.length > 1 ? `${addresses.length} addresses, ` : "";
    return shortened(oneLine(`${count}${healthText(result)}`), width);
  }
  const bad = addresses.filter((address) => address.outcome.state !== "ok").length;
  const where = addresses.length > 1 ? `${bad} of ${addresses.length} addresses, ` : "";
  const problems = problemsOf(addresses);
  return problems.length > 1
    ? `${where}${severalProblems(problems)}`
    : shortened(oneLine(`${where}${problems.join("")}`), width);
};

/** Every problem of every address once; the first that has it is named where there are several. */
const problemsOf = (addresses: readonly CheckedAddress[]): readonly string[] => {
  const seen = new Map<string, string>();
  for (const { result, outcome } of addresses) {
    // What could not be told, since the handshake did not come so far, is no problem of its own.
    const isTold = outcome.reasons.some(({ state, isVerdict }) => state !== "unknown" || isVerdict === true);
    for (const { state, text, isVerdict } of outcome.reasons) {
      if ((isTold && state === "unknown" && isVerdict !== true) || seen.has(text)) continue;
      seen.set(text, addresses.length > 1 ? `${result.target.address}: ${text}` : text);
    }
  }
  return [...seen.values()];
};

const severalProblems = (problems: readonly string[]): string => {
  const shown = problems.slice(0, MAX_PROBLEMS);
  const bytes = Math.floor(PROBLEMS_BYTES / shown.length);
  const texts = shown.map((text) => shortenedToBytes(shortened(oneLine(text), PROBLEM_WIDTH), bytes));
  return `${problems.length} problems: ${texts.join("; ")}`;
};

const healthText = ({ verdict, security, tls, certificate, durationMs }: Result): string => {
  const days = certificate?.daysLeft ?? null;
  const parts = [
    verdict.severity === "ok"
      ? NLA_TEXTS[security.nla]
      : `${verdict.code} at ${verdict.stage}, as configured`,
    tls?.version == null ? null : `TLS ${tls.version}`,
    days === null ? null : `certificate ${Math.floor(days)} days left`,
    `${Math.round(durationMs)} ms`,
  ];
  return parts.filter((part) => part !== null).join(", ");
};

const NLA_TEXTS = {
  required: "NLA required",
  optional: "NLA optional",
  unsupported: "no NLA",
  unknown: "handshake works",
} as const;

/** -v: every reason and finding; -vv: the stages, the causes; -vvv: what to do. */
const longLines = (
  { result, outcome }: CheckedAddress,
  verbosity: number,
  isOneOfSeveral: boolean,
): readonly string[] => {
  const { target, verdict, stages, findings, remedies } = result;
  const levels: readonly (readonly string[])[] = [
    [
      ...(isOneOfSeveral ? [`${target.address}: ${outcome.state.toUpperCase()}`] : []),
      `verdict: ${verdict.code} at ${verdict.stage}: ${verdict.summary}`,
      ...outcome.reasons.map(({ state, text }) => `${state}: ${text}`),
      ...findings.map(({ severity, summary }) => `finding (${severity}): ${summary}`),
    ],
    [
      ...stages
        .filter(({ status }) => status !== "skipped")
        .map(({ name, status, note }) => `stage ${name} ${status}: ${note}`),
      ...verdict.causes.map(({ code, likelihood, why }) => `cause (${likelihood}) ${code}: ${why}`),
    ],
    remedies.map(({ id, title }) => `remedy ${id}: ${title}`),
  ];
  return levels.slice(0, verbosity).flat();
};
