/**
 * How long a SYN is waited for. Where many addresses are silent, waiting is what a scan takes its time for; what
 * the others took to answer says how long is enough.
 */

import { ipv6Number } from "../../targets/grammar/ip-number.ts";

export interface ConnectPatience {
  /** For the next SYN to the address, milliseconds. */
  timeoutMs(address: string): number;
  /** An answer, whether open or refused, took so long. */
  answered(address: string, roundTripMs: number): void;
}

/**
 * Until the network has shown its speed: a SYN that was lost is sent again after a second (RFC 6298 2.1, Linux,
 * Windows), and its answer has a second and a half.
 */
const UNKNOWN_MS = 2500;

/** The first retransmission of a SYN; a single loss is to be no verdict. */
const RETRANSMISSION_MS = 1000;

/** A host can take longer than its neighbours did. */
const MIN_ANSWER_MS = 250;

/** Another segment may be further away than those that were heard. */
const ELSEWHERE = 2;

/** So many answers before an estimate counts. */
const ENOUGH = 4;

/** Segments that are kept; the one that was heard least recently goes first. */
const MAX_SEGMENTS = 4096;

/** @param maxMs what the user allows; never exceeded. */
export const createConnectPatience = (maxMs: number): ConnectPatience => {
  const segments = new Map<string, RoundTrips>();
  const all = new RoundTrips();
  return {
    timeoutMs(address) {
      const near = segments.get(segmentOf(address));
      if (near !== undefined && near.count >= ENOUGH) return Math.min(maxMs, settled(near.boundMs));
      return Math.min(maxMs, all.count < ENOUGH ? UNKNOWN_MS : settled(ELSEWHERE * all.boundMs));
    },
    answered(address, roundTripMs) {
      const segment = segmentOf(address);
      const near = segments.get(segment) ?? new RoundTrips();
      near.add(roundTripMs);
      all.add(roundTripMs);
      segments.delete(segment);
      segments.set(segment, near);
      if (segments.size <= MAX_SEGMENTS) return;
      const [oldest] = segments.keys();
      if (oldest !== undefined) segments.delete(oldest);
    },
  };
};

const settled = (answerMs: number): number => RETRANSMISSION_MS + Math.max(MIN_ANSWER_MS, answerMs);

/** The smoothed round trip and its variation, as TCP keeps them for itself (RFC 6298 2). */
class RoundTrips {
  count = 0;
  #meanMs = 0;
  #variationMs = 0;

  add(roundTripMs: number): void {
    this.count += 1;
    if (this.count === 1) {
      this.#meanMs = roundTripMs;
      this.#variationMs = roundTripMs / 2;
      return;
    }
    this.#variationMs += (Math.abs(roundTripMs - this.#meanMs) - this.#variationMs) / 4;
    this.#meanMs += (roundTripMs - this.#meanMs) / 8;
  }

  /** What an answer seldom takes longer than. */
  get boundMs(): number {
    return this.#meanMs + 4 * this.#variationMs;
  }
}

/** A /24, or the /64 of an IPv6 address on its link. */
const segmentOf = (address: string): string => {
  const ipv6 = ipv6Number(address);
  if (ipv6 === null) return address.slice(0, address.lastIndexOf("."));
  const [, zone = ""] = address.split("%");
  return `${(ipv6 >> HOST_BITS).toString(16)}%${zone}`;
};

/** RFC 4291 2.5.1: the interface identifier. */
const HOST_BITS = 64n;
