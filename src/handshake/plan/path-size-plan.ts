/**
 * How large a packet still reaches the server: ClientHellos whose answer is a short one, padded to the segments
 * of the usual narrow links, halving what is left. At most three connections.
 */
import { SHORT_ANSWER_PROFILE } from "../../tls/profiles/probe-profiles.ts";
import type { ConnectionFacts } from "../facts/connection-facts.ts";
import { type HelloOutcome, helloOutcome } from "../facts/hello-outcome.ts";
import type { HelloPlan } from "./hello-plan.ts";

/** Bytes of a TCP segment, each the most that an IPv4 packet of 576 to 1500 bytes holds with time stamps. */
export const SEGMENT_SIZES = [524, 1148, 1228, 1308, 1348, 1388, 1448] as const;

/** IPv4, TCP and its time stamps (RFC 791, 9293, 7323), in bytes. */
export const HEADER_BYTES = 20 + 20 + 12;

export type SizePurpose = `segment-${(typeof SEGMENT_SIZES)[number]}`;

export const SIZE_PURPOSES: readonly SizePurpose[] = SEGMENT_SIZES.map((size) => `segment-${size}` as const);

/** The size that arrived and the next one that did not; null where none of the table is known to. */
export interface PathSize {
  readonly arrivedBytes: number | null;
  readonly lostBytes: number | null;
}

type Answers = ReadonlyMap<string, ConnectionFacts>;

/** The next size to ask for, or null when both neighbours are known. */
export const nextSize = (soFar: Answers): SizePurpose | null => {
  const [from, to] = bounds(soFar);
  return to - from < 2 ? null : (SIZE_PURPOSES[Math.floor((from + to) / 2)] ?? null);
};

/** What the questions showed; null where none was asked. */
export const pathSize = (soFar: Answers): PathSize | null => {
  if (!SIZE_PURPOSES.some((purpose) => soFar.has(purpose))) return null;
  const [from, to] = bounds(soFar);
  return { arrivedBytes: SEGMENT_SIZES[from] ?? null, lostBytes: SEGMENT_SIZES[to] ?? null };
};

export const isSizePurpose = (purpose: string): purpose is SizePurpose =>
  SIZE_PURPOSES.some((one) => one === purpose);

export const helloOfSize = (purpose: SizePurpose): HelloPlan => ({
  profile: SHORT_ANSWER_PROFILE,
  minSizeBytes: SEGMENT_SIZES[SIZE_PURPOSES.indexOf(purpose)] ?? 0,
  split: false,
});

/** Anything that comes back shows that the hello arrived. */
export const hasArrived = (facts: ConnectionFacts): boolean => ARRIVED.has(helloOutcome(facts));

const ARRIVED: ReadonlySet<HelloOutcome> = new Set(["answered", "alert", "rst", "fin", "malformed"]);

/** Indexes of the largest that arrived and of the smallest that did not. */
const bounds = (soFar: Answers): readonly [from: number, to: number] => {
  let from = -1;
  let to = SIZE_PURPOSES.length;
  SIZE_PURPOSES.forEach((purpose, index) => {
    const facts = soFar.get(purpose);
    if (facts === undefined) return;
    if (hasArrived(facts)) from = Math.max(from, index);
    else to = Math.min(to, index);
  });
  return [from, to];
};
