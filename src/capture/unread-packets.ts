/** How many packets of a capture were not read, by what they carry. */

/** A capture may name kinds without end, one a packet. */
const MAX_KINDS = 64;
const OTHER = "other kinds";

export class UnreadPackets {
  readonly #counts = new Map<string, number>();

  /** Counts packets of a kind, a noun: `MACsec`. */
  add(kind: string, packets = 1): void {
    const known = this.#counts.get(kind);
    const key = known !== undefined || this.#counts.size < MAX_KINDS ? kind : OTHER;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + packets);
  }

  /** Packets by kind, the most frequent first. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].sort(([, a], [, b]) => b - a));
  }
}
