/** What a captured reset shows of its sender, as a table: each clue points to the host itself or to a device on the way. */
import type { PacketFacts } from "../../capture/tcp/tcp-event.ts";
import type { ResetEvidence } from "../../handshake/facts/reset-evidence.ts";

export type ClueDirection = "host" | "device";

export interface ResetClue {
  readonly id: string;
  readonly towards: ClueDirection;
  /** 1 for a hint, 3 for what a host does not do by itself. */
  readonly weight: 1 | 2 | 3;
  /** Whether it applies; what was not captured tells nothing. */
  readonly applies: (evidence: ResetEvidence) => boolean;
  /** Lower case, no full stop. `host`: `server` or `client`. */
  readonly text: (evidence: ResetEvidence, host: string) => string;
}

/** A round trip under this is no measure of distance: the capture was taken next to the host. */
const LEAST_ROUND_TRIP_MS = 3;
/** A host counts on by a packet each; others of its connections may count in between. */
const MAX_COUNTED_ON = 256;
const MAX_COUNTED = 4096;
/** Kind of the TCP option with time stamps (RFC 7323 3.2). */
const TIMESTAMPS = 8;

const before = ({ data, opening }: ResetEvidence): PacketFacts | null => data ?? opening;

const countedOn = (from: number, to: number): number => (to - from) & 0xffff;

/** IPv4 identification that the host's packets show to be a counter; null where it is none. */
const counter = ({ opening, data }: ResetEvidence): number | null => {
  const first = opening?.ipId ?? 0;
  const last = data?.ipId ?? 0;
  if (first === 0 || last === 0 || first === last) return null;
  return countedOn(first, last) <= MAX_COUNTED ? last : null;
};

/** A packet that may not be fragmented needs none, and many hosts send 0 then (RFC 6864 4.1): that tells nothing. */
const identificationOf = ({ reset }: ResetEvidence): number | null => (reset.ipId === 0 ? null : reset.ipId);

const hasTimestamps = (packet: PacketFacts | null): boolean => {
  const options = packet?.options ?? new Uint8Array(0);
  for (let at = 0; at < options.length; ) {
    const kind = options[at] ?? 0;
    if (kind === TIMESTAMPS) return true;
    if (kind === 0) return false;
    // A no-operation is one byte, and a length that cannot be ends the walk.
    at += kind === 1 ? 1 : Math.max(2, options[at + 1] ?? 0);
  }
  return false;
};

/** Windows move as data comes and goes; one of another order of magnitude is another's. */
const isForeignWindow = (window: number, own: number): boolean =>
  window !== 0 && (window > 8 * own || 8 * window < own);

const isFar = ({ roundTripMs, sinceProvokedMs }: ResetEvidence): boolean =>
  roundTripMs !== null && sinceProvokedMs !== null && roundTripMs >= LEAST_ROUND_TRIP_MS;

const inMs = (ms: number | null): string => `${(ms ?? 0).toFixed(1)} ms`;

export const RESET_CLUES: readonly ResetClue[] = [
  {
    id: "went-on",
    towards: "device",
    weight: 3,
    applies: ({ wentOn }) => wentOn,
    text: (_evidence, host) => `the ${host} sent on after the reset, as if it knew nothing of it`,
  },
  {
    id: "both-sides",
    towards: "device",
    weight: 3,
    applies: ({ bothSides }) => bothSides,
    text: () => "resets in the name of both sides came at the same moment",
  },
  {
    id: "hop-limit-differs",
    towards: "device",
    weight: 3,
    applies: (evidence) => {
      const own = before(evidence);
      return own !== null && own.hopLimit !== evidence.reset.hopLimit;
    },
    text: (evidence, host) =>
      `its hop limit is ${evidence.reset.hopLimit}, where the ${host}'s packets have ${before(evidence)?.hopLimit}`,
  },
  {
    id: "hop-limit-equal",
    towards: "host",
    weight: 2,
    applies: (evidence) => before(evidence)?.hopLimit === evidence.reset.hopLimit,
    text: (evidence, host) => `its hop limit is the ${host}'s (${evidence.reset.hopLimit})`,
  },
  {
    id: "too-early",
    towards: "device",
    weight: 3,
    applies: (evidence) =>
      isFar(evidence) && (evidence.sinceProvokedMs ?? 0) < (evidence.roundTripMs ?? 0) / 2,
    text: ({ sinceProvokedMs, roundTripMs }, host) =>
      `it came ${inMs(sinceProvokedMs)} after the data before it, where a round trip to the ${host} takes ${inMs(roundTripMs)}`,
  },
  {
    id: "after-a-round-trip",
    towards: "host",
    weight: 1,
    applies: (evidence) =>
      isFar(evidence) && (evidence.sinceProvokedMs ?? 0) >= 0.9 * (evidence.roundTripMs ?? 0),
    text: ({ sinceProvokedMs, roundTripMs }) =>
      `it came ${inMs(sinceProvokedMs)} after the data before it, no sooner than a round trip (${inMs(roundTripMs)})`,
  },
  {
    id: "several-sequences",
    towards: "device",
    weight: 3,
    applies: ({ sequences }) => sequences > 1,
    text: ({ resets, sequences }) =>
      `${resets} resets with ${sequences} different sequence numbers came, as from one who guesses`,
  },
  {
    id: "sequence-off",
    towards: "device",
    weight: 2,
    applies: ({ distance }) => distance !== null && distance !== 0,
    text: ({ distance }) => `its sequence number is ${distance} off the one that was due`,
  },
  {
    id: "sequence-due",
    towards: "host",
    weight: 1,
    applies: ({ distance }) => distance === 0,
    text: () => "its sequence number is the one that was due",
  },
  {
    id: "ip-id-counts-on",
    towards: "host",
    weight: 2,
    applies: (evidence) => {
      const last = counter(evidence);
      const ipId = identificationOf(evidence);
      return last !== null && ipId !== null && ipId !== last && countedOn(last, ipId) <= MAX_COUNTED_ON;
    },
    text: ({ reset }, host) => `its IP identification (${reset.ipId}) counts on from the ${host}'s packets`,
  },
  {
    id: "ip-id-out-of-line",
    towards: "device",
    weight: 2,
    applies: (evidence) => {
      const last = counter(evidence);
      const ipId = identificationOf(evidence);
      return last !== null && ipId !== null && countedOn(last, ipId) > MAX_COUNTED;
    },
    text: (evidence, host) =>
      `its IP identification (${evidence.reset.ipId}) is not in line with the ${host}'s (last ${counter(evidence)})`,
  },
  {
    id: "timestamps-kept",
    towards: "host",
    weight: 2,
    applies: ({ data, reset }) => hasTimestamps(data) && hasTimestamps(reset),
    text: (_evidence, host) => `it has the TCP time stamps of the ${host}'s segments`,
  },
  {
    id: "timestamps-missing",
    towards: "device",
    weight: 1,
    applies: ({ data, reset }) => hasTimestamps(data) && !hasTimestamps(reset),
    text: (_evidence, host) => `it lacks the TCP time stamps of the ${host}'s segments`,
  },
  {
    id: "window-of-its-own",
    towards: "device",
    weight: 1,
    // The window of a SYN or SYN-ACK is never scaled (RFC 7323 2.2), and no measure for the others.
    applies: ({ data, reset }) => data !== null && isForeignWindow(reset.window, data.window),
    text: ({ data, reset }, host) =>
      `its window is ${reset.window}, where the ${host}'s last one was ${data?.window}`,
  },
];
