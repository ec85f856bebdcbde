/**
 * A check as a monitoring plugin prints it: `RDP STATE - text | performance data`; below it one line for each
 * problem and one for what to do first, and with -v more. Nothing that a peer sent can end the line or begin
 * performance data.
 */
import {
  type CheckOutcome,
  type CheckReason,
  type CheckState,
  isReplacedByWindows,
} from "../../verdict/check/check-state.ts";
import { daysLeftText } from "../../verdict/days-left.ts";
import type { Result } from "../../verdict/result/result.ts";
import { firstStep } from "../text/first-step.ts";
import { type Metric, perfdata } from "./perfdata.ts";
import { pluginText, shortenedToBytes } from "./plugin-text.ts";

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

/** Of the first line before its `|`: every transport carries it, and what is cut off stands below. */
const TEXT_BYTES = 600;

/** Problems that have lines of their own. */
const MAX_PROBLEMS = 20;

/** Holds all of -vvv far below the 8 KiB that monitoring systems keep. */
const LONG_LINE_BYTES = 300;
const LONG_BYTES = 6000;

/** The plugin's output with its final newline. */
export const nagiosOutput = ({ state, addresses, metrics, verbosity }: PluginOutput): string => {
  const text = `${headOf(state)}${headline(addresses)}`;
  const numbers = perfdata(metrics);
  const first = numbers === "" ? text : `${text} | ${numbers}`;
  const more = [
    ...problemLines(problemsOf(addresses)),
    ...addresses.flatMap((address) => longLines(address, verbosity, addresses.length > 1)),
  ].map((line) => shortenedToBytes(oneLine(line), LONG_LINE_BYTES));
  return [first, ...fitting(more)].map((line) => `${line}\n`).join("");
};

/** As many of the lines as fit. */
const fitting = (lines: readonly string[]): readonly string[] => {
  let left = LONG_BYTES;
  return lines.filter((line) => {
    left -= BYTES.encode(line).length + 1;
    return left >= 0;
  });
};

const BYTES = new TextEncoder();

/** `RDP STATE - text`, for what is no result as well: wrong usage, a signal, a fault of the program. */
export const stateLine = (state: CheckState, text: string): string =>
  `${headOf(state)}${shortenedToBytes(oneLine(text), TEXT_BYTES)}`;

const headOf = (state: CheckState): string => `RDP ${state.toUpperCase()} - `;

const oneLine = (text: string): string => pluginText(text).replaceAll(/\s+/g, " ").trim();

/**
 * What is said of a check in one line that is safe to print: its problems, the gravest first, or what a healthy
 * server showed. It is cut at its end alone, and not within a word.
 */
export const headline = (addresses: readonly CheckedAddress[]): string => {
  const [gravest] = addresses;
  if (gravest === undefined) return "nothing was probed";
  const { result, outcome } = gravest;
  if (outcome.reasons.length === 0) {
    const count = addresses.length > 1 ? `${addresses.length} addresses, ` : "";
    return shortenedToBytes(oneLine(`${count}${healthText(result)}`), TEXT_BYTES);
  }
  const bad = addresses.filter((address) => address.outcome.state !== "ok").length;
  const where = addresses.length > 1 ? `${bad} of ${addresses.length} addresses, ` : "";
  const problems = problemsOf(addresses);
  const count = problems.length > 1 ? `${problems.length} problems: ` : "";
  const texts = problems.map(({ place, reason }) => oneLine(`${place}${reason.text}`));
  return shortenedToBytes(`${where}${count}${texts.join("; ")}`, TEXT_BYTES);
};

/** A problem, and the address that has it where there are several. */
interface Problem {
  readonly place: string;
  readonly result: Result;
  readonly reason: CheckReason;
}

/** Every problem of every address once; the first that has it is named where there are several. */
const problemsOf = (addresses: readonly CheckedAddress[]): readonly Problem[] => {
  const seen = new Map<string, Problem>();
  for (const { result, outcome } of addresses) {
    // What could not be told, since the handshake did not come so far, is no problem of its own.
    const isTold = outcome.reasons.some(({ state, isVerdict }) => state !== "unknown" || isVerdict === true);
    for (const reason of outcome.reasons) {
      const { state, text, isVerdict } = reason;
      if ((isTold && state === "unknown" && isVerdict !== true) || seen.has(text)) continue;
      seen.set(text, { result, reason, place: addresses.length > 1 ? `${result.target.address}: ` : "" });
    }
  }
  return [...seen.values()];
};

/** One line a problem, and one below it for what to do first. */
const problemLines = (problems: readonly Problem[]): readonly string[] =>
  problems
    .slice(0, MAX_PROBLEMS)
    .flatMap(({ place, result, reason }) => [
      `${reason.state}: ${place}${reason.detail ?? reason.text}`,
      `-> ${firstStep(result, reason)}`,
    ]);

const healthText = (result: Result): string => {
  const { verdict, security, tls, certificate, durationMs } = result;
  const days = certificate?.daysLeft ?? null;
  const isReplaced = days !== null && days < SOON_DAYS && isReplacedByWindows(result);
  const parts = [
    verdict.severity === "ok"
      ? NLA_TEXTS[security.nla]
      : `${verdict.code} at ${verdict.stage}, as configured`,
    tls?.version == null ? null : `TLS ${tls.version}`,
    days === null ? null : `certificate ${daysLeftText(days)}${isReplaced ? ", which Windows replaces" : ""}`,
    `${Math.round(durationMs)} ms`,
  ];
  return parts.filter((part) => part !== null).join(", ");
};

/** From here on it is worth a word that nobody has to do anything. */
const SOON_DAYS = 30;

const NLA_TEXTS = {
  required: "NLA required",
  optional: "NLA optional",
  unsupported: "no NLA",
  unknown: "handshake works",
} as const;

/** -v: the verdict and every finding; -vv: the stages, the causes; -vvv: what to do. */
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
