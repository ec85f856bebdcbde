/** What a caller of the library may say of a probe, and what stands where nothing is said: as on the command line. */

import { ASKS, type Ask } from "../handshake/plan/asks.ts";
import { PROBE_IDENTITY } from "../handshake/plan/connection-requests.ts";
import type { Depth } from "../handshake/plan/probe-plan.ts";
import { parseClient } from "../scan/one/parse-client.ts";
import type { TargetOptions } from "../scan/one/probe-target.ts";
import type { ScanOptions } from "../scan/scan.ts";
import type { Parsed } from "../targets/plan/parsed.ts";
import { DEFAULT_PORT } from "../targets/grammar/port.ts";
import { parseProxy } from "../targets/grammar/proxy-address.ts";
import { parseResolveOverride } from "../targets/grammar/resolve-override.ts";
import { type ClientProfileId, DEFAULT_CLIENT_ID } from "../tls/profiles/client-profiles.ts";
import type { Dial } from "../transport/tcp-connection.ts";
import { DEFAULT_EXPIRY } from "../verdict/findings/certificate-findings.ts";

export interface ProbeSettings {
  /** `quick`: one connection; `standard` (default): why it fails; `full`: all that can be asked. */
  readonly depth?: Depth;
  /** The client that the verdict is for; default `win11-mstsc-nla`. */
  readonly client?: ClientProfileId;
  /** For one stage, milliseconds; default 5000. */
  readonly timeoutMs?: number;
  /** For all connections to one address, milliseconds; default 20,000, and 120,000 at full depth. */
  readonly deadlineMs?: number;
  /** Between two connections of full depth, milliseconds; default 50. */
  readonly pauseMs?: number;
  /** Of targets that name none; default 3389. */
  readonly port?: number;
  /** Addresses of one kind alone. */
  readonly family?: 4 | 6;
  /** What a load balancer reads as the user's name; "" sends none. Default `rdprobe`. */
  readonly cookie?: string;
  /** Sent instead of the cookie, as `loadbalanceinfo` of an .rdp file. */
  readonly routingToken?: string;
  /** `socks5://[user:password@]host[:port]`. */
  readonly proxy?: string;
  /** Opens all TCP connections; goes before `proxy`. UDP listeners are not asked then. */
  readonly dial?: Dial;
  /** `host:192.0.2.7` or `host:3389:[2001:db8::7]`: addresses that stand for a name. */
  readonly resolve?: readonly string[];
  /** Questions beside those of the depth: `nla`, `tls-versions`, `weak`; default none. */
  readonly ask?: readonly Ask[];
  /** Days before a certificate's end from which it is a finding; default 30 and 14. */
  readonly expiry?: { readonly warningDays?: number; readonly criticalDays?: number };
  /** Once aborted, no new connection is opened, and what is awaited rejects with its reason. */
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS = 5000;
const PAUSE_MS = 50;
const DEADLINES_MS: Readonly<Record<Depth, number>> = { quick: 20_000, standard: 20_000, full: 120_000 };

/** The longest that a timer of Node takes. */
const LONGEST_MS = 2 ** 31 - 1;

/** The line must fit an X.224 TPDU with the negotiation request behind it. */
const MAX_ROUTING_LENGTH = 200;

/**
 * The settings with every default.
 * @throws RangeError for a value that cannot be, by its name.
 */
export const targetOptions = (settings: ProbeSettings): Omit<TargetOptions, "signal"> => {
  const { depth = "standard", expiry = {}, resolve = [], ask = [] } = settings;
  const allowed = Object.keys(DEADLINES_MS);
  if (!allowed.includes(depth))
    throw new RangeError(`depth: ${quote(depth)} is none of ${allowed.join(", ")}`);
  const stranger = ask.find((one) => !Object.hasOwn(ASKS, one));
  if (stranger !== undefined)
    throw new RangeError(`ask: ${quote(stranger)} is none of ${Object.keys(ASKS).join(", ")}`);
  return {
    depth,
    asks: new Set(ask),
    reference: valid("client", parseClient(settings.client ?? DEFAULT_CLIENT_ID)),
    timeoutMs: within("timeoutMs", settings.timeoutMs ?? TIMEOUT_MS, 1, LONGEST_MS),
    deadlineMs: within("deadlineMs", settings.deadlineMs ?? DEADLINES_MS[depth], 1, LONGEST_MS),
    pauseMs: within("pauseMs", settings.pauseMs ?? PAUSE_MS, 0, LONGEST_MS),
    family: settings.family ?? 0,
    routing: routingOf(settings),
    expiry: {
      warningDays: within(
        "expiry.warningDays",
        expiry.warningDays ?? DEFAULT_EXPIRY.warningDays,
        0,
        LONGEST_MS,
      ),
      criticalDays: within(
        "expiry.criticalDays",
        expiry.criticalDays ?? DEFAULT_EXPIRY.criticalDays,
        0,
        LONGEST_MS,
      ),
    },
    overrides: resolve.map((text) => valid("resolve", parseResolveOverride(text))),
    ...(settings.proxy === undefined ? {} : { proxy: valid("proxy", parseProxy(settings.proxy)) }),
    ...(settings.dial === undefined ? {} : { dial: settings.dial }),
  };
};

/** @throws RangeError for what is no port. */
export const portOf = ({ port }: ProbeSettings): number =>
  wholeWithin("port", port ?? DEFAULT_PORT, 1, 65_535);

export interface ManySettings extends ProbeSettings {
  /** Addresses probed at the same time; default 256. */
  readonly concurrency?: number;
  /** New connections a second, all together; default no bound. */
  readonly ratePerSecond?: number;
  /** Further tries of an address where nothing came in time; default 0. */
  readonly retries?: number;
  /** Targets that are left out, in every form that targets have. */
  readonly exclude?: readonly string[];
}

const CONCURRENCY = 256;

/** How a scan is bounded. @throws RangeError as `targetOptions`. */
export const scanBounds = (
  settings: ManySettings,
): Pick<ScanOptions, "concurrency" | "ratePerSecond" | "retries"> => ({
  concurrency: wholeWithin("concurrency", settings.concurrency ?? CONCURRENCY, 1, 10_000),
  ratePerSecond:
    settings.ratePerSecond === undefined
      ? null
      : wholeWithin("ratePerSecond", settings.ratePerSecond, 1, 1_000_000),
  retries: wholeWithin("retries", settings.retries ?? 0, 0, 10),
});

/** @throws RangeError with the problem, and whose it is. */
export const valid = <T>(name: string, result: Parsed<T>): T => {
  if (result.ok) return result.value;
  throw new RangeError(`${name}: ${result.problem}`);
};

const routingOf = ({ cookie, routingToken }: ProbeSettings): TargetOptions["routing"] => {
  if (cookie !== undefined && routingToken !== undefined) {
    throw new RangeError("routingToken: a request carries a cookie or a token, not both");
  }
  const [name, text] =
    routingToken === undefined
      ? (["cookie", cookie ?? PROBE_IDENTITY] as const)
      : (["routingToken", routingToken] as const);
  if (!/^[\x20-\x7e]*$/.test(text) || text.length > MAX_ROUTING_LENGTH) {
    throw new RangeError(
      `${name}: ${quote(text)} is not up to ${MAX_ROUTING_LENGTH} printable ASCII characters`,
    );
  }
  if (name === "routingToken") return { kind: "token", token: text };
  return text === "" ? null : { kind: "cookie", identity: text };
};

const within = (name: string, value: number, least: number, most: number): number => {
  if (value >= least && value <= most) return value;
  throw new RangeError(`${name}: ${value} is not from ${least} to ${most}`);
};

const wholeWithin = (name: string, value: number, least: number, most: number): number => {
  if (Number.isInteger(value)) return within(name, value, least, most);
  throw new RangeError(`${name}: ${value} is no whole number`);
};

const quote = (text: string): string => JSON.stringify(text);
