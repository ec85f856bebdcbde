/** What the options of the default command mean for a scan. */
import { ASKS, type Ask, type Asks } from "../../handshake/plan/asks.ts";
import { PROBE_IDENTITY } from "../../handshake/plan/connection-requests.ts";
import type { Depth } from "../../handshake/plan/probe-plan.ts";
import { parseClient } from "../../scan/one/parse-client.ts";
import type { ScanOptions } from "../../scan/scan.ts";
import { parseDuration, parsePause } from "../../targets/grammar/duration.ts";
import { parseWholeNumber } from "../../targets/grammar/whole-number.ts";
import type { Routing } from "../../x224/connection-request.ts";
import { expiryOf } from "./expiry-flags.ts";
import type { ProbeFlags } from "./probe-flags.ts";
import { accepted, UsageError } from "../words/usage-error.ts";
import { wayOf } from "./way-flags.ts";

/** The cookie's and the token's line must fit an X.224 TPDU with the negotiation request behind it. */
const MAX_ROUTING_LENGTH = 200;

const DEADLINES: Readonly<Record<Depth, string>> = { quick: "20s", standard: "20s", full: "2m" };

const MAX_CONCURRENCY = 10_000;
const MAX_RATE = 1_000_000;
const MAX_RETRIES = 10;

export type ScanSettings = Omit<ScanOptions, "signal" | "adaptive" | "onRow">;

/** @throws UsageError that names the option and says what would be right. */
export const scanSettings = (flags: ProbeFlags): ScanSettings => ({
  timeoutMs: accepted("--timeout", parseDuration(flags.timeout)),
  deadlineMs: accepted("--deadline", parseDuration(flags.deadline ?? DEADLINES[flags.depth])),
  pauseMs: accepted("--pause", parsePause(flags.pause)),
  family: familyOf(flags),
  ...wayOf(flags),
  depth: flags.depth,
  asks: asksOf(flags),
  routing: routingOf(flags),
  reference: accepted("--client", parseClient(flags.client)),
  expiry: expiryOf(flags),
  concurrency: accepted("--concurrency", parseWholeNumber(flags.concurrency, 1, MAX_CONCURRENCY)),
  ratePerSecond:
    flags.rate === undefined ? null : accepted("--rate", parseWholeNumber(flags.rate, 1, MAX_RATE)),
  retries: accepted("--retries", parseWholeNumber(flags.retries, 0, MAX_RETRIES)),
});

/** @throws UsageError that names the questions there are. */
const asksOf = ({ ask }: Pick<ProbeFlags, "ask">): Asks =>
  new Set(
    (ask ?? [])
      .flatMap((text) => text.split(","))
      .map((word) => {
        const name = word.trim().toLowerCase();
        if (isAsk(name)) return name;
        throw new UsageError(`--ask: ${JSON.stringify(word)} is none of ${Object.keys(ASKS).join(", ")}`);
      }),
  );

const isAsk = (name: string): name is Ask => Object.hasOwn(ASKS, name);

/** 4 or 6 where one family alone is asked for, else 0. */
export const familyOf = ({ ipv4, ipv6 }: Pick<ProbeFlags, "ipv4" | "ipv6">): 0 | 4 | 6 => {
  if (ipv4 === ipv6) return 0;
  return ipv4 === true ? 4 : 6;
};

/** Whether the text fits a Connection Request's first line as it is. */
const canBeToken = (text: string): boolean =>
  /^[\x20-\x7e]*$/.test(text) && text.length <= MAX_ROUTING_LENGTH;

const routingOf = ({ cookie, routingToken }: ProbeFlags): Routing | null => {
  if (cookie !== undefined && routingToken !== undefined) {
    throw new UsageError("--routing-token: give it without --cookie; a request carries one of them");
  }
  const [name, text] =
    routingToken === undefined ? ["--cookie", cookie ?? PROBE_IDENTITY] : ["--routing-token", routingToken];
  if (!canBeToken(text)) {
    throw new UsageError(
      `${name}: ${JSON.stringify(text)} does not fit: write up to ${MAX_ROUTING_LENGTH} printable ASCII characters`,
    );
  }
  if (routingToken !== undefined) return { kind: "token", token: text };
  return text === "" ? null : { kind: "cookie", identity: text };
};
