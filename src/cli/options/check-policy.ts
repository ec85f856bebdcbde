/** From the arguments of `check` to what is probed and how its result is seen. */
import { PROBE_IDENTITY } from "../../handshake/plan/connection-requests.ts";
import type { AlertRanges, MetricRanges } from "../../report/monitoring/perfdata.ts";
import { parseClient } from "../../scan/one/parse-client.ts";
import { parseDuration } from "../../targets/grammar/duration.ts";
import { type Parsed, parsed, rejected } from "../../targets/plan/parsed.ts";
import { DEFAULT_PORT, parsePort } from "../../targets/grammar/port.ts";
import { type AlertRange, alertsOn, parseRange, printedRange } from "../../targets/grammar/range.ts";
import { parseResolveOverride, type ResolveOverride } from "../../targets/grammar/resolve-override.ts";
import { parseTarget } from "../../targets/plan/target.ts";
import { type ClientProfile, DEFAULT_CLIENT_ID } from "../../tls/profiles/client-profiles.ts";
import {
  type Alert,
  type AlertLevels,
  CHECK_STATES,
  type CheckPolicy,
  type CheckState,
} from "../../verdict/check/check-state.ts";
import { PROHIBITIONS, REQUIREMENTS } from "../../verdict/check/requirements.ts";
import { VERDICT_CODES, VERDICTS, type VerdictCode } from "../../verdict/verdicts.ts";
import type { Routing } from "../../x224/connection-request.ts";
import type { CheckArguments } from "./check-options.ts";
import { accepted, UsageError } from "../words/usage-error.ts";

/** All that a check is asked to do. */
export interface CheckRequest {
  readonly target: {
    readonly input: string;
    readonly host: string;
    readonly family: 4 | 6 | null;
    readonly port: number;
  };
  readonly family: 0 | 4 | 6;
  /** What the host is connected to at, instead of what its name resolves to; null for that. */
  readonly override: ResolveOverride | null;
  /** The name that the client asks for, and that the certificate is to have, where it is not the host. */
  readonly serverName: string | null;
  /** For the whole check, milliseconds. */
  readonly timeoutMs: number;
  /** For one stage, milliseconds. */
  readonly stageTimeoutMs: number;
  readonly depth: "quick" | "standard";
  readonly routing: Routing | null;
  readonly reference: ClientProfile;
  readonly policy: CheckPolicy;
  readonly ranges: MetricRanges;
  /** The state when the whole check runs out of time. */
  readonly timeoutState: CheckState;
  readonly format: "nagios" | "checkmk";
  readonly service: string;
  /** 0 to 3. */
  readonly verbosity: number;
}

/**
 * Reads what is asked for.
 * @param readText gives the text of a file; throws where it cannot.
 * @throws UsageError naming the argument and what would be right.
 */
export const checkRequest = (given: CheckArguments, readText: (path: string) => string): CheckRequest => {
  const target = targetOf(given);
  const ranges: MetricRanges = {
    daysLeft: daysLeftRanges(given),
    latencyMs: latencyRanges(given),
  };
  const timeoutState = stateOption(given, "timeout-state");
  return {
    ...{ target, ranges, timeoutState, family: familyOf(given, target), ...wayOf(given, target) },
    timeoutMs: accepted("-t, --timeout", parseDuration(given.value("timeout") ?? "10")),
    stageTimeoutMs: accepted("--stage-timeout", parseDuration(given.value("stage-timeout") ?? "5s")),
    depth: accepted("--depth", oneOf(DEPTHS, given.value("depth") ?? "standard")),
    routing: routingOf(given.value("cookie") ?? PROBE_IDENTITY),
    reference: accepted("--client", parseClient(given.value("client") ?? DEFAULT_CLIENT_ID)),
    policy: {
      daysLeft: levelsOf(ranges.daysLeft),
      latencyMs: levelsOf(ranges.latencyMs),
      required: listOf(given, "require", REQUIREMENTS),
      forbidden: listOf(given, "forbid", PROHIBITIONS),
      // -w and -c are what judges the certificate's dates here.
      inDate: false,
      strictExpiry: given.count("strict-expiry") > 0,
      issuer: given.value("issuer") ?? null,
      expected: listOf(given, "expect-verdict", VERDICT_CODES),
      pins: pinsOf(given, readText),
      states: new Map([
        ...TIMEOUTS.map((code) => [code, timeoutState] as const),
        ...DNS_FAILURES.map((code) => [code, stateOption(given, "dns-state")] as const),
        ...given.values("state").map((text) => accepted("--state", verdictState(text))),
      ]),
    },
    format: accepted("--format", oneOf(FORMATS, given.value("format") ?? "nagios")),
    service: given.value("service") ?? `RDP ${target.host}:${target.port}`,
    verbosity: Math.min(given.count("verbose"), MAX_VERBOSITY),
  };
};

const MAX_VERBOSITY = 3;

/** `full` opens dozens of connections and fills the server's event log: nothing to repeat every few minutes. */
const DEPTHS = ["quick", "standard"] as const;

const FORMATS = ["nagios", "checkmk"] as const;

const TIMEOUTS = ["timeout", "port-filtered"] as const satisfies readonly VerdictCode[];
const DNS_FAILURES = ["name-not-found", "dns-failure"] as const satisfies readonly VerdictCode[];

const isVerdict = (text: string): text is VerdictCode => Object.hasOwn(VERDICTS, text);

const oneOf = <T extends string>(values: readonly T[], text: string): Parsed<T> => {
  const found = values.find((value) => value === text.toLowerCase());
  return found === undefined
    ? rejected(`${JSON.stringify(text)} is none of ${values.join(", ")}`)
    : parsed(found);
};

const listOf = <T extends string>(
  given: CheckArguments,
  name: "require" | "forbid" | "expect-verdict",
  values: readonly T[],
): readonly T[] => given.values(name).map((text) => accepted(`--${name}`, oneOf(values, text)));

const stateOption = (given: CheckArguments, name: "timeout-state" | "dns-state"): CheckState =>
  accepted(`--${name}`, oneOf(CHECK_STATES, given.value(name) ?? "critical"));

const verdictState = (text: string): Parsed<readonly [VerdictCode, CheckState]> => {
  const [code = "", stateText = ""] = text.split("=");
  if (!isVerdict(code)) return rejected(`${JSON.stringify(code)} is none of ${VERDICT_CODES.join(", ")}`);
  const state = oneOf(CHECK_STATES, stateText);
  return state.ok ? parsed([code, state.value]) : rejected(`${code}: ${state.problem}`);
};

const targetOf = (given: CheckArguments): CheckRequest["target"] => {
  const input = given.value("hostname");
  if (input === undefined) throw new UsageError("missing option: -H <host>");
  if (input.trim() === "") throw new UsageError("-H, --hostname: it is empty; write -H <host>");
  const { host, family, port } = accepted("-H, --hostname", parseTarget(input));
  const portText = given.value("port");
  const ofOption = portText === undefined ? DEFAULT_PORT : accepted("-p, --port", parsePort(portText));
  return { input, host, family, port: port ?? ofOption };
};

/** `-I` and `--sni`: where to connect to, and which name to ask for. */
const wayOf = (
  given: CheckArguments,
  { input, host, family }: CheckRequest["target"],
): Pick<CheckRequest, "override" | "serverName"> => {
  const serverName = given.value("sni") ?? null;
  if (serverName !== null && !PLAIN_NAME.test(serverName)) {
    throw new UsageError(`--sni: ${JSON.stringify(serverName)} is no host name`);
  }
  const text = given.value("address");
  if (text === undefined) return { override: null, serverName };
  if (family !== null) {
    throw new UsageError(
      `-I, --address: -H ${input} is an address already; write -H <name> -I ${text}, or --sni <name>`,
    );
  }
  const override = parseResolveOverride(`${host}:${text}`);
  if (override.ok) return { override: override.value, serverName };
  throw new UsageError(`-I, --address: ${JSON.stringify(text)} is no IP address`);
};

const PLAIN_NAME = /^(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?$/;

const familyOf = (given: CheckArguments, { input, family }: CheckRequest["target"]): 0 | 4 | 6 => {
  const is4 = given.count("use-ipv4") > 0;
  const is6 = given.count("use-ipv6") > 0;
  if (is4 === is6) return 0;
  const wanted = is4 ? 4 : 6;
  if (family !== null && family !== wanted) {
    throw new UsageError(
      `-H, --hostname: ${JSON.stringify(input)} is an IPv${family} address, and -${wanted} asks for IPv${wanted}`,
    );
  }
  return wanted;
};

const DAYS_LEFT = { warning: "30:", critical: "14:" } as const;

/**
 * The days that a certificate is to have left: a bare number is the least, since too many are never a fault.
 * @throws UsageError also where a critical range would leave the warning nothing to warn of.
 */
const daysLeftRanges = (given: CheckArguments): AlertRanges => {
  const range = (name: "warning" | "critical"): AlertRange => {
    const text = given.value(name)?.trim() ?? DAYS_LEFT[name];
    return accepted(`--${name}`, parseRange(/^\d+(\.\d+)?$/.test(text) ? `${text}:` : text));
  };
  const [warning, critical] = [range("warning"), range("critical")];
  const [warningBelow, criticalBelow] = [lowerBound(warning), lowerBound(critical)];
  if (warningBelow !== null && criticalBelow !== null && criticalBelow > warningBelow) {
    const shown = (name: "warning" | "critical", bounds: AlertRange): string =>
      `--${name} ${printedRange(bounds)}${given.value(name) === undefined ? " (the default)" : ""}`;
    throw new UsageError(
      `${shown("critical", critical)} is above ${shown("warning", warning)}: warn first, as with -w 30: -c 14:`,
    );
  }
  return { warning, critical };
};

/** Where few become too few; null where the range does not alert on few. */
const lowerBound = ({ start, end, alertsInside }: AlertRange): number | null => {
  const bound = alertsInside ? end : start;
  return Number.isFinite(bound) ? bound : null;
};

const latencyRanges = (given: CheckArguments): AlertRanges => {
  const range = (name: "latency-warning" | "latency-critical"): AlertRange | null => {
    const text = given.value(name);
    return text === undefined ? null : accepted(`--${name}`, parseRange(text));
  };
  return { warning: range("latency-warning"), critical: range("latency-critical") };
};

/** A range that holds every value is no alert. */
const levelsOf = ({ warning, critical }: AlertRanges): AlertLevels => {
  const alert = (range: AlertRange | null): Alert | null =>
    range === null || (!range.alertsInside && range.start === -Infinity && range.end === Infinity)
      ? null
      : { text: printedRange(range), holds: (value) => alertsOn(range, value) };
  return { warning: alert(warning), critical: alert(critical) };
};

const MAX_COOKIE_LENGTH = 200;

const routingOf = (text: string): Routing | null => {
  if (!/^[\x20-\x7e]*$/.test(text) || text.length > MAX_COOKIE_LENGTH) {
    throw new UsageError(
      `--cookie: ${JSON.stringify(text)} does not fit: write up to ${MAX_COOKIE_LENGTH} printable ASCII characters`,
    );
  }
  return text === "" ? null : { kind: "cookie", identity: text };
};

/** Digests as they are typed or, behind `@`, in a file: one a line, `#` begins a comment. */
const pinsOf = (given: CheckArguments, readText: (path: string) => string): readonly string[] =>
  given.values("cert-sha256").flatMap((text) => {
    const digests = text.startsWith("@") ? linesOf(text.slice(1), readText) : [text];
    return digests.map((digest) => accepted("--cert-sha256", parseDigest(digest)));
  });

const linesOf = (path: string, readText: (path: string) => string): readonly string[] => {
  const lines = readText(path)
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "");
  if (lines.length === 0) throw new UsageError(`--cert-sha256: ${path} holds no digest`);
  return lines;
};

/** With or without colons, in either case. */
const parseDigest = (text: string): Parsed<string> => {
  const digest = text.replaceAll(":", "").toLowerCase();
  return /^[0-9a-f]{64}$/.test(digest)
    ? parsed(digest)
    : rejected(`${JSON.stringify(text)} is no SHA-256 digest: write 64 hex digits, or @file`);
};
