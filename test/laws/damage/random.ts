/** Seeded numbers (mulberry32), so that a case can be found again. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 up to and without `limit`. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  /** From 0 up to and without 1. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** @throws RangeError for an empty list. */
  pick<T>(list: readonly T[]): T {
    const found = list[this.below(list.length)];
    if (found === undefined) throw new RangeError("random: nothing to pick from");
    return found;
  }

  /** One of the names, as often as its share says. */
  weighted<K extends string>(shares: Readonly<Record<K, number>>): K {
    const names = Object.keys(shares).filter((name): name is K => Object.hasOwn(shares, name));
    return this.pick(names.flatMap((name) => Array.from({ length: shares[name] }, () => name)));
  }
}
