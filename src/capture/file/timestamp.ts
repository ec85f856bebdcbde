/** Times of packets as milliseconds since the epoch, kept where a Date can hold them; and whether they are dates. */
import type { Packet } from "../packet.ts";
import type { StreamClock } from "../tcp/tcp-event.ts";

/** ECMA-262 21.4.1.1: a time value ends 8.64e15 milliseconds from the epoch. */
const LATEST_MS = 8.64e15;

/** A time that came out of a file, clamped to what a Date can say. */
export const boundedTimeMs = (timeMs: number): number => Math.min(Math.max(timeMs, -LATEST_MS), LATEST_MS);

/** Nobody captured packets into a file before. */
const FIRST_DATE_MS = Date.UTC(1990, 0, 1);
/** The end of pcap's 32 bits of seconds. */
const LAST_DATE_MS = 0xffffffff * 1000 + 999;

/** What the times of several packets together are good for. */
export class ClockReading {
  #isUntimed = false;
  #earliestMs = Number.POSITIVE_INFINITY;
  #latestMs = Number.NEGATIVE_INFINITY;

  add({ timeMs, hasTime }: Packet): void {
    if (!hasTime) this.#isUntimed = true;
    if (timeMs < this.#earliestMs) this.#earliestMs = timeMs;
    if (timeMs > this.#latestMs) this.#latestMs = timeMs;
  }

  get clock(): StreamClock {
    if (this.#isUntimed || (this.#earliestMs === 0 && this.#latestMs === 0)) return "none";
    return this.#earliestMs >= FIRST_DATE_MS && this.#latestMs <= LAST_DATE_MS ? "dated" : "relative";
  }
}
