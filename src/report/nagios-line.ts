/**
 * A check as a monitoring plugin prints it: `RDP STATE - text | performance data`, and with -v more lines
 * below. Nothing that a peer sent can end the line or begin performance data.
 */
import type { CheckOutcome, CheckState } from "../verdict/check-state.ts";
import type { Result } from "../verdict/result.ts";
import { type Metric, perfdata } from "./perfdata.ts";
import { pluginText, shortened } from "./plugin-text.ts";

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

/** What a pager and a list of services show. */
const TEXT_WIDTH = 79;

/** Holds the whole of -vvv far below the 8 KiB that monitoring systems keep. */
const LONG_LINE_WIDTH = 200;
const MAX_LONG_LINES = 40;

/** The plugin's output with its final newline; its first line has at most 79 characters before the `|`. */
export const nagiosOutput = ({ state, addresses, metrics, verbosity }: PluginOutput): string => {
  const text = stateLine(state, headline(addresses));
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
  shortened(`RDP ${state.toUpperCase()} - ${pluginText(text).replaceAll(/\s+/g, " ").trim()}`, TEXT_WIDTH);

/** What is said of a check in one line: the gravest reason, or what a healthy server showed. */
export const headline = (addresses: readonly CheckedAddress[]): string => {
  const [gravest] = addresses;
  if (gravest === undefined) return "nothing was probed";
  const { result, outcome } = gravest;
  const [first, ...others] = outcome.reasons;
  if (first === undefined) {
    const count = addresses.length > 1 ? `${addresses.length} addresses, ` : "";
    return `${count}${healthText(result)}`;
  }
  const bad = addresses.filter((address) => address.outcome.state !== "ok").length;
  const where =
    addresses.length > 1 ? `${bad} of ${addresses.length} addresses, ${result.target.address}: ` : "";
  // What could not be told, since the handshake did not come so far, is no problem of its own.
  const known = others.filter(({ state }) => state !== "unknown" || first.state === "unknown");
  const more = known.length > 0 ? `${known.length + 1} problems: ` : "";
  return `${where}${more}${first.text}`;
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
