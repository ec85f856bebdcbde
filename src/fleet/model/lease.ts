/**
 * One of several does the work: whoever holds the lease. A holder writes again before it ends; another one takes it
 * when it has not been written for that long by the observer's own clock, so that no two clocks need to agree. The
 * server lets only one of two writers through: each names the message that it saw last.
 */

/** Written again each third of it. */
const LEASE_MS = 30_000;

export interface Seen {
  /** The last message's number; 0 where there is none. */
  readonly sequence: number;
  readonly holder: string | null;
}

export class LeaseView {
  readonly #self: string;
  readonly #leaseMs: number;
  #seen: Seen = { sequence: -1, holder: null };
  #sinceMs = 0;
  #writtenMs: number | null = null;

  constructor(self: string, leaseMs = LEASE_MS) {
    this.#self = self;
    this.#leaseMs = leaseMs;
  }

  /** What stands there now. @param nowMs of a clock that only goes forward, as in all. */
  saw(seen: Seen, nowMs: number): void {
    if (seen.sequence === this.#seen.sequence) return;
    this.#seen = seen;
    this.#sinceMs = nowMs;
    if (seen.holder !== this.#self) this.#writtenMs = null;
  }

  /** The number to name in the writing, where it is time to write: our own lease again, or one that has ended. */
  wants(nowMs: number): number | null {
    const { sequence, holder } = this.#seen;
    if (sequence < 0) return null;
    if (sequence === 0 || holder === null) return sequence;
    if (this.holds(nowMs)) return nowMs - this.#sinceMs >= this.#leaseMs / 3 ? sequence : null;
    return nowMs - this.#sinceMs >= this.#leaseMs ? sequence : null;
  }

  /** The server took our message. @param beganMs when it was sent. */
  wrote(sequence: number, beganMs: number): void {
    this.#seen = { sequence, holder: this.#self };
    this.#sinceMs = beganMs;
    this.#writtenMs = beganMs;
  }

  /** Whether the work is ours: with a third of the lease to spare, in which nothing is begun. */
  holds(nowMs: number): boolean {
    return this.#writtenMs !== null && nowMs - this.#writtenMs < (this.#leaseMs * 2) / 3;
  }
}
